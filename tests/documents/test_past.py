"""Two people move and type, offline at times, while the server loads the notebook anew."""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import Any

import pytest
from pycrdt import Map

from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.ipynb import from_notebook, read_cell
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.past import Past, remembered
from anode_jlab.documents.recorder import NO_CHANGE
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.testing.ids import SeededIds
from anode_jlab.testing.marks import MARK, PIECE, mark

SEEDS = int(os.environ.get("ANODE_TEST_SEEDS", "60"))
STEPS = 12
CELLS = [
    {"cell_type": "raw", "id": key, "metadata": {}, "source": text}
    for key, text in (("a", "alpha"), ("b", "beta"))
]


class Meeting:
    """A server that is loaded from its log again and again, and two copies that meet there."""

    def __init__(self, seed: int, *, from_snapshot: bool) -> None:
        self._chance = random.Random(seed)
        self._ids = SeededIds(seed)
        self._from_snapshot = from_snapshot
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": CELLS}
        self._log = [from_notebook(notebook, client=1)]
        self.server = self._new(2)
        self.server.load(self._log[0])
        self._people = [self._new(10 + n, mending=False) for n in range(2)]
        for person in self._people:
            person.load(self._log[0])
        self.typed: list[str] = []

    def play(self) -> None:
        for _ in range(STEPS):
            person = self._chance.choice(self._people)
            steps = (self._type, self._move, self._sync, self._sync, self._reload)
            self._chance.choice(steps)(person)
        for person in self._people * 2:
            self._sync(person)

    def texts(self, document: NotebookDocument) -> list[str]:
        return [str(cell["source"]) for cell in document.cells]

    @property
    def copies(self) -> list[NotebookDocument]:
        return self._people

    def _new(self, client: int, *, mending: bool = True) -> NotebookDocument:
        return NotebookDocument(ids=self._ids, client_id=client, mending=mending)

    def _type(self, person: NotebookDocument) -> None:
        self.typed.append(mark("P0", len(self.typed)))
        text = self._cell(person)["source"]
        pieces = PIECE.findall(str(text))
        before = pieces[: self._chance.randint(0, len(pieces))]
        text.insert(sum(map(len, before)), self.typed[-1])

    def _move(self, person: NotebookDocument) -> None:
        cell = self._cell(person)
        place = person.index(cell["id"])
        assert place is not None
        copy = new_cell(read_cell(cell))
        with person.doc.transaction():
            del person.cells[place]
            person.cells.insert(self._chance.randrange(2), copy)
        person.load(NO_CHANGE)

    def _cell(self, person: NotebookDocument) -> Map[Any]:
        cell = person.cell(self._chance.choice(person.cell_ids))
        assert cell is not None
        return cell

    def _sync(self, person: NotebookDocument) -> None:
        theirs = person.diff(self.server.state_vector())
        changes = self.server.apply(theirs, origin="peer", author=None)
        self._log += [change.update for change in changes if change.update]
        person.load(self.server.diff(person.state_vector()))

    def _reload(self, _: NotebookDocument) -> None:
        old, self.server = self.server, self._new(100 + len(self._log))
        if self._from_snapshot:
            self.server.load(old.encode())
            past = Past(
                None, [DocumentUpdated(update=u, client=1, origin="peer") for u in self._log]
            )
            self.server.remember(remembered(past, ids=self._ids))
        else:
            for update in self._log:
                self.server.load(update)
        old.close()


@pytest.mark.parametrize("from_snapshot", [True, False])
def test_every_word_is_there_once(from_snapshot: bool) -> None:
    for seed in range(SEEDS):
        meeting = Meeting(seed, from_snapshot=from_snapshot)
        meeting.play()
        texts = meeting.texts(meeting.server)
        assert Counter(MARK.findall("\n".join(texts))) == Counter(meeting.typed), seed
        assert len(texts) == len(CELLS), seed
        assert all(meeting.texts(copy) == texts for copy in meeting.copies), seed
