"""GET notebooks/{id}/document: the notebook as nbformat JSON, now or as it was at a seq.

A text file is told as the contents API has it: ``{"type", "format", "content"}``.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, ClassVar

import msgspec

from anode_jlab.documents.history import notebook_at, text_at
from anode_jlab.documents.shared import SharedDocument
from anode_jlab.errors import Gone, NotebookNotFound, SeqNotFound
from anode_jlab.events.document import Kind
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
            update = await room.shown(SharedDocument.encode)
            content = await asyncio.to_thread(room.kind.to_file, update)
            await self._reply(notebook, room.kind.name, content)
            return
        kind = await self._kind(notebook)
        async with log_of(self.services, notebook) as log:
            at = text_at if kind is Kind.TEXT else notebook_at
            then: object = await at(log, Seq(seq))
        await self._reply(notebook, kind, then)

    async def _kind(self, notebook: NotebookId) -> Kind:
        entry = await self.services.catalogue.get(notebook)
        return Kind.NOTEBOOK if entry is None else entry.kind

    async def _reply(self, notebook: NotebookId, kind: Kind, content: Any) -> None:
        if kind is Kind.TEXT:
            whole = {"type": "file", "format": "text", "content": content}
        else:
            whole = await self.services.keeper.of(notebook).inlined(content)
        self.reply_json(await asyncio.to_thread(msgspec.json.encode, whole))
