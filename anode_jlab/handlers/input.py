"""POST notebooks/{id}/input: the line that running code asked for."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from anode_jlab.errors import ExecutionNotFound, NotebookNotFound, NotPossibleNow
from anode_jlab.handlers.access import is_stable, requires
from anode_jlab.handlers.executions import ExecutionName, RunsDoor
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import ExecutionId


class InputBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer, without the line end. It is not logged."""

    execution_id: ExecutionName
    value: str


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """The line went to the kernel."""

    execution_id: str


class InputHandler(RunsDoor):
    """``anode/api/notebooks/{id}/input``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Answer input() of a run that you asked for",
            body=InputBody,
            reply=Answered,
            errors=(NotebookNotFound, ExecutionNotFound, NotPossibleNow),
        )
    }

    @requires("execute", "kernels")
    async def post(self, notebook_id: str) -> None:
        body = self.body(InputBody)
        runs = await self.runs(notebook_id)
        await runs.answer(
            ExecutionId(body.execution_id),
            body.value,
            self.actor,
            shared=not is_stable(self),
        )
        self.reply(Answered(execution_id=body.execution_id))
