"""GET notebooks/{id}/document: the notebook as nbformat JSON, now or as it was at a seq."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, ClassVar

import msgspec

from anode_jlab.documents.history import notebook_at
from anode_jlab.documents.ipynb import notebook_from_update
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import Gone, NotebookNotFound, SeqNotFound
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import LARGEST_NUMBER, AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.handlers.reading import log_of
from anode_jlab.ids import NotebookId, Seq


class DocumentQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``seq`` is the moment; the present when it is absent."""

    seq: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_NUMBER)] | None = None


class DocumentHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/document``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="The notebook as nbformat JSON at a seq",
            query=DocumentQuery,
            reply=dict[str, Any],
            errors=(NotebookNotFound, SeqNotFound, Gone),
        )
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        seq, notebook = self.query(DocumentQuery).seq, NotebookId(notebook_id)
        if seq is None:
            room = await self.services.rooms.open(notebook)
            update = await room.shown(NotebookDocument.encode)
            self.reply_json(await asyncio.to_thread(_as_json, update))
            return
        async with log_of(self.services, notebook) as log:
            then = await notebook_at(log, Seq(seq))
        self.reply_json(await asyncio.to_thread(msgspec.json.encode, then))


def _as_json(update: bytes) -> bytes:
    return msgspec.json.encode(notebook_from_update(update))
