"""Any order of leases, appends, snapshots, packing, purges and crashes: the log is what a list is.

The same rules on the store in memory and on SQLite. A crash of SQLite is a copy of its files, made
while they are open, with which the next server goes on.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from anode_jlab.errors import HeadMoved, LeaseLost
from anode_jlab.eventlog.base import EventLog, EventStore, Lease, SeqRange, Snapshot
from anode_jlab.eventlog.memory import MemoryEventStore
from anode_jlab.eventlog.sqlite import SqliteEventStore
from anode_jlab.events.content import CellCreated
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.events.event import Record
from anode_jlab.ids import CellId, Seq
from anode_jlab.testing.clock import VirtualClock
from anode_jlab.testing.eventlog_samples import NOTEBOOK, START, record, records_of, update

T = TypeVar("T")

HOLDER = "a server"

PAYLOADS = st.binary(max_size=40)
RECORDS = st.lists(
    st.one_of(
        PAYLOADS.map(lambda payload: record(update(payload), client=1)),
        st.integers(0, 9).map(
            lambda n: record(CellCreated(cell_id=CellId(f"c{n}"), cell_type="code", index=n))
        ),
    ),
    min_size=1,
    max_size=6,
)


class LogMachine(RuleBasedStateMachine):
    """``model`` is what the log must tell; subclasses know the store."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = VirtualClock()
        self.model: list[Record] = []
        self.snapshots: list[Snapshot] = []
        self.dedupes: dict[str, SeqRange] = {}
        self.old: list[Lease] = []
        self.store: EventStore
        self.log: EventLog
        self.lease: Lease

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def new_store(self) -> EventStore:
        raise NotImplementedError

    def crashed(self) -> EventStore:
        """What the next server finds."""
        raise NotImplementedError

    @property
    def head(self) -> Seq:
        return Seq(len(self.model))

    def begin(self) -> None:
        self.log = self.run(self.store.open(NOTEBOOK))
        self.lease = self.run(self.log.acquire(HOLDER))

    # --- what happens ----------------------------------------------------------------------------

    @initialize()
    def first(self) -> None:
        self.store = self.new_store()
        self.begin()
        self.append([record(START)])

    @rule(records=RECORDS)
    def append(self, records: list[Record]) -> None:
        given = self.run(self.log.append(records, epoch=self.lease.epoch, expect_head=self.head))
        assert given == SeqRange(first=Seq(self.head + 1), last=Seq(self.head + len(records)))
        self.model += records

    @rule(records=RECORDS, key=st.sampled_from("abc"))
    def append_once(self, records: list[Record], key: str) -> None:
        given = self.run(
            self.log.append(records, epoch=self.lease.epoch, expect_head=self.head, dedupe=key)
        )
        if key in self.dedupes:
            assert given == self.dedupes[key]
        else:
            self.dedupes[key] = given
            self.model += records

    @rule(records=RECORDS, wrong=st.sampled_from([-1, 1, 7]))
    def append_elsewhere(self, records: list[Record], wrong: int) -> None:
        with pytest.raises(HeadMoved):
            self.run(
                self.log.append(records, epoch=self.lease.epoch, expect_head=Seq(self.head + wrong))
            )

    @rule()
    def lease_anew(self) -> None:
        self.old.append(self.lease)
        self.lease = self.run(self.log.acquire(HOLDER))

    @precondition(lambda self: self.old)
    @rule(records=RECORDS)
    def fenced(self, records: list[Record]) -> None:
        """Who lost the lease changes nothing any more."""
        epoch = self.old[-1].epoch
        with pytest.raises(LeaseLost):
            self.run(self.log.append(records, epoch=epoch, expect_head=self.head))
        with pytest.raises(LeaseLost):
            self.run(self.log.renew(self.old[-1]))
        snapshot = Snapshot(seq=self.head, document=b"stale", state=b"{}")
        with pytest.raises(LeaseLost):
            self.run(self.log.put_snapshot(snapshot, epoch=epoch))

    @rule(size=st.integers(1, 200))
    def snapshot(self, size: int) -> None:
        taken = Snapshot(seq=self.head, document=bytes(size), state=b'{"n":1}')
        self.run(self.log.put_snapshot(taken, epoch=self.lease.epoch))
        self.snapshots = [s for s in self.snapshots if s.seq != taken.seq] + [taken]

    @rule(upto=st.integers(1, 60), whole=st.booleans())
    def compact(self, upto: int, whole: bool) -> None:
        while self.run(self.log.compact(Seq(upto), epoch=self.lease.epoch, whole=whole)):
            pass

    @precondition(lambda self: self.snapshots)
    @rule(first=st.integers(1, 60))
    def purge(self, first: int) -> None:
        last = Seq(self.snapshots[-1].seq - 1)
        first = min(first, last)
        if first < 1:
            return
        while self.run(self.log.purge(Seq(first), last, epoch=self.lease.epoch)):
            pass
        self.run(self.log.reclaim(epoch=self.lease.epoch))
        for place in range(first - 1, last):
            event = self.model[place].event
            if isinstance(event, DocumentUpdated):
                bare = msgspec.structs.replace(event, update=b"")
                self.model[place] = msgspec.structs.replace(self.model[place], event=bare)
        self.snapshots = [s for s in self.snapshots if not first <= s.seq <= last]

    @rule()
    def crash(self) -> None:
        self.old.clear()
        self.store = self.crashed()
        self.begin()

    # --- what must be true -----------------------------------------------------------------------

    @invariant()
    def the_log_is_the_list(self) -> None:
        if not self.model:
            return
        found = self.run(self.log.read(Seq(0)))
        assert [envelope.seq for envelope in found] == list(range(1, self.head + 1))
        assert records_of(found) == self.model
        loaded = self.run(self.log.load())
        newest = self.snapshots[-1] if self.snapshots else None
        assert (loaded.head, loaded.snapshot) == (self.head, newest)
        assert records_of(loaded.tail) == self.model[newest.seq if newest else 0 :]

    @rule(after=st.integers(0, 40), limit=st.integers(1, 5))
    def read_some(self, after: int, limit: int) -> None:
        found = self.run(self.log.read(Seq(after), limit=limit))
        assert records_of(found) == self.model[after : after + limit]
        names = frozenset({"v1.CellCreated"})
        cells = self.run(self.log.read(Seq(after), names=names))
        assert records_of(cells) == [
            kept for kept in self.model[after:] if isinstance(kept.event, CellCreated)
        ]

    @rule()
    def verify(self) -> None:
        assert self.run(self.log.verify()) == self.head

    def teardown(self) -> None:
        if self.model:
            self.run(self.store.close())
        self.loop.close()


class MemoryMachine(LogMachine):
    def new_store(self) -> EventStore:
        return MemoryEventStore(clock=self.clock)

    def crashed(self) -> EventStore:
        return self.store


class SqliteMachine(LogMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="anode-log-"))
        self.lives = 0

    def new_store(self) -> EventStore:
        return SqliteEventStore(self.folder / "0", threads=1, clock=self.clock)

    def crashed(self) -> EventStore:
        before, self.lives = self.lives, self.lives + 1
        shutil.copytree(self.folder / str(before), self.folder / str(self.lives))
        self.run(self.store.close())
        return SqliteEventStore(self.folder / str(self.lives), threads=1, clock=self.clock)

    def teardown(self) -> None:
        super().teardown()
        shutil.rmtree(self.folder)


@pytest.mark.parametrize("machine", [MemoryMachine, SqliteMachine])
def test_the_log_is_what_a_list_is(machine: type[LogMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
