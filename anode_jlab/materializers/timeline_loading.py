"""The timeline of a log: what was made of it before, and the events that came later."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeAlias

import msgspec

from anode_jlab.eventlog.base import Derived, EventLog
from anode_jlab.events.document import Kind
from anode_jlab.events.event import Envelope
from anode_jlab.ids import Seq
from anode_jlab.materializers.timeline import NAMES, TEXT_NAMES, Timeline, TimelineBuilder

TIMELINE = "timeline-1"
"""Its name among what is derived, with the number of its form."""

READ_AT_ONCE = 5000
"""Events held in memory at a time."""


Offload: TypeAlias = Callable[[Callable[[], Timeline]], Awaitable[Timeline]]
"""Runs a function off the event loop."""


async def stored_timeline(log: EventLog) -> Timeline:
    """What was made before; an empty one when there is none, or one of another form."""
    found = await log.derived(TIMELINE)
    if found is not None:
        try:
            return msgspec.json.decode(found.content, type=Timeline)
        except msgspec.MsgspecError:
            pass
    return Timeline()


def to_store(timeline: Timeline) -> Derived:
    """The form in which it is stored."""
    return Derived(name=TIMELINE, seq=timeline.seq, content=msgspec.json.encode(timeline))


async def caught_up(
    log: EventLog,
    timeline: Timeline,
    *,
    kind: Kind,
    head: Seq,
    offload: Offload,
) -> Timeline:
    """The timeline with all events up to ``head``; only those that came later are read."""
    names = TEXT_NAMES if kind is Kind.TEXT else NAMES
    if timeline.seq > head:  # the log is another one
        timeline = Timeline()
    while timeline.seq < head:
        batch = await log.read(timeline.seq, limit=READ_AT_ONCE, names=names)
        is_last = len(batch) < READ_AT_ONCE
        upto = head if is_last else timeline.seq
        timeline = await offload(partial(_folded, timeline, batch, upto))
    return timeline


def _folded(timeline: Timeline, batch: Sequence[Envelope], upto: Seq) -> Timeline:
    builder = TimelineBuilder(timeline)
    for envelope in batch:
        builder.apply(envelope)
    builder.passed(upto)
    return builder.timeline()
