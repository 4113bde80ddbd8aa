"""What a room tells its people: presence, events, and a fresh difference to the slow."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from anode_jlab.events.actor import SERVER
from anode_jlab.events.document import PathChanged
from anode_jlab.events.wire import time_to_wire
from anode_jlab.ids import Seq
from anode_jlab.rooms import awareness, frames
from anode_jlab.rooms.peer import PeerOptions
from anode_jlab.testing.clock import settle
from tests.rooms.inhabited import Box, House

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


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
    since = time_to_wire(home.clock.now())
    stamped = {"user": {"username": "ann", "name": "ann", "since": since}}
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


async def test_a_flood_of_presence_ends_its_sender_and_nobody_else_is_flooded(home: House) -> None:
    ann, ben = await home.joined("ann"), await home.joined("ben")
    for number in range(2, 12):
        await home.joined(f"person-{number}")
    for clock in range(1, 10_000):
        if ann.box.closed is not None:
            break
        await ann.send(state(10, clock, b"{}"))
    assert ann.box.closed == (4429, "too_fast")
    await home.clock.advance(1.0)
    assert len(ben.box.of(frames.Awareness)) <= 3  # the first word, the latest, and the end
    assert said(ben.box)[-1] == (10, None)
    assert ben.box.closed is None


async def test_a_name_of_10_000_characters_is_said_and_nothing_else_of_it(home: House) -> None:
    ann, ben = await home.joined("ann"), await home.joined("ben")
    endless = msgspec.json.encode({"user": {"name": "a" * 10_000, "color": "url(x)"}, "anode": {}})
    await ann.send(state(10, 1, endless))
    ((_, told),) = said(ben.box)
    assert told is not None
    assert told["user"]["name"] == "ann"
    assert "color" not in told["user"]
    assert ann.box.closed is None


async def test_two_tabs_of_one_person_come_and_go_by_themselves(home: House) -> None:
    first, second = await home.joined("ann"), await home.joined("ann")
    ben = await home.joined("ben")
    await first.send(state(10, 1, b"{}"))
    await second.send(state(11, 1, b"{}"))
    home.room.disconnect(first.peer)
    assert said(ben.box)[-1] == (10, None)
    await second.send(state(11, 2, b'{"anode":{"cell":"first"}}'))
    client, told = said(ben.box)[-1]
    assert client == 11
    assert told is not None
    assert told["anode"] == {"cell": "first"}


@pytest.mark.parametrize("seconds", [-86_400.0, 86_400.0])
async def test_a_clock_that_jumps_ends_nobody_and_hides_nobody(home: House, seconds: float) -> None:
    ann, ben = await home.joined("ann"), await home.joined("ben")
    await ann.send(state(10, 2, b"{}"))
    home.clock.jump(seconds)
    await home.clock.advance(5.0)
    await ann.send(state(10, 3, b'{"anode":{"cell":"first"}}'))
    assert ann.box.closed is None
    assert ben.box.closed is None
    _, told = said(ben.box)[-1]
    assert told is not None
    assert told["anode"] == {"cell": "first"}


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


async def test_a_state_comes_before_the_events_when_it_is_wanted(home: House) -> None:
    past = home.room.head
    ben = await home.enter("ben", options=PeerOptions(after=past, state=True))
    (begin,) = ben.box.of(frames.State)
    assert begin.state["seq"] == home.room.head
    await home.room.record([PathChanged(old_path="a", new_path="b")], SERVER)
    assert names(ben.box) == ["v1.PathChanged"]


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
