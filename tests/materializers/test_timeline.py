"""Stretches of work: the same however the log is read, grouped as people remember their day."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, cast

import msgspec
import pytest

from anode_jlab.eventlog.base import EventLog
from anode_jlab.eventlog.memory import MemoryEventStore
from anode_jlab.events.actor import FILE, SERVER, Actor, ActorKind
from anode_jlab.events.content import CellCreated, CellMoved, CellSourceChanged
from anode_jlab.events.document import (
    DocumentUpdated,
    ExternalChangeMerged,
    HistoryPurged,
    Kind,
    KindSet,
    LineageStarted,
    LogRecovered,
    Restored,
)
from anode_jlab.events.event import Envelope, Event, Record
from anode_jlab.events.execution import (
    ExecutionCompleted,
    ExecutionRequested,
    OnError,
    Outcome,
)
from anode_jlab.ids import CellId, ExecutionId, Lineage, NotebookId, Seq
from anode_jlab.materializers.timeline import (
    PAUSE_SECONDS,
    Stretch,
    StretchKind,
    Timeline,
    TimelineBuilder,
)
from anode_jlab.materializers.timeline_loading import caught_up, stored_timeline, to_store
from tests.events.samples import history

ADA = Actor(kind=ActorKind.HUMAN, id="ada", name="Ada")
BOB = Actor(kind=ActorKind.HUMAN, id="bob", name="Bob")
BEGUN = LineageStarted(lineage=Lineage("l"), path="a.ipynb")
MINUTE = 60.0


class Day:
    """Writes a log: each call is one commit."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.now = 0.0
        self._runs = count()

    def commit(self, actor: Actor, *facts: Event, update: bool = True) -> None:
        changes = [DocumentUpdated(update=b"x", client=1, origin="peer")] if update else []
        for event in (*changes, *facts):
            seq = Seq(len(self.envelopes) + 1)
            self.envelopes.append(Envelope(seq=seq, time=self.now, actor=actor, event=event))

    def type(self, actor: Actor, cell: str, inserted: int = 1, deleted: int = 0) -> None:
        self.commit(actor, typed(cell, inserted, deleted))

    def run(self, actor: Actor, cell: str, *, fails: bool = False) -> None:
        run, cell_id = ExecutionId(f"r{next(self._runs)}"), CellId(cell)
        asked = ExecutionRequested(
            execution_id=run, cell_id=cell_id, batch_id="b", on_error=OnError.STOP
        )
        status = Outcome.FAILED if fails else Outcome.COMPLETED
        done = ExecutionCompleted(execution_id=run, cell_id=cell_id, status=status, duration_ms=1.0)
        self.commit(actor, asked, update=False)
        self.commit(SERVER, done, update=False)

    def stretches(self) -> Sequence[Stretch]:
        builder = TimelineBuilder()
        for envelope in self.envelopes:
            builder.apply(envelope)
        return builder.stretches()


def typed(cell: str, inserted: int, deleted: int = 0) -> CellSourceChanged:
    return CellSourceChanged(
        cell_id=CellId(cell), inserted=inserted, deleted=deleted, length=inserted
    )


def created(cell: str, index: int) -> CellCreated:
    return CellCreated(cell_id=CellId(cell), cell_type="code", index=index)


@pytest.mark.parametrize("seed", range(40))
def test_the_same_for_any_split_and_any_order_of_asking(seed: int) -> None:
    envelopes, rng = history(seed, 200), random.Random(seed)
    whole = TimelineBuilder()
    for envelope in envelopes:
        whole.apply(envelope)
    timeline = Timeline()
    place = 0
    while place < len(envelopes):
        size = rng.randint(1, 30)
        builder = TimelineBuilder(timeline)
        for envelope in envelopes[place : place + size]:
            builder.apply(envelope)
        stored = msgspec.json.encode(builder.timeline())
        timeline = msgspec.json.decode(stored, type=Timeline)
        place += size
    assert timeline == whole.timeline()
    assert TimelineBuilder(timeline).stretches() == whole.stretches()


def test_what_one_person_does_without_a_pause_is_one_stretch() -> None:
    day = Day()
    day.commit(FILE, BEGUN, created("a", 0), created("b", 1))
    day.now = MINUTE
    for _ in range(10):
        day.type(ADA, "a", inserted=3)
        day.type(BOB, "b", deleted=1, inserted=0)
        day.now += MINUTE
    day.run(ADA, "a")
    day.run(ADA, "b", fails=True)
    day.now += PAUSE_SECONDS + 1
    day.commit(ADA, CellMoved(cell_id=CellId("a"), from_index=0, to_index=1))
    begun, ada, bob, later = day.stretches()
    assert (begun.kind, begun.created, begun.cells) == (StretchKind.BEGUN, 2, ("a", "b"))
    assert (ada.actor, ada.inserted, ada.cells) == (ADA, 30, ("a", "b"))
    assert (ada.runs, ada.failed, ada.start, ada.end) == (2, 1, MINUTE, 11 * MINUTE)
    assert (bob.actor, bob.deleted, bob.cells) == (BOB, 10, ("b",))
    assert (later.actor, later.moved, later.inserted) == (ADA, 1, 0)
    assert ada.first < bob.first < ada.last


def test_what_was_restored_or_merged_is_told_from_what_was_typed() -> None:
    day = Day()
    day.commit(FILE, BEGUN, created("a", 0))
    day.type(ADA, "a", inserted=5)
    source = CellSourceChanged(cell_id=CellId("a"), inserted=900, deleted=5, length=900)
    day.commit(ADA, source, Restored(seq=Seq(3)))
    day.type(ADA, "a", inserted=1)
    merged = ExternalChangeMerged(path="a.ipynb", file_hash="", cells_changed=1)
    day.commit(FILE, source, merged)
    day.commit(ADA, HistoryPurged(first=Seq(2), last=Seq(4)), update=False)
    day.commit(SERVER, LogRecovered(good_upto=Seq(5), lost_upto=Seq(9), reason="", kept=""))
    begun, typed, restored, file, purged, damaged = day.stretches()
    assert begun.kind is StretchKind.BEGUN
    assert (typed.kind, typed.inserted) == (StretchKind.WORK, 6)
    assert (restored.kind, restored.inserted, restored.upto) == (StretchKind.RESTORED, 900, 3)
    assert (file.kind, file.inserted, file.actor) == (StretchKind.FILE, 900, FILE)
    assert (purged.kind, purged.since, purged.upto) == (StretchKind.PURGED, 2, 4)
    assert (damaged.kind, damaged.since, damaged.upto) == (StretchKind.DAMAGED, 5, 9)


def test_the_changes_of_a_text_file_are_counted() -> None:
    day = Day()
    day.commit(FILE, BEGUN, KindSet(kind=Kind.TEXT), update=False)
    for _ in range(4):
        day.commit(ADA)
    assert [(one.kind, one.changes) for one in day.stretches()] == [
        (StretchKind.BEGUN, 0),
        (StretchKind.WORK, 4),
    ]


@pytest.mark.anyio
async def test_only_what_came_later_is_read() -> None:
    day = Day()
    day.commit(FILE, BEGUN, created("a", 0))
    for _ in range(3000):
        day.type(ADA, "a")
    store, notebook = MemoryEventStore(), NotebookId("n")
    log = await store.open(notebook)
    lease = await log.acquire("test")
    records = [Record(event=e.event, actor=e.actor, time=e.time) for e in day.envelopes]
    await log.append(records, epoch=lease.epoch, expect_head=Seq(0))

    reads: list[Seq] = []

    class Counting:
        """The log, which tells from where on it is read."""

        async def read(self, after: Seq, **options: Any) -> list[Envelope]:
            reads.append(after)
            return await log.read(after, **options)

    async def upto_head(timeline: Timeline) -> Timeline:
        head = (await log.load()).head
        return await caught_up(
            cast(EventLog, Counting()), timeline, kind=Kind.NOTEBOOK, head=head, offload=at_once
        )

    timeline = await upto_head(Timeline())
    assert timeline.seq == len(records)
    await log.put_derived(to_store(timeline), epoch=lease.epoch)
    again = await stored_timeline(log)
    assert again == timeline
    assert list(TimelineBuilder(again).stretches()) == list(day.stretches())

    later = [Record(event=typed("a", 7), actor=ADA, time=1.0)]
    await log.append(later, epoch=lease.epoch, expect_head=timeline.seq)
    reads.clear()
    extended = await upto_head(again)
    assert reads == [timeline.seq]
    assert TimelineBuilder(extended).stretches()[-1].inserted == 3007
    assert await upto_head(Timeline()) == extended


async def at_once(work: Callable[[], Timeline]) -> Timeline:
    """Work that takes no thread."""
    return work()
