"""POST notebooks/{id}/undo: what a change of the file by another program or a restore did, taken
back."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from anode_jlab.errors import Gone, NotebookNotFound, SeqNotFound
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import LARGEST_NUMBER, AnodeHandler
from anode_jlab.handlers.export import position_of
from anode_jlab.handlers.operation import Operation, Position
from anode_jlab.ids import NotebookId, RandomIds, Seq
from anode_jlab.rooms.undoing import take_back


class Undo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The seq of the ``v1.ExternalChangeMerged`` or ``v1.Restored`` whose change is taken back."""

    seq: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_NUMBER)]


class UndoHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/undo``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Take back a change that was taken from the file, or a restore; "
            "what came later stays",
            body=Undo,
            reply=Position,
            errors=(NotebookNotFound, SeqNotFound, Gone),
        )
    }

    @requires("write", "contents")
    async def post(self, notebook_id: str) -> None:
        seq = Seq(self.body(Undo).seq)
        room = await self.services.rooms.open(NotebookId(notebook_id))
        await take_back(room, seq, self.actor, RandomIds())
        self.reply(position_of(room))
