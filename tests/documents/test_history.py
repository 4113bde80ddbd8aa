"""The notebook at every moment of its log."""

from __future__ import annotations

import random

import pytest

from anode_jlab.documents import ipynb
from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.history import document_at, notebook_at
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.plain import plain_cell
from anode_jlab.errors import SeqNotFound
from anode_jlab.eventlog.base import EventLog, Snapshot
from anode_jlab.eventlog.memory import MemoryEventStore
from anode_jlab.events.actor import SERVER
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.events.event import Event, Record
from anode_jlab.ids import NotebookId, Seq
from anode_jlab.testing.ids import SeededIds
from tests.documents.generated import Json

pytestmark = pytest.mark.anyio


class Day:
    """A recorded day of editing, and what the notebook was after each event."""

    def __init__(self, log: EventLog, epoch: int) -> None:
        self.log = log
        self.moments: dict[Seq, Json] = {}
        self._epoch = epoch
        self._document = NotebookDocument(ids=SeededIds())

    async def begin(self, minor: int) -> None:
        nb: Json = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": minor}
        changes = self._document.apply(ipynb.from_notebook(nb), origin="import", author=None)
        await self._append(changes[0].update, changes[0].facts)

    async def edit(self, rng: random.Random) -> None:
        cells = self._document.cells
        with self._document.edit("test") as edit:
            if len(cells) < 3:
                name, text = f"{rng.getrandbits(32):x}", "né😀w"
                cells.insert(
                    rng.randint(0, len(cells)),
                    new_cell(plain_cell({"id": name, "cell_type": "code", "source": text})),
                )
            elif rng.random() < 0.2:
                del cells[rng.randrange(len(cells))]
            else:
                source = rng.choice(list(cells))["source"]
                source.insert(0, rng.choice("abc"))
        for change in edit.changes:
            await self._append(change.update, change.facts)

    async def snapshot(self) -> None:
        seq = max(self.moments)
        snapshot = Snapshot(seq=seq, document=self._document.encode(), state=b"")
        await self.log.put_snapshot(snapshot, epoch=self._epoch)

    async def _append(self, update: bytes, facts: tuple[Event, ...]) -> None:
        events = (DocumentUpdated(update=update, client=1, origin="test"), *facts)
        written = await self.log.append(
            [Record(event=event, actor=SERVER, time=0.0) for event in events],
            epoch=self._epoch,
            expect_head=max(self.moments, default=Seq(0)),
        )
        now = self._document.to_notebook(with_ids=True)
        for seq in range(written.first, written.last + 1):
            self.moments[Seq(seq)] = now


async def a_day(seed: int, minor: int = 5) -> Day:
    rng = random.Random(seed)
    store = MemoryEventStore()
    log = await store.open(NotebookId("0" * 32))
    lease = await log.acquire("test")
    day = Day(log, lease.epoch)
    await day.begin(minor)
    for _ in range(40):
        await day.edit(rng)
        if rng.random() < 0.1:
            await day.snapshot()
    return day


@pytest.mark.parametrize("seed", range(4))
async def test_every_moment_can_be_had(seed: int) -> None:
    day = await a_day(seed)
    for seq, expected in day.moments.items():
        assert await notebook_at(day.log, seq) == expected
    seq = max(day.moments)
    document = await document_at(day.log, seq, ids=SeededIds())
    assert document.to_notebook() == day.moments[seq]
    with document.edit("test") as edit:
        document.cells[0]["source"].insert(0, "goes on")
    assert edit.changes


async def test_ids_below_minor_5() -> None:
    day = await a_day(9, minor=2)
    seq = max(day.moments)
    assert await notebook_at(day.log, seq, with_ids=True) == day.moments[seq]
    assert all("id" not in cell for cell in (await notebook_at(day.log, seq))["cells"])


@pytest.mark.parametrize("beside", [-1, 0, 1, 1000])
async def test_moments_that_are_none(beside: int) -> None:
    day = await a_day(1)
    seq = Seq(beside if beside < 1 else max(day.moments) + beside)
    with pytest.raises(SeqNotFound):
        await notebook_at(day.log, seq)
    with pytest.raises(SeqNotFound):
        await document_at(day.log, seq, ids=SeededIds())
