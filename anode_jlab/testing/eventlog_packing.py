"""The part of the conformance suite of event stores about packing and purging what is old."""

from __future__ import annotations

import pytest

from anode_jlab.errors import LeaseLost
from anode_jlab.eventlog.base import EventLog, EventStore, Lease, Snapshot
from anode_jlab.events.actor import SERVER
from anode_jlab.events.content import CellCreated, CellSourceChanged
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.events.event import Envelope
from anode_jlab.events.registry import name_of
from anode_jlab.ids import CellId, Seq
from anode_jlab.testing.eventlog_samples import START, opened, record, update


async def _typed(store: EventStore, keys: int) -> tuple[EventLog, Lease, list[Envelope]]:
    """A log in which one cell was typed into, with a fact now and then, and a snapshot at half."""
    log, lease = await opened(store)
    records = [record(START)]
    for number in range(keys):
        source = CellSourceChanged(cell_id=CellId("c"), inserted=1, deleted=0, length=number)
        records += [record(update(b"key %d;" % number), client=3), record(source, client=3)]
        if number % 50 == 49:
            created = CellCreated(cell_id=CellId(f"c{number}"), cell_type="code", index=0)
            records.append(record(created, SERVER))
    await log.append(records, epoch=lease.epoch, expect_head=Seq(0))
    half = Snapshot(seq=Seq(len(records) // 2), document=b"half", state=b"{}")
    await log.put_snapshot(half, epoch=lease.epoch)
    return log, lease, await log.read(Seq(0))


async def _pack_all(log: EventLog, lease: Lease, upto: int) -> int:
    packed = 0
    while count := await log.compact(Seq(upto), epoch=lease.epoch, whole=True):
        packed += count
    return packed


async def _purge_all(log: EventLog, lease: Lease, first: int, last: int) -> int:
    purged = 0
    while count := await log.purge(Seq(first), Seq(last), epoch=lease.epoch):
        purged += count
    return purged


@pytest.mark.anyio
class PackingAndPurging:
    async def test_packed_events_are_read_as_before(self, store: EventStore) -> None:
        log, lease, events = await _typed(store, 1500)
        head = len(events)
        assert await _pack_all(log, lease, 1000) > 0
        assert await log.read(Seq(0)) == events
        assert await _pack_all(log, lease, head) > 0
        await log.reclaim(epoch=lease.epoch, thorough=True)
        assert await _pack_all(log, lease, head) == 0
        assert await log.verify() == head
        for after in (0, 1, 998, 1003, 2500, head - 1, head):
            assert await log.read(Seq(after)) == events[after:]
            assert await log.read(Seq(after), limit=7) == events[after : after + 7]
        for name in (CellCreated.event_name, CellSourceChanged.event_name, START.event_name):
            named = [e for e in events if name_of(e.event) == name]
            assert await log.read(Seq(0), names={name}) == named
            assert await log.read(Seq(0), names={name}, limit=3) == named[:3]
        loaded = await log.load()
        assert loaded.snapshot is not None
        assert list(loaded.tail) == events[loaded.snapshot.seq :]

    async def test_a_packed_log_goes_on(self, store: EventStore) -> None:
        log, lease, events = await _typed(store, 100)
        head = len(events)
        await _pack_all(log, lease, head)
        await log.append([record(update(b"later"))], epoch=lease.epoch, expect_head=Seq(head))
        await _pack_all(log, lease, head + 1)
        assert (await log.load()).head == await log.verify() == head + 1
        assert (await log.read(Seq(0)))[:head] == events

    async def test_only_the_holder_packs_and_purges(self, store: EventStore) -> None:
        log, lease, _ = await _typed(store, 10)
        await log.release(lease)
        with pytest.raises(LeaseLost):
            await log.compact(Seq(9), epoch=lease.epoch, whole=True)
        with pytest.raises(LeaseLost):
            await log.purge(Seq(1), Seq(9), epoch=lease.epoch)
        with pytest.raises(LeaseLost):
            await log.reclaim(epoch=lease.epoch)

    @pytest.mark.parametrize("packed_upto", [0, 250, 2000])
    async def test_purged_updates_have_no_bytes_and_nothing_else_changes(
        self, store: EventStore, packed_upto: int
    ) -> None:
        log, lease, events = await _typed(store, 500)
        head = len(events)
        await _pack_all(log, lease, packed_upto)
        first, last = 101, head // 2 + 100
        with pytest.raises(ValueError, match="no snapshot"):
            await log.purge(Seq(first), Seq(last), epoch=lease.epoch)
        after = Snapshot(seq=Seq(last + 1), document=b"after", state=b"{}")
        await log.put_snapshot(after, epoch=lease.epoch)
        purged = await _purge_all(log, lease, first, last)
        await log.reclaim(epoch=lease.epoch, thorough=True)
        found = await log.read(Seq(0))
        bare = [e for e, old in zip(found, events, strict=True) if e != old]
        assert len(bare) == purged > 0
        assert all(first <= e.seq <= last and e.event == update(b"") for e in bare)
        assert all(
            e.event == update(b"")
            for e in found[first - 1 : last]
            if isinstance(e.event, DocumentUpdated)
        )
        assert await log.verify() == head
        assert await log.snapshot_before(Seq(last)) is None, "the one at half is gone"
        assert await log.snapshot_before(Seq(head)) == after
        await _pack_all(log, lease, head)
        assert await log.read(Seq(0)) == found
        assert await log.verify() == head
