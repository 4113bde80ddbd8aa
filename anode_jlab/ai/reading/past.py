"""What happened to the visible cells: who changed, moved and ran them."""

from __future__ import annotations

import msgspec

from anode_jlab.ai.reading.view import View
from anode_jlab.events import content, execution
from anode_jlab.events.event import Envelope
from anode_jlab.events.wire import time_to_wire
from anode_jlab.ids import CellId, Seq
from anode_jlab.rooms.room import Room

MOST_FACTS = 200

SPANS = (2_000, 20_000)
"""How far to look back, in events; then the whole log."""

NAMES = frozenset(
    kind.event_name
    for kind in (
        content.CellCreated,
        content.CellMoved,
        content.CellTypeChanged,
        content.CellSourceChanged,
        execution.ExecutionStarted,
        execution.ExecutionCompleted,
        execution.ExecutionCancelled,
    )
)
"""All of them are about one cell."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    seq: int
    time: str
    actor: str
    event: str
    cell_id: str


async def facts(room: Room, view: View, *, cell_id: str | None, limit: int) -> list[Fact]:
    """The newest facts about cells that may be seen now, in order. What is told of a cell that is
    gone would not say whether it was hidden, so nothing is."""
    wanted = frozenset({cell_id} if cell_id else {cell.id for cell in view.cells})
    found: list[Envelope] = []
    for span in (*SPANS, room.head):
        after = Seq(max(room.head - span, 0))
        found = [
            envelope
            for envelope in await room.log.read(after, names=NAMES)
            if _cell_of(envelope) in wanted
        ]
        if len(found) >= limit or after == 0:
            break
    return [_fact(envelope) for envelope in found[-limit:]]


def _cell_of(envelope: Envelope) -> CellId | None:
    return getattr(envelope.event, "cell_id", None)


def _fact(envelope: Envelope) -> Fact:
    return Fact(
        seq=envelope.seq,
        time=time_to_wire(envelope.time),
        actor=envelope.actor.name,
        event=envelope.event.event_name.removeprefix("v1."),
        cell_id=str(_cell_of(envelope)),
    )
