"""Whatever a notebook refers to at a moment that can be read is mentioned by its log; so garbage is
never what somebody could still ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anode_jlab.artifacts.garbage import leftovers, remove
from anode_jlab.artifacts.memory import MemoryArtifacts
from anode_jlab.clock import SystemClock
from anode_jlab.documents.cells import new_outputs
from anode_jlab.documents.history import notebook_at
from anode_jlab.documents.ipynb import from_notebook
from anode_jlab.documents.large_outputs import Form, Reference, refer, stored_in
from anode_jlab.documents.long_text import LongText, Piece
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.purging import carry_out
from anode_jlab.errors import Gone
from anode_jlab.eventlog.base import EventLog, Snapshot
from anode_jlab.eventlog.mentions import addresses_in, mentioned
from anode_jlab.eventlog.sqlite import SqliteEventStore
from anode_jlab.events.actor import SERVER
from anode_jlab.events.document import DocumentUpdated, HistoryPurged, LineageStarted
from anode_jlab.events.event import Event, Record
from anode_jlab.ids import NotebookId, Seq, Sha256
from anode_jlab.materializers.loading import state_at
from anode_jlab.materializers.state import encode
from anode_jlab.testing.ids import SeededIds

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

ONE = NotebookId("1" * 32)


def address(number: int) -> Sha256:
    return Sha256(sha256(str(number).encode()).hexdigest())


def shown(number: int) -> dict[str, Any]:
    """An output that refers to an artifact, in one of the ways there are."""
    if number % 3 == 0:
        return LongText("stdout", (Piece(address(number), 1, 1),)).output()
    reference = Reference(address(number), 1, Form.BASE64)
    data = refer({"text/plain": "x"}, {"image/png": reference})
    return {"output_type": "display_data", "data": data, "metadata": {}}


class Bench:
    """A notebook with a log, whose cell gets and loses outputs."""

    def __init__(self, log: EventLog, artifacts: MemoryArtifacts) -> None:
        self.log, self.artifacts, self.ids = log, artifacts, SeededIds()
        self.document = NotebookDocument(ids=self.ids)
        self.epoch = 0
        self.head = Seq(0)

    async def begin(self) -> None:
        self.epoch = (await self.log.acquire("test")).epoch
        self.head = (await self.log.load()).head
        cell = {"cell_type": "code", "id": "one", "metadata": {}, "source": "x", "outputs": []}
        update = from_notebook({"cells": [cell]}, ids=self.ids)
        self.document.load(update)
        started = LineageStarted(lineage=self.ids.lineage(), path="a.ipynb", file_hash="")
        await self.append(started, DocumentUpdated(update=update, client=0, origin="import"))

    async def append(self, *events: Event) -> None:
        records = [Record(event=event, actor=SERVER, time=0.0) for event in events]
        given_ = await self.log.append(records, epoch=self.epoch, expect_head=self.head)
        self.head = given_.last

    async def change(self, number: int) -> None:
        """Show an output more; every fourth time all that are there go."""
        with self.document.edit("run") as edit:
            outputs = self.document.cell(self.document.cell_ids[0])["outputs"]  # type: ignore[index]
            if number % 4 == 3:
                del outputs[:]
            else:
                await self.artifacts.put(ONE, str(number).encode())
                outputs.extend(new_outputs([shown(number)]))
        for change in edit.changes:
            await self.append(DocumentUpdated(update=change.update, client=0, origin="run"))

    async def snapshot(self) -> None:
        state = encode(await state_at(self.log, self.head))
        taken = Snapshot(seq=self.head, document=self.document.encode(), state=state)
        await self.log.put_snapshot(taken, epoch=self.epoch)

    async def pack(self) -> None:
        while await self.log.compact(self.head, epoch=self.epoch, whole=True):
            pass

    async def purge(self, share: int) -> None:
        last = Seq(max(self.head * share // 4, 1))
        purged = HistoryPurged(first=Seq(1), last=last)
        await self.append(purged)
        await carry_out(self.log, purged, epoch=self.epoch, ids=self.ids)

    async def readable(self) -> set[Sha256]:
        """What is referred to at any moment that can be read."""
        found: set[Sha256] = set()
        for seq in range(2, self.head + 1):
            try:
                nb = await notebook_at(self.log, Seq(seq), with_ids=True)
            except Gone:
                continue
            found |= {one.sha256 for one in stored_in(nb)}
        return found


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteEventStore]:
    store = SqliteEventStore(tmp_path / "store", threads=1, clock=SystemClock())
    yield store
    await store.close()


STEPS = st.lists(
    st.one_of(
        st.just(("change", 0)),
        st.just(("change", 0)),
        st.just(("change", 0)),
        st.just(("snapshot", 0)),
        st.just(("pack", 0)),
        st.tuples(st.just("purge"), st.integers(1, 4)),
    ),
    min_size=4,
    max_size=16,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
async def test_garbage_is_never_what_can_be_read(
    store: SqliteEventStore, steps: list[tuple[str, int]]
) -> None:
    ids = SeededIds(hash(str(steps)))
    log = await store.open(NotebookId(ids.notebook()))
    bench = Bench(log, MemoryArtifacts())
    try:
        await bench.begin()
        for number, (step, share) in enumerate(steps):
            match step:
                case "change":
                    await bench.change(number)
                case "snapshot":
                    await bench.snapshot()
                case "pack":
                    await bench.pack()
                case _:
                    await bench.purge(share)
        wanted = await bench.readable()
        seen = await mentioned(log)
        assert wanted <= seen
        kept = set(await bench.artifacts.addresses(ONE))
        left = await leftovers(bench.artifacts, ONE, seen, before=float("inf"))
        await remove(bench.artifacts, ONE, left, before=float("inf"))
        assert wanted & kept <= set(await bench.artifacts.addresses(ONE))
    finally:
        bench.document.close()
        await log.close()


async def test_what_only_the_purged_history_had_is_garbage(store: SqliteEventStore) -> None:
    log = await store.open(ONE)
    bench = Bench(log, MemoryArtifacts())
    await bench.begin()
    for number in range(6):  # the fourth takes away what was there
        await bench.change(number)
    everything = {address(number) for number in (0, 1, 2, 4, 5)}
    assert await mentioned(log) == everything
    await bench.purge(4)
    assert await mentioned(log) == {address(4), address(5)}
    left = await leftovers(bench.artifacts, ONE, await mentioned(log), before=float("inf"))
    assert {one.sha256 for one in left} == {address(0), address(1), address(2)}
    bench.document.close()
    await log.close()


@given(st.binary(max_size=80), st.integers(0, 50), st.binary(max_size=80))
def test_an_address_is_found_among_any_bytes(before: bytes, number: int, after: bytes) -> None:
    assert address(number) in addresses_in(before + address(number).encode() + after)
