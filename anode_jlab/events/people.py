"""Events about the people (and other actors) of a notebook."""

from __future__ import annotations

from typing import ClassVar

from anode_jlab.events.actor import ActorKind
from anode_jlab.events.event import Event


class ActorSeen(Event, frozen=True, kw_only=True):
    """An actor changed this notebook for the first time."""

    event_name: ClassVar[str] = "v1.ActorSeen"
    actor_id: str
    actor_kind: ActorKind
    actor_name: str
