"""POST notebooks/{id}/restore: an earlier moment, or a copy, brought back by a new change."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from anode_jlab.errors import BadRequest, CopyNotFound, Gone, NotebookNotFound, SeqNotFound
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import LARGEST_NUMBER, AnodeHandler
from anode_jlab.handlers.export import position_of
from anode_jlab.handlers.operation import Operation, Position
from anode_jlab.ids import CellId, NotebookId, RandomIds, Seq
from anode_jlab.rooms.restoring import restore_all, restore_beside
from anode_jlab.rooms.room import Room


class Restore(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes back: the content of the moment ``seq``, or that of a ``copy``, by its name.

    ``cells``: only these. ``seen`` is the seq up to which the person knows the notebook: what was
    changed later stays.
    """

    seq: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_NUMBER)] | None = None
    copy: str | None = None
    cells: Annotated[tuple[CellId, ...], msgspec.Meta(min_length=1)] | None = None
    seen: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_NUMBER)] | None = None


class RestoreHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/restore``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Bring back the content of an earlier moment or of a copy",
            body=Restore,
            reply=Position,
            errors=(NotebookNotFound, SeqNotFound, CopyNotFound, Gone),
        )
    }

    @requires("write", "contents")
    async def post(self, notebook_id: str) -> None:
        wanted = self.body(Restore)
        if (wanted.seq is None) == (wanted.copy is None):
            raise BadRequest("Tell either a seq or a copy.")
        room = await self.services.rooms.open(NotebookId(notebook_id))
        content, seq = await self._content(room, wanted)

        if wanted.cells is None and wanted.seen is None:
            await restore_all(room, content, seq, self.actor)
        else:
            await restore_beside(
                room,
                content,
                seq,
                self.actor,
                seen=None if wanted.seen is None else Seq(wanted.seen),
                cells=wanted.cells,
                ids=RandomIds(),
            )
        self.reply(position_of(room))

    async def _content(self, room: Room, wanted: Restore) -> tuple[Any, Seq]:
        if wanted.copy is not None:
            return await self.services.copies.content(room.notebook_id, wanted.copy)
        seq = Seq(wanted.seq or 0)
        return await room.kind.at(room.log, seq), seq
