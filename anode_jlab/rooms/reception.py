"""Lets connections in and out of a room, and shows those out who sent what they must not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from itertools import count

from anode_jlab.clock import Clock
from anode_jlab.errors import AnodeError, OtherLineage
from anode_jlab.events.actor import Actor
from anode_jlab.events.wire import time_to_wire
from anode_jlab.ids import PeerNumber, Seq
from anode_jlab.rooms import protocol
from anode_jlab.rooms.batch import Show
from anode_jlab.rooms.committer import Committer
from anode_jlab.rooms.feed import Feed, Follower
from anode_jlab.rooms.frames import Denied
from anode_jlab.rooms.greeting import Greeting, first_lost
from anode_jlab.rooms.herald import Herald
from anode_jlab.rooms.meter import Meter
from anode_jlab.rooms.pace import CAPACITY_TOKENS
from anode_jlab.rooms.peer import Outbox, Peer, PeerOptions
from anode_jlab.rooms.presence import Presence
from anode_jlab.rooms.protocol import CloseCode, close_code, close_reason
from anode_jlab.rooms.roles import Role

logger = logging.getLogger(__name__)

NUMBERS_PER_LIFE = 1_000_000
"""Connections are numbered from the lease's epoch on, so that no two lives of a room share one."""


class Reception:
    """The connections of one room. ``changed`` is told when somebody came, left or changed role."""

    def __init__(
        self,
        *,
        epoch: int,
        peers: dict[PeerNumber, Peer],
        clock: Clock,
        committer: Committer,
        greeting: Greeting,
        presence: Presence,
        herald: Herald,
        feed: Feed,
        changed: Callable[[], None],
        spawn: Callable[[Coroutine[object, object, None]], object],
        meter: Meter,
    ) -> None:
        self._peers = peers
        self._numbers = count(epoch * NUMBERS_PER_LIFE + 1)
        self._clock = clock
        self._committer = committer
        self._greeting = greeting
        self._presence = presence
        self._herald = herald
        self._feed = feed
        self._changed = changed
        self._spawn = spawn
        self._meter = meter

    def admit(
        self,
        *,
        actor: Actor,
        user: Mapping[str, object],
        role: Role,
        outbox: Outbox,
        options: PeerOptions,
        stable: bool,
    ) -> Peer:
        """Greet a connection and keep it. Raises OtherLineage after HELLO and close code 4409."""
        now = self._clock.monotonic()
        peer = Peer(
            number=PeerNumber(next(self._numbers)),
            actor=actor,
            user={**user, "since": time_to_wire(self._clock.now())},
            role=role,
            outbox=outbox,
            options=options,
            stable=stable,
            heard_at=now,
            sent_at=now,
            tokens=CAPACITY_TOKENS,
            tokens_at=now,
        )
        self._greeting.hello(peer)
        if options.lineage not in (None, self._greeting.lineage):
            self.close(peer, CloseCode.OTHER_LINEAGE, OtherLineage.code)
            raise OtherLineage
        self._peers[peer.number] = peer
        self._presence.join(peer.number)
        self._follow(self._greeting.begin(peer))
        self._changed()
        return peer

    def forget(self, peer: Peer) -> None:
        """The connection ended; nothing happens the second time."""
        peer.open = False
        if self._peers.pop(peer.number, None) is None:
            return
        self._feed.remove(peer)
        if self._presence.leave(peer.number):
            self._herald.spread()
        self._changed()

    def close(self, peer: Peer, code: int, reason: str) -> None:
        """End a connection from our side."""
        if peer.open:
            peer.outbox.close(code, reason)
        self.forget(peer)

    def close_all(self, code: int, reason: str) -> None:
        """End all connections."""
        for peer in tuple(self._peers.values()):
            self.close(peer, code, reason)

    def expel(self, peer: Peer, error: AnodeError) -> None:
        """Close a connection at once, for this reason."""
        self._meter.rejected(error.code)
        self.close(peer, close_code(error), close_reason(error))

    def silent(self, peer: Peer) -> None:
        """Nothing came from it for too long: it is dead, or will connect again."""
        self.close(peer, CloseCode.GOING_AWAY, "silent")

    def deny(self, peer: Peer, error: AnodeError) -> None:
        """Refuse a change: DENIED and the close come after the acks of what was taken before."""
        peer.denied = True
        frame = protocol.encode(Denied(code=error.code, message=error.message))

        def let_out(_: Seq) -> None:
            peer.send(frame, self._clock.monotonic())
            self.expel(peer, error)

        self._committer.put(Show(let_out))

    def set_role(self, peer: Peer, role: Role) -> None:
        """From its next frame on, the connection may do this; it is told by NOTICE."""
        if role is not peer.role:
            peer.role = role
            self._greeting.notice(peer)
            self._changed()

    def notice_all(self) -> None:
        """What is wrong has changed."""
        for peer in self._peers.values():
            if not peer.lagging:
                self._greeting.notice(peer)

    def lag(self, peer: Peer, dropped: Iterable[bytes]) -> None:
        """Send nothing to it until ``resync``; ``dropped`` never left its outbox."""
        self._meter.lagged()
        peer.lagging = True
        follower = self._feed.of(peer)
        if follower is not None:
            follower.live = False
            lost = first_lost(dropped)
            if lost is not None:
                follower.after = min(follower.after, Seq(lost - 1))

    def resync(self, peer: Peer) -> None:
        """Tell it afresh all that it may have missed."""
        peer.lagging = False
        if peer.open:
            self._greeting.again(peer)
            self._follow(self._feed.of(peer))

    def _follow(self, follower: Follower | None) -> None:
        if follower is not None and not follower.live:
            self._spawn(self._catch_up(follower))

    async def _catch_up(self, follower: Follower) -> None:
        try:
            await self._greeting.catch_up(follower)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # a task's edge: this connection starts anew, no other notices
            logger.warning("Events could not be read for a connection: %r", error)
            self.close(follower.peer, CloseCode.RESTART, close_reason(error))
