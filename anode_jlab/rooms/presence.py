"""Who is here and where: the awareness states of a room, stamped with who really said them.

Pure: peers are numbers, time does not occur. Nothing of it is logged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from anode_jlab.errors import BadFrame, TooLarge
from anode_jlab.ids import PeerNumber
from anode_jlab.rooms import awareness
from anode_jlab.rooms.awareness import Entry

LARGEST_STATE_BYTES = 64 * 1024
"""A state is a name, a cursor and some selections."""

MOST_STATES_PER_PEER = 16
"""One document speaks for one client; some programs hold a few documents on one connection."""

MOST_DEPARTED = 1024
"""How many states that ended are remembered against echoes."""


@dataclass(frozen=True, slots=True)
class _Speaker:
    actor: str
    stable: bool


@dataclass(slots=True)
class _Known:
    owner: PeerNumber
    speaker: _Speaker
    entry: Entry


@dataclass(slots=True)
class _Departed:
    clock: int
    newest_peer: PeerNumber
    speaker: _Speaker


class Presence:
    """All awareness states by Yjs client id.

    A client id belongs to the connection that announced it first. What others say about it is an
    echo (y-websocket sends on what it hears) and is dropped. A new connection of the same actor
    takes its id over with a larger clock, as a tab does that comes back before its old connection
    was found dead. Nor can an id be announced that somebody else writes under: ``author_of`` tells,
    and who does takes it from an impostor.
    """

    def __init__(self, author_of: Callable[[int], str | None] = lambda client: None) -> None:
        self._author_of = author_of
        self._known: dict[int, _Known] = {}
        self._departed: dict[int, _Departed] = {}
        self._dirty: dict[int, PeerNumber] = {}
        self._owned: dict[PeerNumber, set[int]] = {}
        self._newest_peer = PeerNumber(0)

    def join(self, peer: PeerNumber) -> None:
        """A connection begins; it can echo only what is said from now on, or known now."""
        self._newest_peer = max(self._newest_peer, peer)

    def speaker_of(self, client: int) -> str | None:
        """The actor who announced a client id, be it gone by now; None when nobody did, or
        somebody who has another id on each connection."""
        found = self._known.get(client) or self._departed.get(client)
        return found.speaker.actor if found is not None and found.speaker.stable else None

    def receive(
        self,
        peer: PeerNumber,
        actor: str,
        user: Mapping[str, object],
        payload: bytes,
        *,
        stable: bool = False,
    ) -> bool:
        """Take an update from a connection; True when there is something to tell the others.

        ``stable``: the actor is the same on each connection of this person. Raises BadFrame and
        TooLarge; then nothing of the frame was taken.
        """
        news = [e for e in awareness.decode(payload) if self._is_news(peer, actor, e)]
        if not news:
            return False
        stamped = [_stamp(entry, user) for entry in news]
        owned = self._owned.setdefault(peer, set())
        arrived = {e.client for e in stamped if e.state is not None}
        if len(owned | arrived) > MOST_STATES_PER_PEER:
            raise BadFrame("One connection speaks for too many clients.")
        speaker = _Speaker(actor, stable)
        for entry in stamped:
            self._take(peer, speaker, owned, entry)
        return True

    def leave(self, peer: PeerNumber) -> bool:
        """A connection ended: its states go. True when there is something to tell the others."""
        owned = self._owned.pop(peer, set())
        for client in owned:
            known = self._known.pop(client)
            self._depart(client, known.entry.clock, known.speaker)
            self._dirty[client] = peer
        return bool(owned)

    def take_news(self) -> tuple[bytes, PeerNumber | None] | None:
        """What changed since the last call, and its author if it was one alone; None: nothing."""
        if not self._dirty:
            return None
        authors = set(self._dirty.values())
        entries = [self._current(client) for client in self._dirty]
        self._dirty.clear()
        return awareness.encode(entries), authors.pop() if len(authors) == 1 else None

    def everyone(self) -> bytes | None:
        """All states, for a connection that just began; None when there are none."""
        if not self._known:
            return None
        return awareness.encode(known.entry for known in self._known.values())

    def states(self) -> list[awareness.AwarenessState]:
        """All states, parsed."""
        parsed = (awareness.decode_state(k.entry.state or b"{}") for k in self._known.values())
        return [state for state in parsed if state is not None]

    def _current(self, client: int) -> Entry:
        known = self._known.get(client)
        return known.entry if known else Entry(client, self._departed[client].clock, None)

    def _is_news(self, peer: PeerNumber, actor: str, entry: Entry) -> bool:
        known = self._known.get(entry.client)
        if known is None:
            speaker = self._author_of(entry.client) or self.speaker_of(entry.client)
            if speaker not in (None, actor):
                return False
            departed = self._departed.get(entry.client)
            echo = departed and peer <= departed.newest_peer and entry.clock <= departed.clock
            return entry.state is not None and not echo
        if known.owner == peer:
            return entry.clock > known.entry.clock or (
                entry.clock == known.entry.clock and entry.state is None
            )
        if known.speaker.actor != actor:
            return self._author_of(entry.client) == actor and entry.state is not None
        return entry.clock > known.entry.clock and entry.state is not None

    def _take(self, peer: PeerNumber, speaker: _Speaker, owned: set[int], entry: Entry) -> None:
        known = self._known.get(entry.client)
        if known is not None and known.owner != peer:
            self._owned[known.owner].discard(entry.client)
        self._dirty[entry.client] = peer
        if entry.state is None:
            self._known.pop(entry.client, None)
            owned.discard(entry.client)
            self._depart(entry.client, entry.clock, speaker)
            return
        self._departed.pop(entry.client, None)
        self._known[entry.client] = _Known(peer, speaker, entry)
        owned.add(entry.client)

    def _depart(self, client: int, clock: int, speaker: _Speaker) -> None:
        self._departed.pop(client, None)
        self._departed[client] = _Departed(clock, self._newest_peer, speaker)
        while len(self._departed) > MOST_DEPARTED:
            oldest = next(iter(self._departed))
            if oldest in self._dirty:
                break
            del self._departed[oldest]


def _stamp(entry: Entry, user: Mapping[str, object]) -> Entry:
    if entry.state is None:
        return entry
    if len(entry.state) > LARGEST_STATE_BYTES:
        raise TooLarge("An awareness state is too large.")
    state = awareness.decode_state(entry.state)
    if state is None:
        return Entry(entry.client, entry.clock, None)
    state["user"] = user
    return Entry(entry.client, entry.clock, msgspec.json.encode(state))
