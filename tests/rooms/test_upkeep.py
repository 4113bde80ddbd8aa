"""The log of a room is packed and forgotten as the settings say, and never more than that."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from anode_jlab.documents.history import notebook_at
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.purging import carry_out
from anode_jlab.errors import Gone
from anode_jlab.eventlog.base import EventLog
from anode_jlab.eventlog.sqlite import SqliteEventStore
from anode_jlab.events.actor import SERVER
from anode_jlab.events.document import DocumentUpdated, HistoryPurged
from anode_jlab.events.event import Record
from anode_jlab.ids import Seq
from anode_jlab.rooms.keeping import History, Keeping
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.upkeep import DAY_SECONDS, LOOK_SECONDS
from tests.documents.notebook_texts import small_notebook
from tests.rooms.house import ADA, House, type_into

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    root = tmp_path / "root"
    root.mkdir()
    house = House(root)
    house.put("a.ipynb", small_notebook())
    yield house
    await house.store.close()


async def upkeep(house: House) -> None:
    """Let the room look after its log once."""
    await house.pass_time(LOOK_SECONDS + 10)


async def until(house: House, done: Callable[[], Awaitable[bool]]) -> None:
    """Let time pass until this is so: a real store does its work in threads, in its own time."""
    while not await done():
        await house.pass_time(1)


async def purged(house: House, room: Room) -> HistoryPurged:
    """The purge that the settings ask for, once nothing is left of what it is about."""

    async def done() -> bool:
        found = await purges(room)
        return bool(found) and not any(await updates(room, found[0].last))

    await until(house, done)
    return (await purges(room))[0]


async def purges(room: Room) -> list[HistoryPurged]:
    found = await room.log.read(Seq(0), names={HistoryPurged.event_name})
    return [envelope.event for envelope in found if isinstance(envelope.event, HistoryPurged)]


async def typed(room: Room, keys: int) -> Seq:
    """Seq of the last event of this many keystrokes."""
    return [(await type_into(room, 0, "x")).last for _ in range(keys)][-1]


async def updates_of(log: EventLog, upto: int | None = None) -> list[bytes]:
    found = await log.read(Seq(0), names={DocumentUpdated.event_name})
    return [
        envelope.event.update
        for envelope in found
        if isinstance(envelope.event, DocumentUpdated) and (upto is None or envelope.seq <= upto)
    ]


async def updates(room: Room, upto: int) -> list[bytes]:
    return await updates_of(room.log, upto)


async def test_full_forgets_nothing(house: House) -> None:
    for _ in range(2):
        async with house.enter("a.ipynb") as room:
            seq = await typed(room, 20)
            await upkeep(house)
            assert not await purges(room)
            assert all(await updates(room, seq))


async def test_off_forgets_all_before_the_last_snapshot(house: House) -> None:
    house.keeping = Keeping(history=History.OFF)
    async with house.enter("a.ipynb") as room:
        seq = await typed(room, 20)
        await upkeep(house)
        assert not await purges(room), "there is no snapshot yet to go on from"
    async with house.enter("a.ipynb") as room:
        text = await room.shown(lambda document: document.to_notebook())
        await upkeep(house)
        (purge,) = await purges(room)
        assert purge.first == 1
        assert purge.last >= seq
        assert not any(await updates(room, seq))
        with pytest.raises(Gone):
            await notebook_at(room.log, Seq(5))
        with pytest.raises(Gone):
            await notebook_at(room.log, purge.last)
        assert (await notebook_at(room.log, room.head))["cells"] == text["cells"]
        await typed(room, 1)
    async with house.enter("a.ipynb") as room:
        assert await room.shown(lambda document: document.to_notebook()) != text


async def test_sessions_keep_where_each_ended(house: House) -> None:
    house.keeping = Keeping(history=History.SESSIONS)
    ends: list[tuple[Seq, object]] = []
    middles: list[Seq] = []
    for _ in range(4):
        async with house.enter("a.ipynb") as room:
            await upkeep(house)
            middles.append(await typed(room, 10))
            await typed(room, 10)
            text = await room.shown(lambda document: document.to_notebook())
        log = await house.store.open(room.notebook_id)
        loaded = await log.load()
        assert loaded.snapshot is not None
        ends.append((loaded.snapshot.seq, text["cells"]))
    async with house.enter("a.ipynb") as room:
        await upkeep(house)
        for seq, cells in ends:
            assert (await notebook_at(room.log, seq))["cells"] == cells
        for middle in middles:
            with pytest.raises(Gone):
                await notebook_at(room.log, middle)


async def test_what_is_older_than_the_days_kept_is_forgotten(house: House) -> None:
    house.keeping = Keeping(days=2)
    async with house.enter("a.ipynb") as room:
        early = await typed(room, 5)
    await house.clock.advance(3 * DAY_SECONDS)
    async with house.enter("a.ipynb") as room:
        late = await typed(room, 5)
        await upkeep(house)
        with pytest.raises(Gone):
            await notebook_at(room.log, early)
        assert await notebook_at(room.log, late)
        before = await purges(room)
        await upkeep(house)
        assert await purges(room) == before, "once is enough"


async def test_a_purge_that_was_interrupted_goes_on(house: House) -> None:
    async with house.enter("a.ipynb") as room:
        seq = await typed(room, 10)
        await room.record([HistoryPurged(first=Seq(1), last=seq)], actor=SERVER)
    async with house.enter("a.ipynb") as room:
        await upkeep(house)
        assert not any(await updates(room, seq))
        with pytest.raises(Gone):
            await notebook_at(room.log, seq)


async def blocks(path: Path) -> bool:
    """Whether anything is packed in this file."""
    with closing(sqlite3.connect(path)) as database:
        query = "SELECT count(*) FROM sqlite_schema WHERE name = 'blocks'"
        return bool(database.execute(query).fetchone()[0])


async def test_a_purge_that_is_asked_for_is_carried_out_while_people_go_on(house: House) -> None:
    async with house.enter("a.ipynb") as room:
        await upkeep(house)
        early, late = await typed(room, 10), await typed(room, 10)
        await room.record([HistoryPurged(first=Seq(1), last=early)], actor=ADA)
        with pytest.raises(Gone):
            await notebook_at(room.log, early)
        now = await typed(room, 10)
        moments = [await notebook_at(room.log, Seq(seq)) for seq in (late, now)]
        await upkeep(house)
        assert not any(await updates(room, early))
        assert [await notebook_at(room.log, Seq(seq)) for seq in (late, now)] == moments
        text = await room.shown(lambda document: document.to_notebook())
    async with house.enter("a.ipynb") as room:
        assert await room.shown(lambda document: document.to_notebook()) == text


async def test_old_keystrokes_are_packed_while_the_room_is_open(
    house: House, tmp_path: Path
) -> None:
    """On a real store: the same events, in a smaller file."""
    house.store = store = SqliteEventStore(tmp_path / "store", clock=house.clock)
    house.opener = house.new_opener()
    house.keeping = Keeping(loose_events=100)
    async with house.enter("a.ipynb") as room:
        await typed(room, 1200)
        before = await room.log.read(Seq(0))
        await until(house, lambda: blocks(store.path_of(room.notebook_id)))
        assert (await room.log.read(Seq(0)))[: len(before)] == before
        moment = await notebook_at(room.log, Seq(700))
        assert moment["cells"]
        await room.log.verify()
    async with house.enter("a.ipynb") as room:
        assert await notebook_at(room.log, Seq(700)) == moment
    await store.close()


async def test_deleted_text_is_not_in_what_a_purge_leaves(house: House) -> None:
    secret = "sk-0123456789"

    def delete(document: NotebookDocument) -> None:
        source = document.cells[0]["source"]
        del source[len(source) - len(secret) :]

    async with house.enter("a.ipynb") as room:
        await type_into(room, 0, secret)
        await room.edit(ADA, "peer", delete)
        last = room.head
        assert any(secret.encode() in update for update in await updates(room, last))
    log = await house.store.open(room.notebook_id)
    lease = await log.acquire("this server")
    head = (await log.load()).head
    purge = HistoryPurged(first=Seq(1), last=head)
    record = Record(event=purge, actor=SERVER, time=1.0)
    await log.append([record], epoch=lease.epoch, expect_head=head)
    assert await carry_out(log, purge, epoch=lease.epoch, ids=house.ids) > 0
    loaded = await log.load()
    assert loaded.snapshot is not None
    assert secret.encode() not in loaded.snapshot.document
    assert not any(secret.encode() in update for update in await updates_of(log))
    assert await carry_out(log, purge, epoch=lease.epoch, ids=house.ids) == 0


async def test_a_purged_log_whose_snapshots_are_damaged_begins_anew_with_the_file(
    house: House, tmp_path: Path
) -> None:
    """Updates without bytes cannot be replayed: nothing is made up, the file counts."""
    house.store = store = SqliteEventStore(tmp_path / "store", clock=house.clock)
    house.opener = house.new_opener()
    house.keeping = Keeping(history=History.OFF)
    async with house.enter("a.ipynb") as room:
        await typed(room, 20)
    async with house.enter("a.ipynb") as room:
        await purged(house, room)
        text, lineage = await room.shown(lambda d: d.to_notebook()), room.lineage
    with closing(sqlite3.connect(store.path_of(room.notebook_id))) as database, database:
        database.execute("UPDATE snapshots SET document = state")
    async with house.enter("a.ipynb") as room:
        assert await room.shown(lambda d: d.to_notebook()) == text
        assert room.lineage != lineage
        await typed(room, 1)
    async with house.enter("a.ipynb") as room:
        assert await room.shown(lambda d: d.to_notebook()) != text
    await store.close()


async def test_what_only_a_lost_snapshot_could_tell_is_gone(house: House, tmp_path: Path) -> None:
    """Way stations are thinned out in time; purged bytes before a moment are never passed over."""
    house.store = store = SqliteEventStore(tmp_path / "store", clock=house.clock)
    house.opener = house.new_opener()
    house.keeping = Keeping(history=History.OFF)
    async with house.enter("a.ipynb") as room:
        await typed(room, 20)
    async with house.enter("a.ipynb") as room:
        purge = await purged(house, room)
        late = await typed(room, 10)
        assert await notebook_at(room.log, late)
        with closing(sqlite3.connect(store.path_of(room.notebook_id))) as database, database:
            database.execute("DELETE FROM snapshots WHERE seq = ?", (purge.last + 1,))
        with pytest.raises(Gone):
            await notebook_at(room.log, late)
    await store.close()
