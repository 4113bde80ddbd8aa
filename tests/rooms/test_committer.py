"""The queue to the log keeps its order through slow, refusing and lost stores."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence

import pytest

from anode_jlab.errors import HeadMoved, RoomClosed, StoreUnavailable
from anode_jlab.eventlog.base import SeqRange
from anode_jlab.eventlog.memory import MemoryEventStore
from anode_jlab.events.actor import SERVER
from anode_jlab.events.content import CellSourceChanged
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.events.event import Event, Record
from anode_jlab.ids import CellId, NotebookId, Seq
from anode_jlab.rooms.batch import Entry, Packed, Show, Write, pack
from anode_jlab.rooms.committer import Committer
from anode_jlab.testing.clock import VirtualClock, settle
from anode_jlab.testing.simulated_store import BadDay

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

NOTEBOOK = NotebookId("0" * 32)


def write(name: str, done: asyncio.Future[SeqRange] | None = None) -> Write:
    event = DocumentUpdated(update=name.encode(), client=0, origin="test")
    return Write([Record(event=event, actor=SERVER, time=0.0)], len(name), done=done)


class Bench:
    """A committer on a store with a bad day."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.day = BadDay(random.Random(1), self.clock)
        self.store = MemoryEventStore(clock=self.clock, faults=self.day)
        self.landed: list[list[str]] = []
        self.stalls: list[StoreUnavailable | None] = []
        self.failures: list[BaseException] = []
        self.head = Seq(0)
        self.committer: Committer
        self.epoch = 0

    def on_landed(self, batch: Sequence[Entry], packed: Packed, first: Seq) -> None:
        names = []
        for entry in batch:
            if isinstance(entry, Show):
                entry.then(self.head)
            elif isinstance(entry, Write):
                names.append("+".join(_name(record) for record in entry.records))
                self.head = Seq(self.head + len(entry.records))
                if entry.done is not None:
                    entry.done.set_result(SeqRange(first=self.head, last=self.head))
        if names:
            self.landed.append(names)

    def takes_changes(self) -> bool:
        return self.committer.open

    @property
    def stored(self) -> list[str]:
        return [_name(envelope) for envelope in self.store.stored(NOTEBOOK)]


def _name(record: object) -> str:
    event = getattr(record, "event")  # noqa: B009 (records and envelopes)
    assert isinstance(event, DocumentUpdated)
    return event.update.decode()


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    log = await made.store.open(NOTEBOOK)
    made.epoch = (await log.acquire("test")).epoch
    made.committer = Committer(
        log,
        epoch=made.epoch,
        head=Seq(0),
        clock=made.clock,
        landed=made.on_landed,
        stalled=made.stalls.append,
        failed=made.failures.append,
    )
    running = asyncio.ensure_future(made.committer.run())
    yield made
    running.cancel()
    await asyncio.wait([running])


async def test_what_queues_during_a_commit_goes_into_the_next(bench: Bench) -> None:
    bench.day.slow_seconds = 1.0
    bench.committer.put(write("a"))
    await settle()
    for name in "bcd":
        bench.committer.put(write(name))
    await bench.clock.advance(5.0)
    assert bench.landed == [["a"], ["b", "c", "d"]]
    assert bench.stored == ["a", "b", "c", "d"]


async def test_nothing_is_shown_before_what_stands_before_it(bench: Bench) -> None:
    seen: list[tuple[str, int, list[str]]] = []

    def show(name: str) -> Show:
        return Show(lambda seq: seen.append((name, seq, bench.stored)))

    bench.committer.put(show("at once"))
    assert seen == [("at once", 0, [])]
    bench.day.slow_seconds = 1.0
    bench.committer.put(write("a"))
    bench.committer.put(show("after a"))
    bench.committer.put(write("b"))
    bench.committer.put(show("after b"))
    assert len(seen) == 1
    await bench.clock.advance(5.0)
    assert [(name, seq) for name, seq, _ in seen[1:]] == [("after a", 1), ("after b", 2)]
    assert all(name.removeprefix("after ") in stored for name, _, stored in seen[1:])


async def test_a_refusing_store_is_tried_again_in_order(bench: Bench) -> None:
    bench.day.refusing = True
    bench.committer.put(write("a"))
    await settle()
    assert bench.committer.stalled
    assert not bench.takes_changes()
    bench.committer.put(write("b"))
    waiting = asyncio.ensure_future(bench.committer.ready())
    await bench.clock.advance(60.0)
    assert not waiting.done()
    assert bench.stored == []
    bench.day.refusing = False
    await bench.clock.advance(5.0)
    await waiting
    assert bench.stored == ["a", "b"]
    assert bench.stalls[-1] is None
    assert bench.takes_changes()
    assert bench.failures == []


async def test_another_writer_ends_it(bench: Bench) -> None:
    other = await bench.store.open(NOTEBOOK)
    intruder = Record(
        event=DocumentUpdated(update=b"x", client=0, origin="o"), actor=SERVER, time=0.0
    )
    await other.append([intruder], epoch=bench.epoch, expect_head=Seq(0))
    done: asyncio.Future[SeqRange] = asyncio.get_running_loop().create_future()
    bench.committer.put(write("a", done))
    await settle()
    assert isinstance(bench.failures[0], HeadMoved)
    with pytest.raises(RoomClosed):
        await done
    assert bench.landed == []


async def test_stopping_fails_what_waits_and_lets_out_what_is_under_way(bench: Bench) -> None:
    bench.day.slow_seconds = 1.0
    loop = asyncio.get_running_loop()
    first, second = loop.create_future(), loop.create_future()
    bench.committer.put(write("a", first))
    await settle()
    bench.committer.put(write("b", second))
    shown = asyncio.ensure_future(bench.committer.drained())
    await settle()
    bench.committer.stop()
    for future in (second, shown, asyncio.ensure_future(bench.committer.ready())):
        with pytest.raises(RoomClosed):
            await future
    await bench.clock.advance(5.0)
    await first
    await bench.committer.ended()
    assert bench.stored == ["a"]
    assert bench.failures == []


async def test_large_batches_are_committed_in_parts(bench: Bench) -> None:
    for number in range(4500):
        bench.committer.put(write(str(number)))
    await settle(50)
    assert [len(names) for names in bench.landed] == [2000, 2000, 500]
    assert bench.stored == [str(number) for number in range(4500)]


async def test_senders_wait_while_too_much_is_queued(bench: Bench) -> None:
    bench.day.slow_seconds = 1.0
    for number in range(8100):
        bench.committer.put(write(str(number)))
    assert not bench.takes_changes()
    await bench.clock.advance(10.0)
    assert bench.takes_changes()
    assert len(bench.stored) == 8100


def typed(cell: str, inserted: int, client: int | None, length: int = 0) -> Record:
    event: Event = CellSourceChanged(
        cell_id=CellId(cell), inserted=inserted, deleted=1, length=length
    )
    return Record(event=event, actor=SERVER, time=0.0, client=client)


async def test_typing_of_one_client_in_one_cell_is_one_record() -> None:
    u1, u2, u3 = (write(name).records[0] for name in ("u1", "u2", "u3"))
    packed = pack(
        [
            Write([u1, typed("a", 1, 1, 10), typed("b", 5, 1)], 1),
            Write([u2, typed("a", 2, 1, 12)], 1),
            Write([u3, typed("a", 4, 2, 16)], 1),
        ]
    )
    assert packed.records == [
        u1,
        typed("b", 5, 1),
        u2,
        Record(
            event=CellSourceChanged(cell_id=CellId("a"), inserted=3, deleted=2, length=12),
            actor=SERVER,
            time=0.0,
            client=1,
        ),
        u3,
        typed("a", 4, 2, 16),
    ]
    assert packed.ends == [2, 4, 6]
