"""Nobody speaks for another, echoes make no ghosts, and who leaves is gone."""

from __future__ import annotations

import msgspec
import pytest

from anode_jlab.errors import BadFrame, TooLarge
from anode_jlab.ids import PeerNumber
from anode_jlab.rooms import awareness
from anode_jlab.rooms.awareness import Entry
from anode_jlab.rooms.presence import LARGEST_STATE_BYTES, MOST_STATES_PER_PEER, Presence

ANN, BEN = PeerNumber(1), PeerNumber(2)


def said(client: int, clock: int, state: dict[str, object] | None = None) -> bytes:
    text = None if state is None else msgspec.json.encode(state)
    return awareness.encode([Entry(client, clock, text)])


def told(presence: Presence) -> dict[int, dict[str, object] | None]:
    news = presence.take_news()
    if news is None:
        return {}
    entries = awareness.decode(news[0])
    return {e.client: awareness.decode_state(e.state) if e.state else None for e in entries}


@pytest.fixture
def presence() -> Presence:
    made = Presence()
    made.join(ANN)
    made.join(BEN)
    return made


def test_the_server_stamps_who_it_is(presence: Presence) -> None:
    forged = said(10, 1, {"cursor": 3, "user": {"username": "ben"}})
    assert presence.receive(ANN, "ann", {"username": "ann"}, forged)
    assert told(presence) == {10: {"cursor": 3, "user": {"username": "ann"}}}
    assert presence.states() == [{"cursor": 3, "user": {"username": "ann"}}]


def test_nobody_changes_or_removes_the_state_of_another(presence: Presence) -> None:
    presence.receive(ANN, "ann", {}, said(10, 1, {}))
    told(presence)
    assert not presence.receive(BEN, "ben", {}, said(10, 2, {"cursor": 9}))
    assert not presence.receive(BEN, "ben", {}, said(10, 2))
    assert presence.take_news() is None


def test_an_older_word_is_no_news(presence: Presence) -> None:
    presence.receive(ANN, "ann", {}, said(10, 5, {"a": 1}))
    told(presence)
    assert not presence.receive(ANN, "ann", {}, said(10, 5, {"a": 2}))
    assert not presence.receive(ANN, "ann", {}, said(10, 4, {"a": 2}))
    assert presence.receive(ANN, "ann", {}, said(10, 5))
    assert told(presence) == {10: None}


def test_who_leaves_is_gone_and_an_echo_does_not_bring_it_back(presence: Presence) -> None:
    presence.receive(ANN, "ann", {}, said(10, 5, {}))
    told(presence)
    assert presence.leave(ANN)
    assert told(presence) == {10: None}
    assert presence.everyone() is None
    assert not presence.receive(BEN, "ben", {}, said(10, 5, {}))
    assert not presence.leave(ANN)


def test_who_comes_back_with_the_same_clock_is_seen(presence: Presence) -> None:
    presence.receive(ANN, "ann", {}, said(10, 5, {}))
    presence.leave(ANN)
    told(presence)
    again = PeerNumber(3)
    presence.join(again)
    assert presence.receive(again, "ann", {"username": "ann"}, said(10, 5, {}))
    assert told(presence) == {10: {"user": {"username": "ann"}}}


def test_a_tab_takes_its_state_over_from_its_dead_connection(presence: Presence) -> None:
    presence.receive(ANN, "ann", {}, said(10, 5, {}))
    again = PeerNumber(3)
    presence.join(again)
    assert presence.receive(again, "ann", {}, said(10, 6, {}))
    told(presence)
    assert not presence.leave(ANN)
    assert presence.leave(again)


def test_an_id_that_somebody_writes_under_is_not_announced_by_another() -> None:
    presence = Presence({10: "ann"}.get)
    presence.join(ANN)
    presence.join(BEN)
    assert not presence.receive(BEN, "ben", {}, said(10, 1, {}))
    assert presence.speaker_of(10) is None
    assert presence.receive(ANN, "ann", {}, said(10, 1, {}), stable=True)
    assert presence.speaker_of(10) == "ann"


def test_an_id_stays_that_of_who_announced_it_and_left(presence: Presence) -> None:
    presence.receive(ANN, "ann", {}, said(10, 5, {}), stable=True)
    presence.leave(ANN)
    again = PeerNumber(3)
    presence.join(again)
    assert not presence.receive(again, "ben", {}, said(10, 9, {}), stable=True)
    assert presence.receive(again, "ann", {}, said(10, 6, {}), stable=True)


def test_who_has_no_identity_does_not_keep_an_id(presence: Presence) -> None:
    """With a shared token, a tab that comes back is somebody else by name."""
    presence.receive(ANN, "anonymous-1", {}, said(10, 5, {}))
    presence.leave(ANN)
    again = PeerNumber(3)
    presence.join(again)
    assert presence.speaker_of(10) is None
    assert presence.receive(again, "anonymous-2", {}, said(10, 5, {}))


def test_the_author_alone_is_told_apart(presence: Presence) -> None:
    presence.receive(ANN, "ann", {}, said(10, 1, {}))
    news = presence.take_news()
    assert news is not None
    assert news[1] == ANN
    presence.receive(ANN, "ann", {}, said(10, 2, {}))
    presence.receive(BEN, "ben", {}, said(20, 1, {}))
    news = presence.take_news()
    assert news is not None
    assert news[1] is None


@pytest.mark.parametrize(
    "payload",
    [b"", b"\x01", b"\x01\x0a\x01\x02{", b"\x01\x0a\x01\x02[]", b"\x00\x00", b"\xff\xff\x7f"],
)
def test_garbage_is_refused(presence: Presence, payload: bytes) -> None:
    with pytest.raises(BadFrame):
        presence.receive(ANN, "ann", {}, payload)
    assert presence.take_news() is None


def test_bounds(presence: Presence) -> None:
    with pytest.raises(TooLarge):
        presence.receive(ANN, "ann", {}, said(10, 1, {"a": "x" * LARGEST_STATE_BYTES}))
    many = awareness.encode(Entry(n, 1, b"{}") for n in range(MOST_STATES_PER_PEER + 1))
    with pytest.raises(BadFrame):
        presence.receive(ANN, "ann", {}, many)
    with pytest.raises(BadFrame):
        awareness.decode_state(b'{"a":' * 100_000)
    assert presence.everyone() is None
