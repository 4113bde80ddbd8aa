"""One connection to a room: who it is, what it may do, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from anode_jlab.events.actor import Actor
from anode_jlab.ids import Lineage, PeerNumber, Seq
from anode_jlab.rooms.roles import Role


class Outbox(Protocol):
    """The way out to one client. Both calls return at once and never raise."""

    def send(self, frame: bytes) -> None:
        """Queue one whole frame, in order; nothing happens once the connection is closed.

        When the queue grows over its bound, the implementation drops all that is queued, tells
        the room with ``Room.lag(peer, dropped)``, and calls ``Room.resync(peer)`` once the client
        took what was already under way.
        """
        ...

    def close(self, code: int, reason: str) -> None:
        """Send what is queued, then close with this code; later calls do nothing."""
        ...


class PeerOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a client asked for when it connected.

    ``lineage`` is the CRDT history it holds (None: it holds nothing). ``after`` asks for EVENTS
    with a larger seq; with ``names`` alone it gets one STATE and then EVENTS from there on, with
    ``state`` and ``after`` one STATE first.
    ``names`` are the event names it wants (None: all but the many ones, see ``rooms.feed``).
    ``autosave`` is its JupyterLab setting (None: it did not say).
    """

    lineage: Lineage | None = None
    after: Seq | None = None
    names: frozenset[str] | None = None
    state: bool = False
    autosave: bool | None = None

    @property
    def wants_events(self) -> bool:
        """Whether it follows what happens, beside the document."""
        return self.after is not None or self.names is not None


@dataclass(slots=True, eq=False)
class Peer:
    """The room's side of one connection; only the room changes it."""

    number: PeerNumber
    actor: Actor
    user: Mapping[str, object]
    role: Role
    outbox: Outbox
    options: PeerOptions = field(default_factory=PeerOptions)

    stable: bool = False
    """Whether ``actor`` is the same on each connection of this person."""

    open: bool = True
    """Frames are sent to it, and taken from it unless ``denied``."""

    denied: bool = False
    """A change of it was refused: nothing more is taken, it is about to be closed."""

    synced: bool = False
    """Its step1 was answered: from here on it gets each new update."""

    lagging: bool = False
    """Its outbox overflowed: it gets nothing until ``Room.resync``."""

    received: int = 0
    """How many step2 and update frames came from it: the ordinal of the newest."""

    acked: int = 0
    """The ordinal last told to it by ACK."""

    missing: dict[int, int] = field(default_factory=dict)
    """One of its updates left a gap: the clocks (by Yjs client) that a step2 of it has to reach.
    There is no ACK before it did."""

    new_clients: int = 0
    """Yjs client ids that came into the document with it."""

    gaps: int = 0
    """Answers in a row that still left a gap."""

    vector: bytes | None = None
    """The state vector of its newest step1: what it surely has."""

    behind: bool = False
    """That is less than the document was loaded with."""

    answered: bool = False
    """It answered the room's step1: what it sends from here on it made on this connection."""

    busy: int = 0
    """Frames of it being handled at this moment (its silence is then ours)."""

    heard_at: float = 0.0
    """Monotonic seconds of its last sign of life."""

    sent_at: float = 0.0
    """Monotonic seconds of the last frame sent to it."""

    tokens: float = 0.0
    """What is left of its allowance, see ``rooms.pace``."""

    tokens_at: float = 0.0
    """Monotonic seconds when ``tokens`` was counted."""

    def send(self, frame: bytes, now: float) -> None:
        """Send a frame at monotonic time ``now``; nothing goes to a closed connection."""
        if self.open:
            self.sent_at = now
            self.outbox.send(frame)
