"""GET notebooks/{id}/blame: who wrote which line of a cell, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec

from anode_jlab.errors import CellNotFound, Gone, NotebookNotFound
from anode_jlab.events.wire import time_to_wire
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import CellId, NotebookId
from anode_jlab.materializers.authored import Origin, Passage
from anode_jlab.rooms.blamer import Answer


class BlameQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The id of a cell that the notebook has now."""

    cell: str


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote, from the event ``seq`` at ``time`` on for about a minute. ``kind`` is ``purged``,
    and there is no name, where the history was made unreadable."""

    seq: int
    time: str
    kind: str
    id: str
    name: str


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """``lines`` lines from line ``first`` on (the cell's first is 0), by ``authors``: places in the
    answer's list, the latest first."""

    first: int
    lines: int
    authors: tuple[int, ...]


class Blame(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of the cell as they were at ``seq``, and who wrote what is in them."""

    seq: int
    lines: tuple[Lines, ...]
    authors: tuple[Author, ...]


class BlameHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/blame``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="Who wrote which line of a cell, and when",
            query=BlameQuery,
            reply=Blame,
            errors=(NotebookNotFound, CellNotFound, Gone),
        )
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        query = self.query(BlameQuery)
        room = await self.services.rooms.open(NotebookId(notebook_id))
        with room.held():
            answer = await room.blamer.of(CellId(query.cell))
        self.reply(_to_wire(answer))


def _to_wire(answer: Answer) -> Blame:
    places: dict[int, int] = {}
    lines = tuple(_lines(passage, places) for passage in answer.passages)
    return Blame(seq=answer.seq, lines=lines, authors=_authors(answer.origins, list(places)))


def _lines(passage: Passage, places: dict[int, int]) -> Lines:
    authors = tuple(places.setdefault(origin, len(places)) for origin in passage.origins)
    return Lines(first=passage.first, lines=passage.lines, authors=authors)


def _authors(origins: Sequence[Origin], wanted: Sequence[int]) -> tuple[Author, ...]:
    return tuple(_author(origins[place]) for place in wanted)


def _author(origin: Origin) -> Author:
    actor, time = origin.actor, time_to_wire(origin.time)
    if actor is None:
        return Author(seq=origin.seq, time=time, kind="purged", id="", name="")
    return Author(seq=origin.seq, time=time, kind=actor.kind.value, id=actor.id, name=actor.name)
