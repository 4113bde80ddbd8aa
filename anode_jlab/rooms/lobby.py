"""Who is on this server at all: presence without a document."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from anode_jlab.clock import Clock
from anode_jlab.errors import BadFrame, TooLarge
from anode_jlab.events.actor import Actor
from anode_jlab.ids import PeerNumber
from anode_jlab.rooms import pace, protocol
from anode_jlab.rooms.frames import Awareness
from anode_jlab.rooms.peer import Outbox, Peer
from anode_jlab.rooms.presence import Presence
from anode_jlab.rooms.roles import Role

LARGEST_FRAME_BYTES = 1 << 20
"""A frame may tell what its sender heard from everybody else."""


class Lobby:
    """The awareness states of everybody who is connected to it. Nothing of it is kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._presence = Presence()
        self._peers: dict[PeerNumber, Peer] = {}
        self._numbers = count(1)

    @property
    def peers(self) -> tuple[Peer, ...]:
        """The connections, oldest first."""
        return tuple(self._peers.values())

    def connect(self, actor: Actor, user: Mapping[str, object], outbox: Outbox) -> Peer:
        """A connection begins: it is told who is here."""
        now = self._clock.monotonic()
        peer = Peer(
            number=PeerNumber(next(self._numbers)),
            actor=actor,
            user=user,
            role=Role.READER,
            outbox=outbox,
            tokens=pace.CAPACITY_TOKENS,
            tokens_at=now,
        )
        self._peers[peer.number] = peer
        self._presence.join(peer.number)
        everyone = self._presence.everyone()
        if everyone is not None:
            peer.send(protocol.encode(Awareness(everyone)), now)
        return peer

    def receive(self, peer: Peer, frame: bytes) -> None:
        """Deal with one frame; what is no awareness is ignored.

        Raises BadFrame, TooLarge, TooFast.
        """
        if len(frame) > LARGEST_FRAME_BYTES:
            raise TooLarge("The awareness update is too large.")
        pace.spend(peer, len(frame), pace.AWARENESS_TOKENS, self._clock.monotonic())
        try:
            message = protocol.decode_client(frame)
        except BadFrame:
            if frame[:1] == bytes((1,)):
                raise
            return
        if isinstance(message, Awareness) and self._presence.receive(
            peer.number, peer.actor.id, peer.user, message.payload
        ):
            self._tell()

    def disconnect(self, peer: Peer) -> None:
        """The connection ended; may be called more than once."""
        peer.open = False
        if self._peers.pop(peer.number, None) is not None and self._presence.leave(peer.number):
            self._tell()

    def close(self, code: int, reason: str) -> None:
        """End all connections."""
        for peer in self.peers:
            peer.outbox.close(code, reason)
            self.disconnect(peer)

    def _tell(self) -> None:
        news = self._presence.take_news()
        if news is None:
            return
        payload, author = news
        frame, now = protocol.encode(Awareness(payload)), self._clock.monotonic()
        for peer in self.peers:
            if peer.number != author:
                peer.send(frame, now)
