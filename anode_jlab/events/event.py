"""The base of all events, and the envelope that gives one its place in a log."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from anode_jlab.events.actor import Actor
from anode_jlab.ids import Seq


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An immutable fact about one notebook, in the past tense.

    ``event_name`` is the frozen versioned name (``v1.CellCreated``): once released it keeps its
    meaning and fields for ever; a change makes a ``v2.`` with an upcaster.
    """

    event_name: ClassVar[str] = ""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """An event on its way into a log: everything but the place that the log gives it.

    ``time`` is seconds since the Unix epoch (UTC), for people; order is by seq only.
    ``client`` is the connection (HELLO's number) that caused it, if any; ``cause`` the seq of the
    event it follows from, if known.
    """

    event: Event
    actor: Actor
    time: float
    client: int | None = None
    cause: Seq | None = None


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its place in the log: what is read back, in seq order."""

    seq: Seq
    time: float
    actor: Actor
    event: Event
    client: int | None = None
    cause: Seq | None = None
