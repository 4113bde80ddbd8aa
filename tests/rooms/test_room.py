"""A room's promises, frame by frame."""

from __future__ import annotations

import pytest

from anode_jlab.errors import OtherLineage
from anode_jlab.events.content import CellSourceChanged
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.events.people import ActorSeen
from anode_jlab.ids import Lineage
from anode_jlab.materializers.state import replay
from anode_jlab.rooms import frames
from anode_jlab.rooms.peer import PeerOptions
from anode_jlab.rooms.roles import Role
from anode_jlab.testing.clock import settle
from tests.rooms.inhabited import EMPTY, Box, House, actor

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


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


async def test_who_has_everything_and_asks_gets_nothing_cheaply(home: House) -> None:
    """y-websocket asks again and again with ``resyncInterval``."""
    ann, ben = await home.joined("ann"), await home.joined("ben")
    await ann.type("#", cell="first")
    await settle()
    ben.take()
    ben.box.forget()
    for _ in range(1000):  # a hundred of the dear ones is too fast
        await ben.send(frames.Step1(ben.document.state_vector()))
    await settle()
    assert {answer.update for answer in ben.box.of(frames.Step2)} == {b"\x00\x00"}
    assert len(ben.box.of(frames.Step2)) == 1000
    assert ben.box.closed is None


async def test_who_asks_for_the_first_time_gets_all_deletions(home: House) -> None:
    """Its copy may have everything that was written and nothing of what was deleted."""
    ann = await home.joined("ann")
    everything = home.room._document.encode()
    ann.updates.clear()
    del ann.document.cells[0]
    await ann.send(frames.Update(ann.updates.pop()))
    ben = await home.enter("ben")
    ben.document.load(everything)
    await ben.send(frames.Step1(ben.document.state_vector()))
    await settle()
    ben.take()
    assert ben.document.cell_ids == await home.room.shown(lambda document: document.cell_ids)


async def test_large_updates_are_checked_off_the_loop(home: House) -> None:
    ann, ben = await home.joined("ann"), await home.joined("ben")
    await ann.type("x" * 100_000)
    await settle()
    assert len(ann.box.of(frames.Ack)) == 1
    ben.take()
    assert len(str(ben.source())) == 100_005
