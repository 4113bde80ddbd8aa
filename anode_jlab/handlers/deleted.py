"""GET notebooks/{id}/deleted: the cells that were deleted, with what they held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

import msgspec

from anode_jlab.documents.last_moments import LastMoments
from anode_jlab.errors import NotebookNotFound
from anode_jlab.eventlog.base import EventLog
from anode_jlab.events.content import CellDeleted
from anode_jlab.events.event import Envelope
from anode_jlab.events.wire import time_to_wire
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import CellId, NotebookId, Seq

MOST_CELLS = 100
"""Each moment at which cells were deleted is built anew for its text."""


class DeletedQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many, the latest first."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_CELLS)] = 20


class Deleted(msgspec.Struct, frozen=True, kw_only=True):
    """A cell as it was at ``seq``, the last moment of its life; ``source`` is None where that was
    purged or lost."""

    id: str
    type: str
    source: str | None
    seq: int
    deleted_by: dict[str, str]
    deleted_at: str


class Cells(msgspec.Struct, frozen=True, kw_only=True):
    """``more`` tells that there are others, deleted earlier."""

    cells: tuple[Deleted, ...]
    more: bool


class DeletedHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/deleted``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="The deleted cells with what they held, the latest first",
            query=DeletedQuery,
            reply=Cells,
            errors=(NotebookNotFound,),
        )
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        limit = self.query(DeletedQuery).limit
        room = await self.services.rooms.open(NotebookId(notebook_id))
        gone = {one.cell.id: one.cell.type for one in room.state.deleted}
        deletions = await _last_deletions(room.log, frozenset(gone))
        lives = LastMoments(room.log)
        found: list[Deleted] = []
        for deletion in deletions[:limit]:
            event = deletion.event
            assert isinstance(event, CellDeleted)
            seq, source = await lives.of(event.cell_id, deletion.seq)
            found.append(_told(deletion, event.cell_id, gone[event.cell_id], seq, source))
        self.reply(Cells(cells=tuple(found), more=len(deletions) > limit))


def _told(by: Envelope, cell: CellId, type_: str, seq: Seq, source: str | None) -> Deleted:
    actor = by.actor
    return Deleted(
        id=cell,
        type=type_,
        source=source,
        seq=seq,
        deleted_by={"kind": actor.kind.value, "id": actor.id, "name": actor.name},
        deleted_at=time_to_wire(by.time),
    )


async def _last_deletions(log: EventLog, gone: frozenset[CellId]) -> Sequence[Envelope]:
    """The last deletion of each cell that is gone, the latest first."""
    last: dict[CellId, Envelope] = {}
    for envelope in await log.read(Seq(0), names=frozenset({CellDeleted.event_name})):
        if isinstance(envelope.event, CellDeleted) and envelope.event.cell_id in gone:
            last.pop(envelope.event.cell_id, None)
            last[envelope.event.cell_id] = envelope
    return list(reversed(last.values()))
