"""An event store that lives in memory: for tests and simulations, with faults on demand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Protocol

import msgspec

from anode_jlab.clock import Clock, SystemClock
from anode_jlab.errors import HeadMoved, HeldElsewhere, LeaseLost, RoomClosed
from anode_jlab.eventlog.base import (
    LEASE_SECONDS,
    Derived,
    Lease,
    Loaded,
    Recovered,
    SeqRange,
    Snapshot,
)
from anode_jlab.eventlog.wakeups import Wakeups
from anode_jlab.events import registry
from anode_jlab.events.document import DocumentUpdated, LineageStarted
from anode_jlab.events.event import Envelope, Record
from anode_jlab.ids import NotebookId, Seq

BEGINNING = Seq(0)
"""Before the first event."""


class Faults(Protocol):
    """What may go wrong (or take its time) around an operation of the store.

    ``before`` runs before anything is stored and ``after`` once it is stored but before the caller
    hears of it; either may raise, or wait. Operations: ``append``, ``put_snapshot``, ``load``,
    ``read``, ``acquire``, ``renew``, ``compact``, ``purge``.
    """

    async def before(self, operation: str) -> None: ...

    async def after(self, operation: str) -> None: ...


class NoFaults:
    """Everything succeeds at once."""

    async def before(self, operation: str) -> None:
        pass

    async def after(self, operation: str) -> None:
        pass


class _Notebook:
    """What survives the closing of a log: the "disk" of one notebook."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.snapshots: list[Snapshot] = []
        self.derived: dict[str, Derived] = {}
        self.packed = 0
        self.ranges: dict[str, SeqRange] = {}
        self.epoch = 0
        self.lease: Lease | None = None
        self.wakeups = Wakeups()

    @property
    def head(self) -> Seq:
        return Seq(len(self.envelopes))


class MemoryEventStore:
    """Satisfies ``base.EventStore``; a store of its own for every instance."""

    kind = "memory"

    def __init__(self, *, clock: Clock | None = None, faults: Faults | None = None) -> None:
        self._clock = clock or SystemClock()
        self.faults: Faults = faults or NoFaults()
        self._notebooks: dict[NotebookId, _Notebook] = {}
        self._open: list[MemoryEventLog] = []

    async def open(self, notebook: NotebookId) -> MemoryEventLog:
        stored = self._notebooks.setdefault(notebook, _Notebook())
        log = MemoryEventLog(stored, self._clock, self)
        self._open.append(log)
        return log

    async def exists(self, notebook: NotebookId) -> bool:
        stored = self._notebooks.get(notebook)
        return stored is not None and stored.head > 0

    async def recover(self, notebook: NotebookId) -> Recovered | None:
        """Memory is never damaged."""
        return None

    def stored(self, notebook: NotebookId, after: Seq = BEGINNING) -> Sequence[Envelope]:
        """What would be found after a crash at this moment, with a seq > ``after``."""
        found = self._notebooks.get(notebook)
        return () if found is None else found.envelopes[after:]

    def newest_snapshot(self, notebook: NotebookId) -> Snapshot | None:
        """The snapshot from which the next opening would go on."""
        found = self._notebooks.get(notebook)
        return found.snapshots[-1] if found and found.snapshots else None

    async def close(self) -> None:
        for log in self._open:
            await log.close()
        self._open.clear()


class MemoryEventLog:
    """Satisfies ``base.EventLog``."""

    def __init__(self, stored: _Notebook, clock: Clock, store: MemoryEventStore) -> None:
        self._stored = stored
        self._clock = clock
        self._store = store
        self._closed = False

    async def acquire(self, holder: str, *, take_over: bool = False) -> Lease:
        await self._before("acquire")
        stored, now = self._stored, self._clock.monotonic()
        held = stored.lease
        is_held = held is not None and held.holder != holder and held.expires > now
        if held is not None and is_held and not take_over:
            raise HeldElsewhere(f"The notebook is open in {held.holder}.")
        stored.epoch += 1
        stored.lease = Lease(epoch=stored.epoch, holder=holder, expires=now + LEASE_SECONDS)
        lease = stored.lease
        await self._store.faults.after("acquire")
        return lease

    async def renew(self, lease: Lease) -> Lease:
        await self._before("renew")
        self._check_epoch(lease.epoch)
        self._stored.lease = Lease(
            epoch=lease.epoch,
            holder=lease.holder,
            expires=self._clock.monotonic() + LEASE_SECONDS,
        )
        renewed = self._stored.lease
        await self._store.faults.after("renew")
        return renewed

    async def release(self, lease: Lease) -> None:
        held = self._stored.lease
        if held is not None and held.epoch == lease.epoch:
            self._stored.lease = None

    async def append(
        self,
        records: Sequence[Record],
        *,
        epoch: int,
        expect_head: Seq,
        dedupe: str | None = None,
    ) -> SeqRange:
        if not records:
            raise ValueError("nothing to append")
        await self._before("append")
        self._check_epoch(epoch)
        stored = self._stored
        if dedupe is not None and dedupe in stored.ranges:
            return stored.ranges[dedupe]
        if stored.head != expect_head:
            raise HeadMoved(f"The log's head is {stored.head}, not {expect_head}.")
        stored.envelopes.extend(
            _placed(record, Seq(seq)) for seq, record in enumerate(records, expect_head + 1)
        )
        given = SeqRange(first=Seq(expect_head + 1), last=stored.head)
        if dedupe is not None:
            stored.ranges[dedupe] = given
        stored.wakeups.ring()
        await self._store.faults.after("append")
        return given

    async def read(
        self,
        after: Seq,
        *,
        limit: int | None = None,
        names: Collection[str] | None = None,
    ) -> list[Envelope]:
        await self._before("read")
        found = self._stored.envelopes[max(after, 0) :]
        if names is not None:
            found = [envelope for envelope in found if registry.name_of(envelope.event) in names]
        return found if limit is None else found[:limit]

    async def subscribe(self, after: Seq) -> AsyncIterator[Sequence[Envelope]]:
        bell = self._stored.wakeups.add()
        try:
            while not self._closed:
                bell.clear()
                found = self._stored.envelopes[after:]
                if found:
                    after = found[-1].seq
                    yield found
                else:
                    await bell.wait()
        finally:
            self._stored.wakeups.remove(bell)

    async def load(self) -> Loaded:
        await self._before("load")
        stored = self._stored
        snapshot = stored.snapshots[-1] if stored.snapshots else None
        start = snapshot.seq if snapshot else 0
        lineages = (e.event for e in reversed(stored.envelopes))
        started = next((event for event in lineages if isinstance(event, LineageStarted)), None)
        return Loaded(
            lineage=started.lineage if started else None,
            head=stored.head,
            snapshot=snapshot,
            tail=tuple(stored.envelopes[start:]),
        )

    async def put_snapshot(self, snapshot: Snapshot, *, epoch: int) -> None:
        await self._before("put_snapshot")
        self._check_epoch(epoch)
        stored = self._stored
        if not 0 < snapshot.seq <= stored.head:
            raise ValueError(f"no event {snapshot.seq} to take a snapshot of")
        place = bisect_right(stored.snapshots, snapshot.seq, key=lambda taken: taken.seq)
        if place and stored.snapshots[place - 1].seq == snapshot.seq:
            stored.snapshots[place - 1] = snapshot
        else:
            stored.snapshots.insert(place, snapshot)
        await self._store.faults.after("put_snapshot")

    async def put_tables(self, state: bytes, *, epoch: int) -> None:
        self._check_epoch(epoch)

    async def snapshot_before(self, seq: Seq) -> Snapshot | None:
        place = bisect_right(self._stored.snapshots, seq, key=lambda taken: taken.seq)
        return self._stored.snapshots[place - 1] if place else None

    async def put_derived(self, derived: Derived, *, epoch: int) -> None:
        self._check_epoch(epoch)
        self._stored.derived[derived.name] = derived

    async def derived(self, name: str) -> Derived | None:
        return self._stored.derived.get(name)

    async def compact(self, upto: Seq, *, epoch: int, whole: bool = False) -> int:
        await self._before("compact")
        self._check_epoch(epoch)
        stored = self._stored
        before, stored.packed = stored.packed, max(stored.packed, min(upto, stored.head - 1))
        return stored.packed - before

    async def purge(self, first: Seq, last: Seq, *, epoch: int) -> int:
        await self._before("purge")
        self._check_epoch(epoch)
        stored, purged = self._stored, 0
        if all(snapshot.seq != last + 1 for snapshot in stored.snapshots):
            raise ValueError(f"no snapshot at event {last + 1}")
        for place in range(first - 1, last):
            envelope = stored.envelopes[place]
            event = envelope.event
            if isinstance(event, DocumentUpdated) and event.update:
                bare = msgspec.structs.replace(event, update=b"")
                stored.envelopes[place] = msgspec.structs.replace(envelope, event=bare)
                purged += 1
        stored.snapshots = [taken for taken in stored.snapshots if not first <= taken.seq <= last]
        return purged

    async def reclaim(self, *, epoch: int, thorough: bool = False) -> None:
        self._check_epoch(epoch)

    async def verify(self) -> Seq:
        return self._stored.head

    async def close(self) -> None:
        self._closed = True
        self._stored.wakeups.ring()

    async def _before(self, operation: str) -> None:
        if self._closed:
            raise RoomClosed("The event log is closed.")
        await self._store.faults.before(operation)

    def _check_epoch(self, epoch: int) -> None:
        held = self._stored.lease
        if held is None or held.epoch != epoch:
            raise LeaseLost()


def _placed(record: Record, seq: Seq) -> Envelope:
    return Envelope(
        seq=seq,
        time=record.time,
        actor=record.actor,
        event=record.event,
        client=record.client,
        cause=record.cause,
    )
