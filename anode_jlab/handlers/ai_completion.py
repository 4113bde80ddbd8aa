"""POST notebooks/{id}/completion: what could follow at the caret of a cell."""

from __future__ import annotations

import asyncio
from typing import Annotated, ClassVar

import msgspec

from anode_jlab.ai.completing import Wanted
from anode_jlab.ai.completion_text import Caret
from anode_jlab.ai.failures import AssistantOff, ModelFailed, NotInstalled, ProviderNotFound
from anode_jlab.errors import BadRequest, NotAllowed, NotebookNotFound
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import CellId, NotebookId

Text = Annotated[str, msgspec.Meta(max_length=100_000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class CaretBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cell as it is on the page, before and after the caret, and whom to ask."""

    cell_id: str
    before: Text
    after: Text = ""
    provider: Name
    model: Name


class CompletionBody(msgspec.Struct, frozen=True, kw_only=True):
    """What to insert at the caret; empty for nothing, and always for cells that are hidden."""

    text: str


class CompletionHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/completion``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Complete a cell at the caret; ends when the client goes away or asks again",
            body=CaretBody,
            reply=CompletionBody,
            errors=(
                NotebookNotFound,
                BadRequest,
                AssistantOff,
                NotInstalled,
                ProviderNotFound,
                ModelFailed,
            ),
        )
    }

    _gone: asyncio.Event | None = None

    def on_connection_close(self) -> None:
        if self._gone is not None:
            self._gone.set()
        super().on_connection_close()

    @requires("write", "contents")
    async def post(self, notebook_id: str) -> None:
        body, assistant = self.body(CaretBody), self.services.assistant
        assistant.check()
        if not (await self.role()).may_write:
            raise NotAllowed("You may not ask the assistant in this notebook.")
        self._gone = asyncio.Event()
        room = await self.services.rooms.open(NotebookId(notebook_id))
        wanted = Wanted(
            caret=Caret(cell_id=CellId(body.cell_id), before=body.before, after=body.after),
            provider=body.provider,
            model=body.model,
            by=self.actor,
            gone=self._gone,
        )
        with room.held():
            text = await assistant.completions.complete(room, wanted)
        self.reply(CompletionBody(text=text))
