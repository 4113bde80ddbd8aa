"""A room's own changes, its faults and its end."""

from __future__ import annotations

import asyncio

import pytest

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import RoomClosed
from anode_jlab.events.actor import SERVER
from anode_jlab.events.document import DocumentUpdated, Exported, SnapshotTaken
from anode_jlab.ids import Seq
from anode_jlab.materializers.state import replay
from anode_jlab.rooms import frames
from anode_jlab.rooms.guard import Vector
from anode_jlab.testing.clock import settle
from tests.rooms.inhabited import EMPTY, House, run

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


# --- the server's own changes ----------------------------------------------------------------


async def test_an_edit_returns_when_durable_and_broadcast(home: House) -> None:
    ann = await home.joined("ann")

    def write(document: NotebookDocument) -> None:
        cell = document.cell(document.cell_ids[0])
        assert cell is not None
        cell["source"].insert(0, "server ")

    home.day.slow_seconds = 1.0
    edit = asyncio.ensure_future(home.room.edit(SERVER, "test", write, [_exported(home)]))
    await settle()
    assert ann.box.frames == []
    given = await run(home.clock, edit)
    assert isinstance(home.log[given.first - 1].event, DocumentUpdated)
    assert isinstance(home.log[given.last - 1].event, Exported)
    ann.take()
    assert str(ann.source("first")).startswith("server ")
    assert home.room.exported_seq == home.log[given.last - 1].event.upto
    await ann.type("after", "first")  # the room's vector knows of its own change
    await run(home.clock, home.room.flush())
    assert [ack.n for ack in ann.box.of(frames.Ack)] == [1]


def _exported(home: House) -> Exported:
    return Exported(upto=Seq(home.room.head + 1), path="notebook.ipynb", file_hash="h")


async def test_an_edit_that_does_nothing_is_no_event(home: House) -> None:
    head = home.room.head
    given = await home.room.edit(SERVER, "test", lambda document: None)
    assert (given.first, given.last) == (head, head)


async def test_an_edit_that_breaks_halfway_discards_the_room(home: House) -> None:
    def breaks(document: NotebookDocument) -> None:
        del document.cells[0]
        raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        await home.room.edit(SERVER, "test", breaks)
    assert home.room.failed is not None
    again = await run(home.clock, home.server.rooms.open(home.notebook))
    assert again is not home.room
    assert await again.shown(lambda document: len(document.cell_ids)) == 2


async def test_what_is_shown_is_durable(home: House) -> None:
    ann = await home.joined("ann")
    home.day.slow_seconds = 1.0
    await ann.type("hello")
    shown = asyncio.ensure_future(home.room.shown_at(lambda document: document.encode()))
    await settle()
    await ann.type("later")
    await settle()
    assert not shown.done()
    update, at = await run(home.clock, shown)
    assert at == replay(home.log[: at.seq])
    copy = NotebookDocument(ids=home.ids)
    copy.load(update)
    assert "hello" in str(copy.to_notebook())
    assert "later" not in str(copy.to_notebook())


# --- faults ----------------------------------------------------------------------------------


async def test_a_store_that_refuses_is_told_and_waited_for(home: House) -> None:
    ann, ben = await home.joined("ann"), await home.joined("ben")
    home.day.refusing = True
    await ann.type("one")
    await settle()
    (notice,) = ann.box.of(frames.Notice)
    assert notice.conditions[0]["code"] == "store_unavailable"
    late = asyncio.ensure_future(ben.type("two"))
    await settle()
    assert not late.done()
    cleo = await home.enter("cleo")
    assert [type(frame) for frame in cleo.box.frames] == [frames.Hello, frames.Notice]
    await cleo.send(frames.Step1(EMPTY))
    assert isinstance(cleo.box.frames[-1], frames.Ping)  # the line lives, the store does not
    await home.clock.advance(20.0)
    assert ann.box.of(frames.Ack) == []
    home.day.refusing = False
    await home.clock.advance(5.0)
    await late
    await settle()
    assert len(ann.box.of(frames.Ack)) == len(ben.box.of(frames.Ack)) == 1
    assert ann.box.of(frames.Notice)[-1].conditions == []
    cleo.take()
    assert str(cleo.source()) in ("x = 1onetwo", "x = 1twoone")


async def test_a_panic_discards_the_room_and_keeps_the_log(home: House) -> None:
    ann, ben = await home.joined("ann"), await home.joined("ben")
    await ann.type("kept")
    await settle()
    home.day.panic = True
    await ben.type("poison")
    assert ben.box.closed == (4400, "bad_frame")
    assert ann.box.closed == (1012, "reload")
    with pytest.raises(RoomClosed):
        await home.room.flush()
    again = await run(home.clock, home.server.rooms.open(home.notebook))
    assert again is not home.room
    shown = await again.shown(lambda document: document.to_notebook())
    assert "kept" in str(shown)
    assert "poison" not in str(shown)


async def test_a_lease_that_is_lost_discards_the_room(home: House) -> None:
    ann = await home.joined("ann")
    other = await home.store.open(home.notebook)
    await other.acquire("the only server")
    await home.clock.advance(6.0)
    assert home.room.failed is not None
    assert ann.box.closed == (1012, "reload")


# --- snapshots and the end -------------------------------------------------------------------


async def test_a_snapshot_is_taken_at_a_quiet_moment_and_at_the_end(home: House) -> None:
    ann = await home.joined("ann")
    for _ in range(1001):
        await ann.type("x")
    await home.clock.advance(11.0)
    (taken,) = home.logged(SnapshotTaken)
    await ann.send(frames.Ping())
    await ann.type("y")
    await run(home.clock, home.server.rooms.close())
    assert ann.box.closed == (1012, "restart")
    assert len(home.logged(SnapshotTaken)) == 2
    log = await home.store.open(home.notebook)
    loaded = await log.load()
    assert loaded.snapshot is not None
    assert loaded.snapshot.seq == taken.seq + 2
    assert [type(envelope.event) for envelope in loaded.tail] == [SnapshotTaken]
    copy = NotebookDocument(ids=home.ids)
    copy.load(loaded.snapshot.document)
    assert Vector.decode(copy.state_vector()) == Vector.decode(ann.document.state_vector())


async def test_closing_flushes_and_acks_before_it_closes(home: House) -> None:
    ann = await home.joined("ann")
    home.day.slow_seconds = 1.0
    await ann.type("last words")
    await run(home.clock, home.server.rooms.close())
    assert [type(frame) for frame in ann.box.frames] == [frames.Ack]
    assert ann.box.closed == (1012, "restart")


async def test_closing_with_a_refusing_store_ends_in_time_without_ack(home: House) -> None:
    ann = await home.joined("ann")
    home.day.refusing = True
    await ann.type("kept by the client")
    began = home.clock.monotonic()
    await run(home.clock, home.server.rooms.close())
    assert home.clock.monotonic() - began <= 5.0
    assert ann.box.of(frames.Ack) == []
    assert ann.box.closed is not None


async def test_reading_only_writes_nothing(home: House) -> None:
    before = home.log
    await home.joined("ann")
    await run(home.clock, home.server.rooms.close())
    assert home.log == before
