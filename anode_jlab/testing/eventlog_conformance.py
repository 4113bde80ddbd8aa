"""What every event store must do, as tests: subclass, give a ``store`` fixture, and run.

``class TestMine(EventLogConformance)`` with a ``store`` fixture that yields a fresh, empty store.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import pytest

from anode_jlab.errors import HeadMoved, HeldElsewhere, LeaseLost, RoomClosed
from anode_jlab.eventlog.base import Derived, EventStore, SeqRange, Snapshot
from anode_jlab.events.actor import SERVER
from anode_jlab.events.content import CellCreated, CellSourceChanged
from anode_jlab.events.document import LineageStarted
from anode_jlab.events.event import Envelope, Event
from anode_jlab.events.registry import name_of
from anode_jlab.ids import CellId, Lineage, Seq
from anode_jlab.testing.eventlog_packing import PackingAndPurging
from anode_jlab.testing.eventlog_samples import (
    LINEAGE,
    NOT_OURS,
    NOTEBOOK,
    OTHER_NOTEBOOK,
    START,
    opened,
    record,
    records_of,
    update,
)


@pytest.mark.anyio
class AppendingAndReading:
    async def test_gives_back_what_was_appended(self, store: EventStore) -> None:
        log, lease = await opened(store)
        records = [
            record(START, SERVER),
            record(update(b""), client=4),
            record(update(bytes(range(256)) * 300), cause=1),
            record(CellCreated(cell_id=CellId("c"), cell_type="code", index=0)),
            record(NOT_OURS),
        ]
        given = await log.append(records, epoch=lease.epoch, expect_head=Seq(0))
        assert given == SeqRange(first=Seq(1), last=Seq(5))
        found = await log.read(Seq(0))
        assert [e.seq for e in found] == [1, 2, 3, 4, 5]
        assert records_of(found) == records

    async def test_numbers_go_on(self, store: EventStore) -> None:
        log, lease = await opened(store)
        for head in range(5):
            given = await log.append([record(update())], epoch=lease.epoch, expect_head=Seq(head))
            assert given == SeqRange(first=Seq(head + 1), last=Seq(head + 1))
        assert (await log.load()).head == 5

    async def test_an_append_without_records_is_a_mistake(self, store: EventStore) -> None:
        log, lease = await opened(store)
        with pytest.raises(ValueError, match="nothing"):
            await log.append([], epoch=lease.epoch, expect_head=Seq(0))

    async def test_another_head_is_refused(self, store: EventStore) -> None:
        log, lease = await opened(store)
        await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))
        for wrong in (0, 2):
            with pytest.raises(HeadMoved):
                await log.append([record(update())], epoch=lease.epoch, expect_head=Seq(wrong))
        assert (await log.load()).head == 1

    async def test_another_head_is_refused_at_the_first_append(self, store: EventStore) -> None:
        log, lease = await opened(store)
        with pytest.raises(HeadMoved):
            await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(3))
        assert not await store.exists(NOTEBOOK)
        await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))

    async def test_the_same_dedupe_key_counts_once(self, store: EventStore) -> None:
        log, lease = await opened(store)
        first = await log.append(
            [record(START), record(update())], epoch=lease.epoch, expect_head=Seq(0), dedupe="k"
        )
        again = await log.append(
            [record(START), record(update())], epoch=lease.epoch, expect_head=Seq(0), dedupe="k"
        )
        assert again == first
        assert (await log.load()).head == 2
        other = await log.append(
            [record(update())], epoch=lease.epoch, expect_head=Seq(2), dedupe="l"
        )
        assert other.first == 3

    async def test_read_after_limit_and_names(self, store: EventStore) -> None:
        log, lease = await opened(store)
        source = CellSourceChanged(cell_id=CellId("c"), inserted=1, deleted=0, length=1)
        created = CellCreated(cell_id=CellId("c"), cell_type="code", index=0)
        events: list[Event] = [START, update(), created, source, update(), source, NOT_OURS]
        await log.append([record(e) for e in events], epoch=lease.epoch, expect_head=Seq(0))

        async def seqs(after: int, limit: int | None, *names: str) -> list[int]:
            found = await log.read(Seq(after), limit=limit, names=names or None)
            return [e.seq for e in found]

        assert await seqs(5, None) == [6, 7]
        assert await seqs(2, 2) == [3, 4]
        assert await seqs(7, None) == []
        assert await seqs(0, None, name_of(created), name_of(NOT_OURS)) == [3, 7]
        assert await seqs(0, None, name_of(source), name_of(created)) == [3, 4, 6]
        assert await seqs(4, 1, name_of(source)) == [6]
        assert await seqs(0, None, "v1.Unheard") == []

    async def test_notebooks_do_not_mix(self, store: EventStore) -> None:
        log, lease = await opened(store)
        await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))
        other = await store.open(OTHER_NOTEBOOK)
        assert await other.read(Seq(0)) == []
        assert not await store.exists(OTHER_NOTEBOOK)

    async def test_many_appends_at_once_keep_their_order(self, store: EventStore) -> None:
        log, lease = await opened(store)
        ranges = await asyncio.gather(
            *(
                log.append(
                    [record(update(b"%d" % number))], epoch=lease.epoch, expect_head=Seq(number)
                )
                for number in range(40)
            )
        )
        assert [given.first for given in ranges] == list(range(1, 41))
        found = [e.event for e in await log.read(Seq(0))]
        assert found == [update(b"%d" % number) for number in range(40)]


@pytest.mark.anyio
class KeepingWhatWasDerived:
    async def test_gives_back_what_was_stored_last(self, store: EventStore) -> None:
        log, lease = await opened(store)
        assert await log.derived("sums") is None
        await log.append([record(START), record(update())], epoch=lease.epoch, expect_head=Seq(0))
        assert await log.derived("sums") is None
        first = Derived(name="sums", seq=Seq(1), content=b"first")
        then = Derived(name="sums", seq=Seq(2), content=b"then" * 1000)
        for made in (first, then):
            await log.put_derived(made, epoch=lease.epoch)
            assert await log.derived("sums") == made
        assert await log.derived("others") is None
        assert await log.verify() == 2
        await log.release(lease)
        await log.close()
        again = await store.open(NOTEBOOK)
        assert await again.derived("sums") == then

    async def test_only_the_holder_stores(self, store: EventStore) -> None:
        log, lease = await opened(store)
        await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))
        await log.acquire("another", take_over=True)
        made = Derived(name="sums", seq=Seq(1), content=b"")
        with pytest.raises(LeaseLost):
            await log.put_derived(made, epoch=lease.epoch)


@pytest.mark.anyio
class LoadingAndSnapshots:
    async def test_opening_stores_nothing(self, store: EventStore) -> None:
        log, _ = await opened(store)
        loaded = await log.load()
        assert (loaded.head, loaded.lineage, loaded.snapshot, loaded.tail) == (0, None, None, ())
        assert await log.verify() == 0
        assert not await store.exists(NOTEBOOK)

    async def test_what_was_appended_survives_closing(self, store: EventStore) -> None:
        log, lease = await opened(store)
        await log.append([record(START), record(update())], epoch=lease.epoch, expect_head=Seq(0))
        await log.release(lease)
        await log.close()
        assert await store.exists(NOTEBOOK)
        loaded = await (await store.open(NOTEBOOK)).load()
        assert loaded.lineage == LINEAGE
        assert records_of(loaded.tail) == [record(START), record(update())]

    async def test_load_is_the_newest_snapshot_and_its_tail(self, store: EventStore) -> None:
        log, lease = await opened(store)
        await log.append(
            [record(START), *(record(update(b"%d" % n)) for n in range(9))],
            epoch=lease.epoch,
            expect_head=Seq(0),
        )
        taken = [
            Snapshot(seq=Seq(seq), document=b"document %d" % seq, state=b'{"at": %d}' % seq)
            for seq in (4, 7)
        ]
        for snapshot in taken:
            await log.put_snapshot(snapshot, epoch=lease.epoch)
        loaded = await log.load()
        assert loaded.snapshot == taken[1]
        assert [e.seq for e in loaded.tail] == [8, 9, 10]
        assert (loaded.head, loaded.lineage) == (10, LINEAGE)
        assert await log.snapshot_before(Seq(3)) is None
        assert await log.snapshot_before(Seq(4)) == taken[0]
        assert await log.snapshot_before(Seq(6)) == taken[0]
        assert await log.snapshot_before(Seq(10)) == taken[1]
        assert await log.verify() == 10

    async def test_a_second_snapshot_of_a_moment_replaces_the_first(
        self, store: EventStore
    ) -> None:
        log, lease = await opened(store)
        await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))
        for document in (b"first", b"second"):
            await log.put_snapshot(
                Snapshot(seq=Seq(1), document=document, state=b"{}"), epoch=lease.epoch
            )
        snapshot = (await log.load()).snapshot
        assert snapshot is not None
        assert snapshot.document == b"second"

    async def test_there_is_no_snapshot_of_the_future(self, store: EventStore) -> None:
        log, lease = await opened(store)
        for seq in (0, 2):
            with pytest.raises(ValueError, match="no event"):
                await log.put_snapshot(
                    Snapshot(seq=Seq(seq), document=b"", state=b""), epoch=lease.epoch
                )
            if not seq:
                await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))

    async def test_the_latest_lineage_counts(self, store: EventStore) -> None:
        log, lease = await opened(store)
        later = LineageStarted(lineage=Lineage("ffff"), path="x", forked_from="0011")
        await log.append(
            [record(START), record(update()), record(later), record(update())],
            epoch=lease.epoch,
            expect_head=Seq(0),
        )
        await log.put_snapshot(Snapshot(seq=Seq(4), document=b"", state=b""), epoch=lease.epoch)
        assert (await log.load()).lineage == "ffff"

    async def test_a_whole_log_needs_no_recovery(self, store: EventStore) -> None:
        assert await store.recover(NOTEBOOK) is None
        log, lease = await opened(store)
        await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))
        await log.close()
        assert await store.recover(NOTEBOOK) is None
        assert (await (await store.open(NOTEBOOK)).load()).head == 1

    async def test_a_closed_log_refuses_work(self, store: EventStore) -> None:
        log, lease = await opened(store)
        await log.close()
        await log.close()
        with pytest.raises(RoomClosed):
            await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))
        with pytest.raises(RoomClosed):
            await log.load()


@pytest.mark.anyio
class Leases:
    async def test_one_holder_at_a_time(self, store: EventStore) -> None:
        log, lease = await opened(store, "first server")
        await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))
        other = await store.open(NOTEBOOK)
        with pytest.raises(HeldElsewhere, match="first server"):
            await other.acquire("second server")
        await log.release(lease)
        assert (await other.acquire("second server")).epoch > lease.epoch

    async def test_taking_over_fences_a_living_holder(self, store: EventStore) -> None:
        log, lease = await opened(store, "first server")
        await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))
        other = await store.open(NOTEBOOK)
        taken = await other.acquire("second server", take_over=True)
        with pytest.raises(LeaseLost):
            await log.renew(lease)
        with pytest.raises(LeaseLost):
            await log.append([record(update())], epoch=lease.epoch, expect_head=Seq(1))
        await other.append([record(update())], epoch=taken.epoch, expect_head=Seq(1))

    async def test_a_fenced_holder_writes_nothing(self, store: EventStore) -> None:
        log, lease = await opened(store, "server")
        await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))
        heir = await store.open(NOTEBOOK)
        newer = await heir.acquire("server")
        with pytest.raises(LeaseLost):
            await log.append([record(update())], epoch=lease.epoch, expect_head=Seq(1))
        with pytest.raises(LeaseLost):
            await log.put_snapshot(Snapshot(seq=Seq(1), document=b"", state=b""), epoch=lease.epoch)
        with pytest.raises(LeaseLost):
            await log.renew(lease)
        await log.release(lease)
        await heir.append([record(update())], epoch=newer.epoch, expect_head=Seq(1))
        assert (await heir.load()).head == 2

    async def test_renewing_keeps_the_epoch(self, store: EventStore) -> None:
        log, lease = await opened(store)
        await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))
        renewed = await log.renew(lease)
        assert renewed.epoch == lease.epoch
        assert renewed.expires >= lease.expires
        await log.append([record(update())], epoch=renewed.epoch, expect_head=Seq(1))

    async def test_without_a_lease_nothing_is_written(self, store: EventStore) -> None:
        log, lease = await opened(store)
        await log.release(lease)
        with pytest.raises(LeaseLost):
            await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))
        with pytest.raises(LeaseLost):
            await log.append([record(START)], epoch=lease.epoch + 1, expect_head=Seq(0))
        assert not await store.exists(NOTEBOOK)


@pytest.mark.anyio
class Subscriptions:
    async def test_ordered_and_without_gaps(self, store: EventStore) -> None:
        """Past and present in one stream, however the appends fall."""
        log, lease = await opened(store)
        rng = random.Random("ordered and without gaps")
        total = 300
        seen: list[int] = []

        async def follow(after: int, into: list[int]) -> None:
            async for envelopes in log.subscribe(Seq(after)):
                into.extend(e.seq for e in envelopes)
                if into[-1] >= total:
                    return

        await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))
        late: list[int] = []
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(follow(0, seen))
            head = 1
            while head < total:
                size = min(rng.randint(1, 7), total - head)
                await log.append(
                    [record(update())] * size, epoch=lease.epoch, expect_head=Seq(head)
                )
                head += size
                if head > total // 2 and not late:
                    late.append(head)
                    tasks.create_task(follow(head, late))
        assert seen == list(range(1, total + 1))
        assert late[1:] == list(range(late[0] + 1, total + 1))

    async def test_closing_ends_them(self, store: EventStore) -> None:
        log, lease = await opened(store)
        await log.append([record(START)], epoch=lease.epoch, expect_head=Seq(0))
        got: list[Sequence[Envelope]] = []
        first = asyncio.Event()

        async def follow() -> None:
            async for envelopes in log.subscribe(Seq(0)):
                got.append(envelopes)
                first.set()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(follow())
            await first.wait()
            await log.close()
        assert len(got) == 1


class EventLogConformance(
    AppendingAndReading,
    KeepingWhatWasDerived,
    LoadingAndSnapshots,
    Leases,
    Subscriptions,
    PackingAndPurging,
):
    """The whole suite."""
