"""The first and the repeated words to a connection: HELLO, what is wrong, where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from anode_jlab.clock import Clock
from anode_jlab.events.wire import time_to_wire
from anode_jlab.ids import Lineage, Seq
from anode_jlab.materializers.state import to_wire
from anode_jlab.rooms import protocol
from anode_jlab.rooms.conditions import Conditions
from anode_jlab.rooms.feed import CATCH_UP_EVENTS, Feed, Follower, events_frame
from anode_jlab.rooms.frames import Ack, FrameType, Hello, Limits, Notice, State
from anode_jlab.rooms.guard import Guard
from anode_jlab.rooms.herald import Herald
from anode_jlab.rooms.ledger import Ledger
from anode_jlab.rooms.opened import OpenedNotebook
from anode_jlab.rooms.peer import Peer
from anode_jlab.rooms.showing import Showing


@dataclass(slots=True, eq=False)
class Greeting:
    """Speaks for one room to one connection at a time."""

    opened: OpenedNotebook
    clock: Clock
    guard: Guard
    ledger: Ledger
    conditions: Conditions
    herald: Herald
    showing: Showing
    feed: Feed

    @property
    def lineage(self) -> Lineage:
        """The CRDT history that clients must hold to join."""
        return self.opened.lineage

    def hello(self, peer: Peer) -> None:
        """The first frame of all. It tells nothing that is not durable, so it never waits."""
        ledger = self.ledger
        hello = Hello(
            id=self.opened.notebook_id,
            lineage=self.lineage,
            seq=ledger.head,
            role=peer.role,
            client=peer.number,
            path=ledger.path,
            saved_seq=ledger.head,
            exported_seq=ledger.exported_seq,
            changed_seq=ledger.changed_seq,
            limits=Limits(
                update=self.guard.limits.size,
                step2=self.guard.step2_limits.size,
            ),
            writer=self.opened.document.doc.client_id,
            kind=self.opened.kind.name,
        )
        self._send(peer, protocol.encode(hello))

    def begin(self, peer: Peer) -> Follower | None:
        """After HELLO: conditions, step1, who is here, events. The follower has to catch up."""
        if len(self.conditions):
            self.notice(peer)
        self.showing.ask(peer)
        self.herald.tell_all(peer, self.clock.monotonic())
        options = peer.options
        if options.after is not None:
            if options.state:
                self._state(peer)
            return self.feed.add(peer, options.after)
        if options.names is not None:
            follower = self.feed.add(peer, self.ledger.head)
            follower.live = True
            self._state(peer)
            return follower
        return None

    def again(self, peer: Peer) -> None:
        """All of it once more, for a connection whose frames were dropped."""
        self.notice(peer)
        self.showing.ask(peer)
        if peer.vector is not None:
            self.showing.difference(peer, peer.vector)
        self.herald.tell_all(peer, self.clock.monotonic())
        if peer.acked:
            self._send(peer, protocol.encode(Ack(peer.acked, self.ledger.head)))

    def notice(self, peer: Peer) -> None:
        """What is wrong at the moment, and what this connection may do."""
        conditions = [
            {
                "code": condition.code,
                "message": condition.message,
                "hint": condition.hint,
                "since": time_to_wire(condition.since),
            }
            for condition in self.conditions
        ]
        self._send(peer, protocol.encode(Notice(conditions=conditions, role=peer.role)))

    async def catch_up(self, follower: Follower) -> None:
        """Send the events of the past until the connection stands at the head."""
        peer = follower.peer
        while _reachable(peer):
            head = self.ledger.head
            if follower.after >= head:
                follower.live = True
                return
            found = await self.opened.log.read(
                follower.after, limit=CATCH_UP_EVENTS, names=follower.names
            )
            if not _reachable(peer):
                return
            past = [envelope for envelope in found if envelope.seq <= head]
            frame = events_frame(past, follower.names)
            if frame is not None:
                self._send(peer, frame)
            follower.after = past[-1].seq if len(past) == CATCH_UP_EVENTS else head

    def _state(self, peer: Peer) -> None:
        self._send(peer, protocol.encode(State(to_wire(self.ledger.state))))

    def _send(self, peer: Peer, frame: bytes) -> None:
        peer.send(frame, self.clock.monotonic())


def _reachable(peer: Peer) -> bool:
    return peer.open and not peer.lagging


def first_lost(dropped: Iterable[bytes]) -> Seq | None:
    """The seq of the first event among frames that never left; None when there was none."""
    for frame in dropped:
        if frame[:1] == bytes((FrameType.EVENTS,)):
            envelopes = msgspec.json.decode(frame[1:], type=list[dict[str, object]])
            seq = envelopes[0]["seq"]
            assert isinstance(seq, int)
            return Seq(seq)
    return None
