"""Who caused an event."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class ActorKind(StrEnum):
    """What sort of being an actor is."""

    HUMAN = "human"
    ASSISTANT = "assistant"
    RUNTIME = "runtime"
    API = "api"
    FILE = "file"
    SERVER = "server"


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """An identity stamped by the server, never taken from a client.

    ``id`` is the identity provider's username for people, and a fixed word for the others
    (``file``, ``server``); ``name`` is what people see.
    """

    kind: ActorKind
    id: str
    name: str


SERVER = Actor(kind=ActorKind.SERVER, id="server", name="Server")
"""Repairs and other changes that nobody asked for."""

FILE = Actor(kind=ActorKind.FILE, id="file", name="File on disk")
"""Content that came from the notebook's file."""

ASSISTANT = Actor(kind=ActorKind.ASSISTANT, id="assistant", name="Assistant")
"""What an assistant did on nobody's behalf."""


def assistant_of(person: Actor, name: str = "Assistant") -> Actor:
    """The actor that events are stamped with when an assistant acts for somebody."""
    return Actor(kind=ActorKind.ASSISTANT, id=person.id, name=f"{name} ({person.name})")
