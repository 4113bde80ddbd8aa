"""POST notebooks/{id}/revert: what an assistant changed, taken back."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from anode_jlab.ai.reverting import Reverted, revert
from anode_jlab.errors import BadRequest, Gone, NotebookNotFound
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import AssistantRunId, CallId, NotebookId

MOST_CALLS = 1000


class RevertBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """These calls of tools, or all of an assistant's run."""

    call_ids: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_CALLS)] = ()
    run_id: str | None = None


class RevertHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/revert``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Take back what an assistant changed; what people did since then stays",
            body=RevertBody,
            reply=Reverted,
            errors=(NotebookNotFound, BadRequest, Gone),
        )
    }

    @requires("write", "contents")
    async def post(self, notebook_id: str) -> None:
        body = self.body(RevertBody)
        room = await self.services.rooms.open(NotebookId(notebook_id))
        run_id = None if body.run_id is None else AssistantRunId(body.run_id)
        calls = [CallId(call_id) for call_id in body.call_ids]
        with room.held():
            self.reply(await revert(room, self.actor, call_ids=calls, run_id=run_id))
