"""POST notebooks/{id}/context: what would be sent to a model, before anything is."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from anode_jlab.ai.reading import context
from anode_jlab.ai.reading.context import DEFAULT_WINDOW, Manifest
from anode_jlab.ai.reading.file_text import FileReader
from anode_jlab.ai.reading.view import view_of
from anode_jlab.errors import BadRequest, CellNotFound, NotebookNotFound
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import NotebookId

MOST_MENTIONS = 100


class Mention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cell or a file that a question names; one of the two."""

    cell_id: str | None = None
    path: str | None = None


class ContextBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What will be asked. ``window`` is how many tokens the model takes, where that is known."""

    conversation_id: str | None = None
    cell_id: str | None = None
    text: str = ""
    provider: str = ""
    model: str = ""
    mentions: Annotated[tuple[Mention, ...], msgspec.Meta(max_length=MOST_MENTIONS)] = ()
    window: Annotated[int, msgspec.Meta(ge=1000)] = DEFAULT_WINDOW


class ContextHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/context``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="What of the notebook would be sent to a model with a question",
            body=ContextBody,
            reply=Manifest,
            errors=(NotebookNotFound, CellNotFound, BadRequest),
        )
    }

    @requires("read", "contents")
    async def post(self, notebook_id: str) -> None:
        body, reach = self.body(ContextBody), self.services.tools.reach
        view = await view_of(await self.services.rooms.open(NotebookId(notebook_id)))
        reader = FileReader(reach.folders, reach.catalogue, reach.rooms)
        paths = [one.path for one in body.mentions if one.path is not None]
        files = [context.File(path=path, text=await reader.read(path, view)) for path in paths]
        request = context.Request(
            cell_id=body.cell_id,
            text=body.text,
            mentions=tuple(one.cell_id for one in body.mentions if one.cell_id is not None),
            files=tuple(files),
            window=body.window,
        )
        self.reply(context.build(view, request))
