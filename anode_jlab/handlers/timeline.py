"""GET notebooks/{id}/timeline: who was at work when, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Annotated, Any, ClassVar

import msgspec

from anode_jlab.errors import NotebookNotFound
from anode_jlab.events.wire import time_to_wire
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import LARGEST_NUMBER, AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import NotebookId
from anode_jlab.materializers.notebook import actor_key
from anode_jlab.materializers.timeline import Stretch

MOST_STRETCHES = 1000
"""Largest page; ask again with ``before`` = the lowest ``first`` of the answer."""


class TimelineQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stretches that began before a seq, of a person (``human:ada``), that touched a cell."""

    before: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_NUMBER)] = LARGEST_NUMBER
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_STRETCHES)] = 100
    person: str = ""
    cell: str = ""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """``stretches`` are the newest first, ``people`` all who have one, ``more`` tells that there
    are earlier ones. ``unknown`` counts events that only a newer version understands."""

    seq: int
    stretches: tuple[dict[str, Any], ...]
    people: tuple[dict[str, str], ...]
    more: bool
    unknown: int


class TimelineHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/timeline``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="Who was at work when, the newest first",
            query=TimelineQuery,
            reply=Page,
            errors=(NotebookNotFound,),
        )
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        query = self.query(TimelineQuery)
        room = await self.services.rooms.open(NotebookId(notebook_id))
        stretches = await room.chronicle.stretches()
        found = list(islice(_wanted(stretches, query), query.limit + 1))
        self.reply(
            Page(
                seq=room.head,
                stretches=tuple(_to_wire(one) for one in found[: query.limit]),
                people=_people(stretches),
                more=len(found) > query.limit,
                unknown=room.state.counts.unknown,
            )
        )


def _wanted(stretches: Sequence[Stretch], query: TimelineQuery) -> Iterator[Stretch]:
    for stretch in reversed(stretches):
        if (
            stretch.first < query.before
            and query.person in ("", actor_key(stretch.actor))
            and (query.cell == "" or query.cell in stretch.cells)
        ):
            yield stretch


def _to_wire(stretch: Stretch) -> dict[str, Any]:
    fields = msgspec.structs.asdict(stretch)
    start, end = time_to_wire(stretch.start), time_to_wire(stretch.end)
    return {**fields, "kind": stretch.kind.value, "start": start, "end": end}


def _people(stretches: Iterable[Stretch]) -> tuple[dict[str, str], ...]:
    known = {actor_key(stretch.actor): stretch.actor for stretch in stretches}
    return tuple(
        {"kind": actor.kind.value, "id": actor.id, "name": actor.name} for actor in known.values()
    )
