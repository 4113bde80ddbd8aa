"""The parts of one room, each handed what it needs; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Protocol

from anode_jlab.clock import Clock
from anode_jlab.errors import StoreUnavailable
from anode_jlab.ids import PeerNumber
from anode_jlab.rooms.authorship import Authorship
from anode_jlab.rooms.blamer import Blamer
from anode_jlab.rooms.chronicle import Chronicle
from anode_jlab.rooms.committer import Committer
from anode_jlab.rooms.conditions import Condition, Conditions
from anode_jlab.rooms.disputes import Disputes
from anode_jlab.rooms.feed import Feed
from anode_jlab.rooms.greeting import Greeting
from anode_jlab.rooms.guard import Guard, Vector
from anode_jlab.rooms.herald import Herald
from anode_jlab.rooms.intake import Intake
from anode_jlab.rooms.landing import Landing, RoomListener
from anode_jlab.rooms.ledger import Ledger
from anode_jlab.rooms.meter import Meter
from anode_jlab.rooms.offload import Offload
from anode_jlab.rooms.opened import OpenedNotebook
from anode_jlab.rooms.outside import Outside
from anode_jlab.rooms.peer import Peer
from anode_jlab.rooms.presence import Presence
from anode_jlab.rooms.pulse import Pulse
from anode_jlab.rooms.recalling import Recalling
from anode_jlab.rooms.reception import Reception
from anode_jlab.rooms.recovery import Recovery
from anode_jlab.rooms.scribe import Scribe
from anode_jlab.rooms.showing import Showing
from anode_jlab.rooms.snapshots import Snapshots
from anode_jlab.rooms.tenure import Tenure
from anode_jlab.rooms.upkeep import Upkeep


class Hooks(Protocol):
    """What the parts tell the room."""

    def discard(self, error: BaseException, culprit: Peer | None = None) -> None: ...

    def peers_changed(self) -> None: ...

    def spawn(self, work: Coroutine[object, object, None]) -> None: ...


class Parts:
    """Built once per room."""

    def __init__(
        self, opened: OpenedNotebook, hooks: Hooks, clock: Clock, guard: Guard, outside: Outside
    ) -> None:
        log, document, lease = opened.log, opened.document, opened.lease
        self.peers: dict[PeerNumber, Peer] = {}
        self.listeners: list[RoomListener] = []
        self.ledger = Ledger(opened)
        self.scribe = Scribe(clock, opened.state)
        self.recovery = Recovery(opened.recovered_at, self.ledger)
        feed, vector = Feed(), Vector.decode(document.state_vector())
        authorship = Authorship(document.doc.client_id)
        presence = Presence(authorship.owner_of)
        landing = Landing(clock, self.ledger, self.peers, feed, self.listeners, outside)
        self.committer = self._committer(opened, clock, landing, hooks, outside.meter)
        self.conditions = Conditions(clock, self._conditions_changed)
        herald = Herald(presence, self.peers, clock)
        showing = Showing(clock, document, vector, self.committer)
        greeting = Greeting(
            opened, clock, guard, self.ledger, self.conditions, herald, showing, feed
        )
        self.reception = Reception(
            epoch=lease.epoch,
            peers=self.peers,
            clock=clock,
            committer=self.committer,
            greeting=greeting,
            presence=presence,
            herald=herald,
            feed=feed,
            changed=hooks.peers_changed,
            spawn=hooks.spawn,
            meter=outside.meter,
        )
        self.intake = Intake(
            door=self.reception,
            broken=hooks.discard,
            clock=clock,
            document=document,
            guard=guard,
            authorship=authorship,
            vector=vector,
            committer=self.committer,
            showing=showing,
            presence=presence,
            herald=herald,
            scribe=self.scribe,
            recovery=self.recovery,
            offload=outside.offload,
            recalling=Recalling(opened, outside.offload),
            disputes=Disputes(opened, self.ledger, authorship, vector, presence),
        )
        self.tenure = Tenure(log, lease, clock, hooks.discard)
        self.snapshots = Snapshots(opened, clock, self.committer, self.ledger, self.scribe)
        pulse = Pulse(clock, self.peers, self.reception.silent)
        self.runs: tuple[Callable[[], Coroutine[object, object, None]], ...]
        self.runs = (self.committer.run, self.intake.learn, herald.run, pulse.run)
        upkeep = Upkeep(opened, clock, self.committer, self.ledger, self.scribe)
        self.runs += (self.tenure.run, self.snapshots.run, upkeep.run)
        self._follow(opened, clock, outside.offload)
        self._state(opened.conditions)

    def _follow(self, opened: OpenedNotebook, clock: Clock, offload: Offload) -> None:
        """What is made from the log, a little later."""
        common = (opened, clock, self.committer, self.ledger, offload)
        self.chronicle, self.blamer = Chronicle(*common), Blamer(*common)
        self.runs += (self.chronicle.run, self.blamer.run)

    def _committer(
        self,
        opened: OpenedNotebook,
        clock: Clock,
        landing: Landing,
        hooks: Hooks,
        meter: Meter,
    ) -> Committer:
        return Committer(
            opened.log,
            epoch=opened.lease.epoch,
            head=opened.head,
            clock=clock,
            landed=landing,
            stalled=self._stalled,
            failed=hooks.discard,
            meter=meter,
        )

    def _state(self, found: Iterable[Condition]) -> None:
        for condition in found:
            self.conditions.set(condition.code, condition.message, condition.hint)

    def _conditions_changed(self) -> None:
        self.reception.notice_all()

    def _stalled(self, error: StoreUnavailable | None) -> None:
        if error is None:
            self.conditions.clear(StoreUnavailable.code)
        else:
            self.conditions.set(error.code, error.message, error.advice)
