"""Turns changes of the document into records: whose they are, when, and whom we see first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anode_jlab.clock import Clock
from anode_jlab.documents.change import Change
from anode_jlab.events.actor import SERVER, Actor, ActorKind
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.events.event import Event, Record
from anode_jlab.events.people import ActorSeen
from anode_jlab.ids import PeerNumber, Seq
from anode_jlab.materializers.notebook import ActorKey, NotebookState, actor_key

OURSELVES = frozenset({ActorKind.SERVER, ActorKind.FILE})
"""Actors that are part of every notebook: nobody is told that they came."""

BY_SERVER = 0
"""``DocumentUpdated.client`` of what no connection sent."""


@dataclass(frozen=True, slots=True)
class By:
    """An event of somebody else than those that it is logged with."""

    event: Event
    actor: Actor


class Scribe:
    """Writes the records of one room."""

    def __init__(self, clock: Clock, state: NotebookState) -> None:
        self._clock = clock
        self._seen: set[ActorKey] = {
            ActorKey(f"{actor.kind.value}:{actor.id}") for actor in state.actors
        }

    def changes(
        self,
        changes: Sequence[Change],
        actor: Actor,
        client: PeerNumber | None,
        origin: str,
        cause: Seq | None = None,
    ) -> list[Record]:
        """Records of one transaction and of the repairs that followed it.

        What carries another origin than ``origin`` was done by the server on its own. ``cause`` is
        the seq of the event that the transaction follows from, if any.
        """
        now = self._clock.now()
        records = self._greeting(actor, now)
        for change in changes:
            own = change.origin == origin
            by, connection = (actor, client) if own else (SERVER, None)
            if change.update:
                update = DocumentUpdated(
                    update=change.update, client=connection or BY_SERVER, origin=change.origin
                )
                records.append(
                    Record(event=update, actor=by, time=now, client=connection, cause=cause)
                )
            for fact in change.facts:
                records.append(
                    Record(event=fact, actor=by, time=now, client=connection, cause=cause)
                )
        return records

    def facts(self, events: Iterable[Event | By], actor: Actor) -> list[Record]:
        """Records of events that do not change the document; ``actor``'s but for those ``By``
        others."""
        now = self._clock.now()
        records = self._greeting(actor, now)
        for each in events:
            event, by = (each.event, each.actor) if isinstance(each, By) else (each, actor)
            records += self._greeting(by, now)
            records.append(Record(event=event, actor=by, time=now))
        return records

    def _greeting(self, actor: Actor, now: float) -> list[Record]:
        key = actor_key(actor)
        if key in self._seen or actor.kind in OURSELVES:
            return []
        self._seen.add(key)
        seen = ActorSeen(actor_id=actor.id, actor_kind=actor.kind, actor_name=actor.name)
        return [Record(event=seen, actor=actor, time=now)]
