"""A cell was deleted and brought back; somebody who was offline works in the one that he knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pycrdt import Map

from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.ipynb import from_notebook, plain_cells
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.notebook_kind import NOTEBOOKS
from anode_jlab.testing.ids import SeededIds

CELLS = {"a": "alpha", "b": "beta"}


class Gathering:
    """A server, and people who hear of nothing between two syncs."""

    def __init__(self) -> None:
        cells = [
            {"cell_type": "code", "id": key, "source": text, "metadata": {}, "outputs": []}
            | {"execution_count": None}
            for key, text in CELLS.items()
        ]
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
        self.log = [(from_notebook(notebook, client=2), True)]
        self.server = self._loaded(1)
        self.people = [NotebookDocument(ids=SeededIds(n), client_id=n) for n in (10, 11, 12)]
        self.ada, self.bob, self.carol = self.people
        for person in self.people:
            person.load(self.log[0][0])
        self._unsent: dict[NotebookDocument, list[bytes]] = {person: [] for person in self.people}

    def type(self, person: NotebookDocument, cell: str, at: int, text: str) -> None:
        with self._edit(person, "typing"):
            self._cell(person, cell)["source"].insert(at, text)

    def erase(self, person: NotebookDocument, cell: str, at: int, length: int) -> None:
        with self._edit(person, "typing"):
            del self._cell(person, cell)["source"][at : at + length]

    def clone(self, person: NotebookDocument, cell: str, to: int, kind: str = "code") -> None:
        """Move or retype a cell as JupyterLab does."""
        plain = self.taken(person, cell, kind)
        with self._edit(person, "move"):
            del person.cells[self._place(person, cell)]
            self.insert(person, to, plain)

    def taken(self, person: NotebookDocument, cell: str, kind: str = "code") -> dict[str, Any]:
        """The cell as a plain value."""
        plain = {**(self._cell(person, cell).to_py() or {}), "cell_type": kind}
        del plain["execution_state"]
        return plain_cells({"cells": [plain], "nbformat": 4, "nbformat_minor": 5})[0]

    def insert(self, person: NotebookDocument, to: int, plain: dict[str, Any]) -> None:
        with self._edit(person, "insert"):
            person.cells.insert(to, new_cell(plain))

    def delete(self, person: NotebookDocument, cell: str) -> None:
        with self._edit(person, "delete"):
            del person.cells[self._place(person, cell)]

    def sync(self, person: NotebookDocument) -> None:
        """All that a person did goes to the server, and he hears of what he lacks."""
        for update in self._unsent[person]:
            self._record(self.server.apply(update, origin="peer", author=None))
        self._unsent[person].clear()
        person.load(self.server.diff(person.state_vector()))

    def moment(self) -> dict[str, Any]:
        return self.server.to_notebook(with_ids=True)

    def restore(self, moment: dict[str, Any], origin: str = "restore") -> None:
        with self.server.edit(origin) as edit:
            NOTEBOOKS.replace(self.server, moment, origin)
        self._record(edit.changes)

    def restart(self) -> None:
        """Another server loads the log."""
        self.server.close()
        self.server = self._loaded(3)

    def texts(self) -> dict[str, str]:
        """All copies are equal; their cells in order."""
        for person in self.people * 2:
            self.sync(person)
        told = [
            [(cell["id"], cell["cell_type"], str(cell["source"])) for cell in document.cells]
            for document in (self.server, *self.people)
        ]
        assert all(copy == told[0] for copy in told)
        return {f"{key} {kind}": text for key, kind, text in told[0]}

    def _loaded(self, client: int) -> NotebookDocument:
        document = NotebookDocument(ids=SeededIds(client), client_id=client, mending=True)
        for update, ours in self.log:
            document.load(update, ours=ours)
        return document

    @contextmanager
    def _edit(self, person: NotebookDocument, origin: str) -> Iterator[None]:
        with person.edit(origin) as edit:
            yield
        if person is self.server:
            self._record(edit.changes)
        else:
            self._unsent[person] += [change.update for change in edit.changes]

    def _record(self, changes: list[Any]) -> None:
        self.log += [
            (change.update, change.origin != "peer") for change in changes if change.update
        ]

    def _cell(self, person: NotebookDocument, cell: str) -> Map[Any]:
        found: Map[Any] = person.cells[self._place(person, cell)]
        return found

    def _place(self, person: NotebookDocument, cell: str) -> int:
        return [str(other["id"]) for other in person.cells].index(cell)


RESTARTED = pytest.mark.parametrize("restarted", [False, True], ids=["same server", "restarted"])


@pytest.fixture
def gathering() -> Gathering:
    return Gathering()


@RESTARTED
@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_a_late_clone_meets_the_restored_cell(
    gathering: Gathering, kind: str, *, restarted: bool
) -> None:
    moment = gathering.moment()
    gathering.type(gathering.ada, "a", 5, " more")
    gathering.sync(gathering.ada)
    gathering.delete(gathering.ada, "a")
    gathering.sync(gathering.ada)
    gathering.restore(moment)
    gathering.clone(gathering.bob, "a", 1, kind)
    gathering.type(gathering.bob, "a", 0, "Bob: ")
    if restarted:
        gathering.restart()
    assert gathering.texts() == {f"a {kind}": "Bob: alpha", "b code": "beta"}


@RESTARTED
def test_what_the_moment_lacks_does_not_come_back_in_a_clone(
    gathering: Gathering, *, restarted: bool
) -> None:
    moment = gathering.moment()
    gathering.type(gathering.ada, "a", 5, " more")
    gathering.sync(gathering.ada)
    gathering.sync(gathering.bob)
    gathering.delete(gathering.ada, "a")
    gathering.sync(gathering.ada)
    gathering.type(gathering.bob, "a", 5, "!")
    gathering.clone(gathering.bob, "a", 1, "markdown")
    gathering.restore(moment)
    if restarted:
        gathering.restart()
    assert gathering.texts() == {"a markdown": "alpha!", "b code": "beta"}


@RESTARTED
def test_late_typing_goes_to_the_restored_cell(gathering: Gathering, *, restarted: bool) -> None:
    moment = gathering.moment()
    gathering.type(gathering.ada, "a", 5, " more")
    gathering.sync(gathering.ada)
    gathering.delete(gathering.ada, "a")
    gathering.sync(gathering.ada)
    gathering.restore(moment)
    gathering.type(gathering.bob, "a", 0, "Bob: ")
    gathering.erase(gathering.bob, "a", 9, 1)
    if restarted:
        gathering.restart()
    assert gathering.texts() == {"a code": "Bob: alph", "b code": "beta"}


def test_a_restored_moment_stays_as_it_was(gathering: Gathering) -> None:
    """Text that fell into the deleted cell before the restore is not of that moment."""
    moment = gathering.moment()
    gathering.delete(gathering.ada, "a")
    gathering.sync(gathering.ada)
    gathering.type(gathering.bob, "a", 5, " lost")
    gathering.sync(gathering.bob)
    gathering.restore(moment)
    assert gathering.texts() == {"a code": "alpha", "b code": "beta"}
    gathering.type(gathering.bob, "a", 0, "Bob: ")
    gathering.clone(gathering.ada, "a", 1)
    assert gathering.texts() == {"b code": "beta", "a code": "Bob: alpha"}


def test_unseen_text_of_the_moment_is_not_doubled(gathering: Gathering) -> None:
    """Who deleted the cell had not seen all of what the moment holds."""
    gathering.type(gathering.bob, "a", 5, "!")
    gathering.sync(gathering.bob)
    moment = gathering.moment()
    gathering.delete(gathering.ada, "a")
    gathering.sync(gathering.ada)
    gathering.restore(moment)
    gathering.type(gathering.bob, "a", 6, "?")
    gathering.clone(gathering.bob, "a", 1)
    assert gathering.texts() == {"a code": "alpha!?", "b code": "beta"}


def test_deleted_and_restored_twice(gathering: Gathering) -> None:
    moment = gathering.moment()
    for text in (" one", " two"):
        gathering.type(gathering.ada, "a", 5, text)
        gathering.sync(gathering.ada)
        gathering.delete(gathering.ada, "a")
        gathering.sync(gathering.ada)
        gathering.restore(moment)
        gathering.sync(gathering.ada)
    gathering.type(gathering.bob, "a", 5, "!")
    gathering.clone(gathering.bob, "a", 1)
    assert gathering.texts() == {"a code": "alpha!", "b code": "beta"}


@RESTARTED
@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_a_late_clone_meets_restored_text(
    gathering: Gathering, kind: str, *, restarted: bool
) -> None:
    """What was erased in a cell that moved then is written anew by the restore."""
    moment = gathering.moment()
    gathering.clone(gathering.ada, "a", 1)
    gathering.erase(gathering.ada, "a", 2, 2)
    gathering.sync(gathering.ada)
    gathering.restore(moment)
    gathering.type(gathering.bob, "a", 5, "!")
    gathering.clone(gathering.bob, "a", 0, kind)
    if restarted:
        gathering.restart()
    assert gathering.texts() == {f"a {kind}": "alpha!", "b code": "beta"}


def test_a_restore_is_no_undo(gathering: Gathering) -> None:
    """A restored cell that reads as one before it was cloned does not keep what was typed since,
    to have it twice when it is brought back in its turn."""
    first = gathering.moment()
    gathering.clone(gathering.ada, "a", 0, "markdown")
    gathering.sync(gathering.ada)
    gathering.type(gathering.ada, "a", 5, " more")
    gathering.sync(gathering.ada)
    gathering.sync(gathering.bob)
    second = gathering.moment()
    gathering.restore(first)
    gathering.restore(second)
    gathering.erase(gathering.bob, "a", 0, 1)
    assert gathering.texts() == {"a markdown": "lpha more", "b code": "beta"}


@RESTARTED
def test_a_late_clone_of_the_cell_that_was_deleted_again(
    gathering: Gathering, *, restarted: bool
) -> None:
    """A clone of the first cell is there by the time that one of the restored cell comes."""
    moment = gathering.moment()
    gathering.delete(gathering.ada, "a")
    gathering.sync(gathering.ada)
    gathering.restore(moment)
    gathering.sync(gathering.ada)
    gathering.delete(gathering.server, "a")
    gathering.clone(gathering.bob, "a", 1)
    gathering.sync(gathering.bob)
    if restarted:
        gathering.restart()
    gathering.type(gathering.ada, "a", 5, "!")
    gathering.clone(gathering.ada, "a", 0, "markdown")
    assert gathering.texts() == {"a markdown": "alpha!", "b code": "beta"}


def test_late_typing_goes_once_to_the_last_clone(gathering: Gathering) -> None:
    """A cell was moved and deleted, and comes back as the clone of who knew of neither."""
    gathering.clone(gathering.ada, "a", 1)
    gathering.delete(gathering.ada, "a")
    gathering.sync(gathering.ada)
    gathering.clone(gathering.bob, "a", 1)
    gathering.type(gathering.carol, "a", 5, "!")
    gathering.sync(gathering.bob)
    gathering.sync(gathering.carol)
    assert gathering.texts() == {"b code": "beta", "a code": "alpha!"}


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_undo_of_a_deletion_brings_what_it_had_not_seen(
    gathering: Gathering, *, late: bool
) -> None:
    """Bob's typing comes before or after the deletion that does not know of it."""
    plain = gathering.taken(gathering.ada, "a")
    gathering.type(gathering.bob, "a", 5, "!")
    if not late:
        gathering.sync(gathering.bob)
    gathering.delete(gathering.ada, "a")
    gathering.sync(gathering.ada)
    gathering.sync(gathering.bob)
    gathering.insert(gathering.ada, 0, plain)
    assert gathering.texts() == {"a code": "alpha!", "b code": "beta"}


@RESTARTED
def test_a_late_clone_meets_an_undone_deletion(gathering: Gathering, *, restarted: bool) -> None:
    """Whoever deleted the cell had not seen Bob's text, and Carol has heard of nothing."""
    plain = gathering.taken(gathering.ada, "a")
    gathering.type(gathering.bob, "a", 5, "!")
    gathering.sync(gathering.bob)
    gathering.delete(gathering.ada, "a")
    gathering.sync(gathering.ada)
    gathering.insert(gathering.ada, 0, plain)
    gathering.sync(gathering.ada)
    if restarted:
        gathering.restart()
    gathering.type(gathering.carol, "a", 0, "Carol: ")
    gathering.clone(gathering.carol, "a", 1, "markdown")
    assert gathering.texts() == {"a markdown": "Carol: alpha!", "b code": "beta"}


def test_another_cell_under_the_id_of_a_deleted_one_stays_apart(gathering: Gathering) -> None:
    """What has nothing in common is not one cell: both are kept."""
    moment = gathering.moment()
    moment["cells"][0]["source"] = "xyz"
    gathering.delete(gathering.ada, "a")
    gathering.sync(gathering.ada)
    gathering.restore(moment, "merge")
    gathering.clone(gathering.bob, "a", 1)
    assert sorted(gathering.texts().values()) == ["alpha", "beta", "xyz"]
