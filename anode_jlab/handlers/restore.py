"""POST notebooks/{id}/restore: an earlier moment, or a copy, brought back by a new change."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from anode_jlab.documents.shared import SharedDocument
from anode_jlab.errors import BadRequest, CopyNotFound, Gone, NotebookNotFound, SeqNotFound
from anode_jlab.events.document import Restored
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import LARGEST_NUMBER, AnodeHandler
from anode_jlab.handlers.export import position_of
from anode_jlab.handlers.operation import Operation, Position
from anode_jlab.ids import NotebookId, Seq
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.taken_out import taken_out

ORIGIN = "restore"


class Restore(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes back: the content of the moment ``seq``, or that of a ``copy``, by its name."""

    seq: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_NUMBER)] | None = None
    copy: str | None = None


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

        def bring_back(document: SharedDocument) -> None:
            room.kind.replace(document, content, ORIGIN)

        outside = taken_out(room.kind, content, room.state)
        await room.edit(self.actor, ORIGIN, bring_back, extra=[*outside, Restored(seq=seq)])
        self.reply(position_of(room))

    async def _content(self, room: Room, wanted: Restore) -> tuple[Any, Seq]:
        if wanted.copy is not None:
            return await self.services.copies.content(room.notebook_id, wanted.copy)
        seq = Seq(wanted.seq or 0)
        return await room.kind.at(room.log, seq), seq
