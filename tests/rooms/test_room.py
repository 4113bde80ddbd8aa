"""A room's promises, frame by frame."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import OtherLineage, RoomClosed
from anode_jlab.events.actor import SERVER
from anode_jlab.events.content import CellSourceChanged
from anode_jlab.events.document import DocumentUpdated, Exported, PathChanged, SnapshotTaken
from anode_jlab.events.people import ActorSeen
from anode_jlab.ids import Lineage, Seq
from anode_jlab.materializers.state import replay
from anode_jlab.rooms import awareness, frames
from anode_jlab.rooms.guard import Vector
from anode_jlab.rooms.peer import PeerOptions
from anode_jlab.rooms.roles import Role
from anode_jlab.testing.clock import settle
from tests.rooms.inhabited import EMPTY, Box, House, actor, house, run

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


@pytest.fixture
async def home() -> AsyncIterator[House]:
    async with house() as built:
        yield built


# --- coming and going ------------------------------------------------------------------------


async def test_hello_is_the_first_frame_then_step1(home: House) -> None:
    ann = await home.enter("ann", Role.OWNER)
    hello, step1 = ann.box.frames
    assert isinstance(hello, frames.Hello)
    assert hello.id == home.notebook
    assert hello.lineage == home.room.lineage
    assert hello.seq == hello.saved_seq == home.room.head == len(home.log)
    assert (hello.role, hello.client) == (Role.OWNER, ann.peer.number)
    assert isinstance(step1, frames.Step1)
    assert home.room.peers == (ann.peer,)


async def test_another_lineage_gets_hello_and_the_door(home: House) -> None:
    box = Box()
    with pytest.raises(OtherLineage):
        await home.room.connect(
            actor=actor("ann"),
            user={},
            role=Role.EDITOR,
            outbox=box,
            options=PeerOptions(lineage=Lineage("f" * 16)),
        )
    assert [type(frame) for frame in box.frames] == [frames.Hello]
    assert box.closed == (4409, "other_lineage")
    assert home.room.peers == ()


async def test_the_same_lineage_is_welcome(home: House) -> None:
    await home.enter("ann", options=PeerOptions(lineage=home.room.lineage))
    assert len(home.room.peers) == 1


async def test_a_change_goes_to_the_others_and_is_acked_to_its_sender(home: House) -> None:
    ann, ben = await home.joined("ann"), await home.joined("ben")
    await ann.type("hello")
    await settle()
    assert ann.box.frames == [frames.Ack(1, home.room.head)]
    assert [type(frame) for frame in ben.box.frames] == [frames.Update]
    ben.take()
    assert str(ben.source()) == "x = 1hello"
    assert [type(envelope.event) for envelope in home.log[-3:]] == [
        ActorSeen,
        DocumentUpdated,
        CellSourceChanged,
    ]
    assert home.log[-1].actor == actor("ann")
    assert home.log[-1].client == ann.peer.number
    assert home.room.state == replay(home.log)


async def test_who_did_not_ask_for_the_document_gets_no_updates(home: House) -> None:
    ann, ben = await home.joined("ann"), await home.enter("ben")
    ben.box.forget()
    await ann.type("hello")
    await settle()
    assert ben.box.frames == []


async def test_who_comes_during_a_commit_sees_it_only_when_durable(home: House) -> None:
    ann = await home.joined("ann")
    home.day.slow_seconds = 5.0
    await ann.type("hello")
    await settle()
    ben = await home.enter("ben")
    await ben.send(frames.Step1(EMPTY))
    await settle()
    assert [type(frame) for frame in ben.box.frames] == [frames.Hello]
    await home.clock.advance(10.0)
    assert [type(frame) for frame in ben.box.frames][:3] == [
        frames.Hello,
        frames.Step1,
        frames.Step2,
    ]
    ben.take()
    assert str(ben.source()) == "x = 1hello"


async def test_who_leaves_during_a_commit_is_not_waited_for(home: House) -> None:
    ann, ben = await home.joined("ann"), await home.joined("ben")
    home.day.slow_seconds = 1.0
    await ann.type("hello")
    home.room.disconnect(ann.peer)
    home.room.disconnect(ann.peer)
    await home.clock.advance(5.0)
    assert ann.box.frames == []
    ben.take()
    assert str(ben.source()) == "x = 1hello"


# --- changes ---------------------------------------------------------------------------------


async def test_a_repeated_frame_takes_effect_once_and_is_acked(home: House) -> None:
    ann = await home.joined("ann")
    update = frames.Update(ann.change("hello"))
    await ann.send(update)
    await settle()
    head = home.room.head
    await ann.send(update)
    await ann.send(frames.Step2(update.update))
    await settle()
    assert home.room.head == head
    assert ann.box.frames[-1] == frames.Ack(3, head)


async def test_acks_are_gathered(home: House) -> None:
    ann = await home.joined("ann")
    for text in "abc":
        await ann.type(text)
    await settle()
    assert ann.box.frames == [frames.Ack(3, home.room.head)]
    changed = [e.event for e in home.log if isinstance(e.event, CellSourceChanged)]
    assert [(event.inserted, event.length) for event in changed] == [(3, 8)]


async def test_a_gap_is_asked_for_and_not_acked(home: House) -> None:
    ann, ben = await home.joined("ann"), await home.joined("ben")
    ann.change("lost")
    head = home.room.head
    await ann.send(frames.Update(ann.change("late")))
    await ann.send(frames.Update(ann.change("later")))
    del ann.source("first")[0:1]  # a deletion depends on nothing that is missing
    await ann.send(frames.Update(ann.updates.pop()))
    await settle()
    (asked,) = ann.box.of(frames.Step1)
    assert ann.box.of(frames.Ack) == []
    assert home.room.head > head
    await ann.send(frames.Step2(ann.document.diff(asked.vector)))
    await settle()
    assert ann.box.of(frames.Ack) == [frames.Ack(4, home.room.head)]
    ben.take()
    assert str(ben.source()) == "x = 1lostlatelater"


async def test_a_gap_that_is_never_filled_is_refused(home: House) -> None:
    ann = await home.joined("ann")
    ann.change("lost")
    late = ann.change("late")
    await ann.send(frames.Update(late))
    for _ in range(3):
        await ann.send(frames.Step2(late))
    await settle()
    (denied,) = ann.box.of(frames.Denied)
    assert denied.code == "gap"
    assert ann.box.closed is not None
    assert ann.box.of(frames.Ack) == []


async def test_a_step2_that_brings_less_than_was_missing_is_not_the_end_of_a_gap(
    home: House,
) -> None:
    ann = await home.joined("ann")
    await ann.type("known")
    known = ann.document.encode()
    ann.change("lost")
    await ann.send(frames.Update(ann.change("late")))
    await ann.send(frames.Step2(known))
    await settle()
    assert [ack.n for ack in ann.box.of(frames.Ack)] == [1]
    assert len(ann.box.of(frames.Step1)) == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", 4400),
        (b"\x00\x00\x00", 4400),
        (b"\x00\x00\x01\xff", 4400),
        (b"\x00\x02\x03\xff\xff\xff", 4400),
        (b"\x00\x01\x00", 4400),
        (b"\x01\x02\x01\x01", 4400),
        (b"\x10{}", 4400),
        (b"\x63\x00", 4400),
        (b"\x00\x02\x80\x80\x80\x05" + b"\x00" * (10 << 20), 4413),
    ],
    ids=lambda value: value[:6].hex() if isinstance(value, bytes) else str(value),
)
async def test_a_bad_frame_closes_its_sender_and_nobody_else_notices(
    home: House, data: bytes, code: int
) -> None:
    ann, ben = await home.joined("ann"), await home.joined("ben")
    await ann.send_raw(data)
    await settle()
    assert ann.box.closed is not None
    assert ann.box.closed[0] == code
    await ann.type("ignored")
    await ben.type("works")
    await settle()
    assert ben.box.frames == [frames.Ack(1, home.room.head)]
    assert home.room.peers == (ben.peer,)


async def test_too_fast(home: House) -> None:
    ann = await home.joined("ann")
    for _ in range(200):
        await ann.send(frames.Step1(EMPTY))
    assert ann.box.closed == (4429, "too_fast")


async def test_large_updates_are_checked_off_the_loop(home: House) -> None:
    ann, ben = await home.joined("ann"), await home.joined("ben")
    await ann.type("x" * 100_000)
    await settle()
    assert len(ann.box.of(frames.Ack)) == 1
    ben.take()
    assert len(str(ben.source())) == 100_005


# --- roles -----------------------------------------------------------------------------------


async def test_a_reader_reads(home: House) -> None:
    ann, rita = await home.joined("ann"), await home.joined("rita", Role.READER)
    await ann.type("hello")
    await settle()
    rita.take()
    assert str(rita.source()) == "x = 1hello"
    rita.box.forget()
    head = home.room.head
    rita.document.state["dirty"] = False
    await rita.send(frames.Step2(rita.document.encode()))  # carries a change: discarded
    await rita.send(frames.Update(ann.document.encode()))  # all known: no violation
    await rita.send(frames.Update(b"\x00\x00"))
    await settle()
    assert rita.box.of(frames.Ack)[-1].n == 3
    assert rita.box.closed is None
    assert home.room.head == head


async def test_a_reader_who_writes_is_denied(home: House) -> None:
    rita = await home.joined("rita", Role.READER)
    await rita.type("forbidden")
    await rita.type("ignored")
    await settle()
    assert [type(frame) for frame in rita.box.frames] == [frames.Denied]
    assert rita.box.of(frames.Denied)[0].code == "read_only"
    assert rita.box.closed == (4403, "read_only")
    assert home.logged(CellSourceChanged) == []


async def test_a_reader_who_deletes_is_denied(home: House) -> None:
    rita = await home.joined("rita", Role.READER)
    del rita.source()[0:1]
    await rita.send(frames.Update(rita.updates.pop()))
    await settle()
    assert rita.box.closed == (4403, "read_only")


async def test_acks_of_what_was_taken_come_before_denied(home: House) -> None:
    ann = await home.joined("ann")
    home.day.slow_seconds = 1.0
    await ann.type("taken")
    home.room.set_role(ann.peer, Role.READER)
    await ann.type("refused")
    assert ann.box.closed is None
    await home.clock.advance(5.0)
    assert [type(frame) for frame in ann.box.frames] == [frames.Notice, frames.Ack, frames.Denied]
    assert ann.box.of(frames.Notice)[0].role is Role.READER
    assert ann.box.of(frames.Ack)[0].n == 1
    assert ann.box.closed == (4403, "read_only")


async def test_a_reader_becomes_an_editor_while_connected(home: House) -> None:
    ann = await home.joined("ann", Role.READER)
    home.room.set_role(ann.peer, Role.EDITOR)
    await ann.type("allowed")
    await settle()
    assert ann.box.of(frames.Ack)[0].n == 1


# --- presence --------------------------------------------------------------------------------


def state(client: int, clock: int, text: bytes | None) -> frames.Awareness:
    return frames.Awareness(awareness.encode([awareness.Entry(client, clock, text)]))


def said(box: Box) -> list[tuple[int, dict[str, Any] | None]]:
    return [
        (entry.client, awareness.decode_state(entry.state) if entry.state else None)
        for frame in box.of(frames.Awareness)
        for entry in awareness.decode(frame.payload)
    ]


async def test_presence_goes_out_at_once_stamped_and_to_newcomers(home: House) -> None:
    ann, ben = await home.joined("ann"), await home.joined("ben")
    home.day.refusing = True  # presence is not logged and does not wait
    await ben.type("unsaved")
    await ann.send(state(10, 1, b'{"user":{"username":"ben"}}'))
    stamped = {"user": {"username": "ann", "name": "ann"}}
    assert said(ben.box) == [(10, stamped)]
    assert said(ann.box) == []
    cleo = await home.enter("cleo")
    assert said(cleo.box) == [(10, stamped)]
    home.room.disconnect(ann.peer)
    assert said(ben.box)[-1] == (10, None)


async def test_ghosts_are_gone_and_the_silent_hear_pings(home: House) -> None:
    ann, ben = await home.joined("ann"), await home.joined("ben")
    await ann.send(state(10, 1, b"{}"))
    for _ in range(3):
        await home.clock.advance(11.5)
        await ben.send(frames.Ping())
    assert ann.box.of(frames.Ping)
    assert ann.box.closed == (1001, "silent")
    assert said(ben.box)[-1] == (10, None)
    assert ben.box.closed is None


async def test_a_pong_is_a_sign_of_life(home: House) -> None:
    ann = await home.joined("ann")
    for _ in range(10):
        await home.clock.advance(20.0)
        home.room.heard(ann.peer)
    assert ann.box.closed is None


# --- events ----------------------------------------------------------------------------------


def names(box: Box) -> list[object]:
    return [envelope["name"] for frame in box.of(frames.Events) for envelope in frame.envelopes]


async def test_events_of_the_past_then_of_the_present_without_gap(home: House) -> None:
    ann = await home.joined("ann")
    await ann.type("one")
    await settle()
    ben = await home.enter("ben", options=PeerOptions(after=Seq(0)))
    past = names(ben.box)
    assert "v1.LineageStarted" in past
    assert "v1.ActorSeen" in past
    assert "v1.DocumentUpdated" not in past
    await home.room.record([PathChanged(old_path="a", new_path="b")], SERVER)
    assert names(ben.box) == [*past, "v1.PathChanged"]
    seqs = [e["seq"] for f in ben.box.of(frames.Events) for e in f.envelopes]
    assert seqs == sorted(set(map(int, map(str, seqs))))


async def test_events_by_name_begin_with_the_state(home: House) -> None:
    wanted = frozenset({"CellSourceChanged", "v1.DocumentUpdated"})
    ann = await home.joined("ann")
    ben = await home.enter("ben", options=PeerOptions(names=wanted))
    (begin,) = ben.box.of(frames.State)
    assert begin.state["seq"] == home.room.head
    await ann.type("one")
    await settle()
    assert names(ben.box) == ["v1.DocumentUpdated", "v1.CellSourceChanged"]


# --- slow clients ----------------------------------------------------------------------------


async def test_a_lagging_connection_gets_one_fresh_difference(home: House) -> None:
    ann = await home.joined("ann")
    ben = await home.joined("ben", options=PeerOptions(after=Seq(0)))
    await home.room.record([PathChanged(old_path="a", new_path="b")], SERVER)
    dropped = tuple(ben.box.raw)
    home.room.lag(ben.peer, dropped)
    ben.box.forget()
    await ann.type("missed")
    await ben.type("own")
    await settle()
    assert ben.box.frames == []
    home.room.resync(ben.peer)
    await settle()
    kinds = [type(frame) for frame in ben.box.frames]
    assert kinds.index(frames.Step1) < kinds.index(frames.Step2)
    assert ben.box.of(frames.Ack) == [frames.Ack(1, home.room.head)]
    assert "v1.PathChanged" in names(ben.box)
    ben.take()
    assert str(ben.source()).count("missed") == 1
    ben.box.forget()
    await ann.type("live")
    await settle()
    assert [type(frame) for frame in ben.box.frames] == [frames.Update]


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
