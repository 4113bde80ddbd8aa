"""Which committed events each connection wants, and the way there from where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anode_jlab.events.event import Envelope
from anode_jlab.events.registry import EVENTS, name_of
from anode_jlab.events.wire import encode_envelopes
from anode_jlab.ids import Seq
from anode_jlab.rooms import protocol
from anode_jlab.rooms.peer import Peer

MANY = frozenset({"v1.DocumentUpdated", "v1.CellSourceChanged"})
"""The events of every keystroke: only for those who ask for them by name."""

USUAL = frozenset(EVENTS) - MANY
"""What a connection gets that names nothing."""

CATCH_UP_EVENTS = 500
"""Envelopes read and sent at a time to a connection that is behind."""


@dataclass(slots=True, eq=False)
class Follower:
    """One connection that wants events. ``live``: it stands at the head and gets each commit."""

    peer: Peer
    names: frozenset[str]
    after: Seq
    live: bool = False


class Feed:
    """Pushes events after their commit; one encoding for all who want the same names."""

    def __init__(self) -> None:
        self._followers: dict[Peer, Follower] = {}

    def add(self, peer: Peer, after: Seq) -> Follower:
        """Let a connection follow from ``after`` on; it is not live before it caught up."""
        follower = Follower(peer, wanted_names(peer.options.names), after)
        self._followers[peer] = follower
        return follower

    def remove(self, peer: Peer) -> None:
        """The connection ended."""
        self._followers.pop(peer, None)

    def of(self, peer: Peer) -> Follower | None:
        """Where a connection stands; None when it wants no events."""
        return self._followers.get(peer)

    def push(self, envelopes: Sequence[Envelope], now: float) -> None:
        """Send what was just committed to all who are live."""
        if not self._followers or not envelopes:
            return
        encoded: dict[frozenset[str], bytes | None] = {}
        for follower in self._followers.values():
            if not follower.live or follower.peer.lagging:
                continue
            if follower.names not in encoded:
                encoded[follower.names] = events_frame(envelopes, follower.names)
            follower.after = envelopes[-1].seq
            frame = encoded[follower.names]
            if frame is not None:
                follower.peer.send(frame, now)


def wanted_names(names: frozenset[str] | None) -> frozenset[str]:
    """Full event names for what a client wrote: ``v1.CellMoved`` or just ``CellMoved``."""
    if names is None:
        return USUAL
    return frozenset(full for full in EVENTS if full in names or full.partition(".")[2] in names)


def events_frame(envelopes: Sequence[Envelope], names: frozenset[str]) -> bytes | None:
    """The EVENTS frame of those envelopes that are wanted; None when there are none."""
    wanted = [envelope for envelope in envelopes if name_of(envelope.event) in names]
    return protocol.encode_events(encode_envelopes(wanted)) if wanted else None
