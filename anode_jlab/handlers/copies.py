"""GET notebooks/{id}/copies: the plain copies of a notebook or text, and what is in one."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from anode_jlab.errors import CopyNotFound
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import NotebookId, Seq
from anode_jlab.rooms.copies import is_text


class CopyListed(msgspec.Struct, frozen=True, kw_only=True):
    """A copy: ``name`` it to read or restore it. ``time`` in seconds of the Unix epoch, ``size``
    in bytes, ``cells`` of a notebook (of a text: lines), ``seq`` the moment of the history that it
    was made at."""

    name: str
    time: float
    seq: Seq
    cells: int
    size: int


class CopiesHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/copies``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="The plain copies of a notebook, the newest first",
            reply=tuple[CopyListed, ...],
        )
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        copies = await self.services.copies.of(NotebookId(notebook_id))
        self.reply(
            [
                CopyListed(
                    name=copy.name, time=copy.time, seq=copy.seq, cells=copy.cells, size=copy.size
                )
                for copy in copies
            ]
        )


class CopyHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/copies/{copy}``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="A plain copy, as nbformat JSON or as a contents model with the text",
            reply=dict[str, Any],
            errors=(CopyNotFound,),
        )
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str, copy: str) -> None:
        data = await self.services.copies.read(NotebookId(notebook_id), copy)
        if is_text(copy):
            text, _ = await self.services.copies.content(NotebookId(notebook_id), copy)
            data = msgspec.json.encode({"type": "file", "format": "text", "content": text})
        self.reply_json(data)
