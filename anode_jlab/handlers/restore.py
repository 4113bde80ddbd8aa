"""POST notebooks/{id}/restore: an earlier moment brought back by a new change."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from anode_jlab.documents.history import notebook_at
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.replace import replace_content
from anode_jlab.errors import Gone, NotebookNotFound, SeqNotFound
from anode_jlab.events.document import Restored
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import LARGEST_NUMBER, AnodeHandler
from anode_jlab.handlers.export import position_of
from anode_jlab.handlers.operation import Operation, Position
from anode_jlab.ids import NotebookId, Seq

ORIGIN = "restore"


class Restore(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The moment whose content comes back."""

    seq: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_NUMBER)]


class RestoreHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/restore``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Bring back the content of an earlier moment",
            body=Restore,
            reply=Position,
            errors=(NotebookNotFound, SeqNotFound, Gone),
        )
    }

    @requires("write", "contents")
    async def post(self, notebook_id: str) -> None:
        seq = Seq(self.body(Restore).seq)
        room = await self.services.rooms.open(NotebookId(notebook_id))
        notebook = await notebook_at(room.log, seq, with_ids=True)

        def bring_back(document: NotebookDocument) -> None:
            replace_content(document, notebook, ORIGIN)

        await room.edit(self.actor, ORIGIN, bring_back, extra=[Restored(seq=seq)])
        self.reply(position_of(room))
