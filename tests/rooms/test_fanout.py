"""What is sent to many in few frames does what the single changes did."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from pycrdt import Doc, Text

from anode_jlab.documents.update_reader import Deletion
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.ids import PeerNumber
from anode_jlab.rooms import awareness, fanout, frames
from anode_jlab.rooms.delete_set import DeleteSet
from anode_jlab.rooms.herald import AT_ONCE_PEERS, Herald
from anode_jlab.rooms.peer import Peer
from anode_jlab.rooms.presence import Presence
from anode_jlab.rooms.roles import Role
from anode_jlab.testing.clock import VirtualClock, settle
from tests.rooms.inhabited import Box


def peers(count: int) -> tuple[list[Peer], list[Box]]:
    boxes = [Box() for _ in range(count)]
    ann = Actor(kind=ActorKind.HUMAN, id="ann", name="Ann")
    made = [
        Peer(PeerNumber(n), ann, {}, Role.EDITOR, box, synced=True) for n, box in enumerate(boxes)
    ]
    return made, boxes


def typing(count: int, chance: random.Random) -> tuple[list[bytes], str]:
    doc: Doc[Any] = Doc()
    text = doc.get("text", type=Text)
    updates: list[bytes] = []
    doc.observe(lambda event: updates.append(event.update))
    while len(updates) < count:
        if len(text) and chance.random() < 0.3:
            at = chance.randrange(len(text))
            del text[at : at + 1]
        else:
            text.insert(chance.randint(0, len(text)), chance.choice("abc"))
    return updates, str(text)


@pytest.mark.parametrize("senders", [1, 3, 7])
@pytest.mark.parametrize("count", [1, 2, 170])
def test_everybody_in_sync_gets_everything(senders: int, count: int) -> None:
    chance = random.Random(senders * 1000 + count)
    updates, expected = typing(count, chance)
    people, boxes = peers(9)
    people[8].synced = False
    sent = [(update, people[chance.randrange(senders)]) for update in updates]
    fanout.spread(sent, people, 0.0)
    for peer, box in zip(people[:8], boxes, strict=False):
        doc: Doc[Any] = Doc()
        for update, sender in sent:
            if sender is peer:
                doc.apply_update(update)
        for frame in box.of(frames.Update):
            doc.apply_update(frame.update)
        assert str(doc.get("text", type=Text)) == expected
        assert len(box.raw) <= 1
    assert boxes[8].raw == []
    assert senders > 1 or boxes[0].raw == []


def test_large_updates_are_not_copied_together() -> None:
    doc: Doc[Any] = Doc()
    text = doc.get("text", type=Text)
    updates: list[bytes] = []
    doc.observe(lambda event: updates.append(event.update))
    for _ in range(3):
        text += "x" * 600_000
    people, boxes = peers(1)
    fanout.spread([(update, None) for update in updates], people, 0.0)
    assert [frame.update for frame in boxes[0].of(frames.Update)] == updates


def test_a_delete_set_covers_what_its_stretches_cover_together() -> None:
    known = DeleteSet([Deletion(1, 5, 5), Deletion(1, 0, 5), Deletion(1, 20, 1), Deletion(2, 3, 1)])
    assert known.covers(Deletion(1, 3, 7))
    assert known.covers(Deletion(1, 20, 1))
    assert not known.covers(Deletion(1, 9, 2))
    assert not known.covers(Deletion(1, 15, 1))
    assert not known.covers(Deletion(2, 0, 4))
    assert not known.covers(Deletion(3, 0, 1))


@pytest.mark.anyio
async def test_in_large_rooms_presence_is_gathered() -> None:
    clock = VirtualClock(monotonic=100.0)
    presence = Presence()
    people, boxes = peers(AT_ONCE_PEERS + 12)
    herald = Herald(presence, {peer.number: peer for peer in people}, clock)

    async def talk() -> None:
        for number in range(1, 11):
            state = awareness.encode([awareness.Entry(number, 1, b"{}")])
            presence.receive(PeerNumber(number), "ann", {}, state)
            herald.spread()
        await settle()

    await talk()
    assert [len(box.raw) for box in boxes[:2]] == [1, 0]  # the first word went out at once
    running = asyncio.ensure_future(herald.run())
    await clock.advance(1.0)
    assert [len(box.raw) for box in boxes[:2]] == [2, 1]
    gathered = boxes[0].of(frames.Awareness)[1]
    assert [entry.client for entry in awareness.decode(gathered.payload)] == list(range(2, 11))
    running.cancel()
    await asyncio.wait([running])


@pytest.mark.anyio
@pytest.mark.parametrize(("people", "most"), [(20, 21), (50, 11), (200, 5)])
async def test_the_more_people_the_less_often_they_are_told(people: int, most: int) -> None:
    clock = VirtualClock(monotonic=100.0)
    presence = Presence()
    here, boxes = peers(people)
    herald = Herald(presence, {peer.number: peer for peer in here}, clock)
    running = asyncio.ensure_future(herald.run())
    await settle()
    for word in range(1, 101):
        state = awareness.encode([awareness.Entry(2, word, b"{}")])
        presence.receive(PeerNumber(2), "ann", {}, state)
        herald.spread()
        await clock.advance(0.01)
    assert most - 2 <= len(boxes[0].raw) <= most
    running.cancel()
    await asyncio.wait([running])


@pytest.mark.anyio
async def test_everybody_is_told_20_times_a_second_at_most() -> None:
    clock = VirtualClock(monotonic=100.0)
    presence = Presence()
    people, boxes = peers(AT_ONCE_PEERS + 2)
    herald = Herald(presence, {peer.number: peer for peer in people}, clock)
    running = asyncio.ensure_future(herald.run())
    await settle()
    for word in range(1, 101):
        for number in range(1, 9):
            state = awareness.encode([awareness.Entry(number, word, b"{}")])
            presence.receive(PeerNumber(number), "ann", {}, state)
            herald.spread()
        await clock.advance(0.01)
    assert len(boxes[0].raw) <= 21
    await clock.advance(1.0)
    told = [
        {entry.client: entry.clock for entry in awareness.decode(frame.payload)}
        for frame in boxes[0].of(frames.Awareness)
    ]
    latest = {client: clock for one in told for client, clock in one.items()}
    assert latest == dict.fromkeys(range(1, 9), 100)
    running.cancel()
    await asyncio.wait([running])
