"""notebooks/{id}/executions: ask for cells to be run, look at a run, take it back, move it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from anode_jlab.errors import (
    CellNotFound,
    ExecutionNotFound,
    NotAllowed,
    NotebookNotFound,
    NotExecutable,
    NotPossibleNow,
    SourceNotArrived,
)
from anode_jlab.events.execution import ExecutionError, OnError
from anode_jlab.events.wire import time_to_wire
from anode_jlab.execution.notebook_runs import NotebookRuns
from anode_jlab.execution.request import After, CellToRun
from anode_jlab.handlers.access import is_stable, requires
from anode_jlab.handlers.base import LARGEST_NUMBER, AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import CellId, ExecutionId, NotebookId, PeerNumber
from anode_jlab.materializers.execution import ExecutionState, ExecutionStatus
from anode_jlab.materializers.wire import people_of

ExecutionName = Annotated[str, msgspec.Meta(pattern="^[a-zA-Z0-9_-]{1,64}$")]

MOST_CELLS = 10_000
"""Cells of one request: as many as the largest notebook has."""


class CellBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cell to run, and the text as it was seen. ``source`` runs even if the cell has another text
    by now. With ``source_sha256`` (hex, of UTF-8) the cell's text runs, and must be that one; with
    neither, whatever it is at the moment."""

    cell_id: str
    execution_id: ExecutionName | None = None
    source: str | None = None
    source_sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")] | None = None


class AfterBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last change sent before: HELLO's ``client``, and the ordinal as ACK counts."""

    client: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_NUMBER)]
    n: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_NUMBER)]


class ExecuteBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cells to run in this order, as one batch."""

    cells: Annotated[tuple[CellBody, ...], msgspec.Meta(min_length=1, max_length=MOST_CELLS)]
    on_error: OnError = OnError.STOP
    after: AfterBody | None = None


class Queued(msgspec.Struct, frozen=True, kw_only=True):
    """An execution and where it is in its life."""

    execution_id: ExecutionId
    cell_id: CellId
    status: ExecutionStatus


class QueuedBatch(msgspec.Struct, frozen=True, kw_only=True):
    """The executions of a request, in its order."""

    executions: tuple[Queued, ...]


class ExecutionBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One execution; times are ISO 8601 in UTC, null while they are not known. ``reason`` tells why
    it was cancelled or lost, ``detail`` more of it for people."""

    execution_id: ExecutionId
    cell_id: CellId
    status: ExecutionStatus
    requested_by: dict[str, Any]
    requested_at: str
    started_at: str | None
    completed_at: str | None
    duration_ms: float | None
    execution_count: int | None
    error: ExecutionError | None = None
    reason: str = ""
    detail: str = ""


class MoveBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Before which waiting execution it shall run; null for the end."""

    before: ExecutionName | None


class Cancelled(msgspec.Struct, frozen=True, kw_only=True):
    """The request to stop was taken; the events tell when it has."""

    cancelled: Literal[True] = True


def queued(states: list[ExecutionState]) -> QueuedBatch:
    """What a request is answered with."""
    return QueuedBatch(
        executions=tuple(
            Queued(execution_id=run.id, cell_id=run.cell_id, status=run.status) for run in states
        )
    )


class RunsDoor(AnodeHandler):
    """What the routes of runs share."""

    async def runs(self, notebook_id: str) -> NotebookRuns:
        """The notebook's runs, for those who may execute in it."""
        role = await self.role()
        if not role.may_execute:
            raise NotAllowed("You may not run code in this notebook.")
        return await self.services.executions.of(NotebookId(notebook_id))


class ExecutionsHandler(RunsDoor):
    """``anode/api/notebooks/{id}/executions``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Run cells, in this order; the answer does not wait for their end",
            body=ExecuteBody,
            reply=QueuedBatch,
            status=202,
            errors=(
                NotebookNotFound,
                NotExecutable,
                CellNotFound,
                NotPossibleNow,
                SourceNotArrived,
            ),
        ),
        "delete": Operation(
            summary="Take back all that waits and break off what runs",
            reply=Cancelled,
            errors=(NotebookNotFound,),
        ),
    }

    @requires("execute", "kernels")
    async def post(self, notebook_id: str) -> None:
        body = self.body(ExecuteBody)
        runs = await self.runs(notebook_id)
        cells = [
            CellToRun(
                cell_id=CellId(cell.cell_id),
                execution_id=ExecutionId(cell.execution_id or self.services.ids.execution()),
                source=cell.source,
                source_sha256=cell.source_sha256,
            )
            for cell in body.cells
        ]
        after = None
        if body.after is not None:
            after = After(client=PeerNumber(body.after.client), n=body.after.n)
        states = await runs.request(
            cells,
            on_error=body.on_error,
            actor=self.actor,
            after=after,
            shared=not is_stable(self),
        )
        self.reply(queued(states), status=202)

    @requires("execute", "kernels")
    async def delete(self, notebook_id: str) -> None:
        runs = await self.runs(notebook_id)
        await runs.cancel_all(self.actor)
        self.reply(Cancelled())


class ExecutionHandler(RunsDoor):
    """``anode/api/notebooks/{id}/executions/{execution_id}``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="What became of an execution",
            reply=ExecutionBody,
            errors=(NotebookNotFound, ExecutionNotFound),
        ),
        "delete": Operation(
            summary="Take an execution back, or break it off when it runs",
            reply=Cancelled,
            errors=(NotebookNotFound, ExecutionNotFound, NotPossibleNow),
        ),
        "patch": Operation(
            summary="Move a waiting execution in the queue",
            body=MoveBody,
            reply=QueuedBatch,
            errors=(NotebookNotFound, ExecutionNotFound, NotPossibleNow),
        ),
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str, execution_id: str) -> None:
        notebook = NotebookId(notebook_id)
        run = await self.services.executions.find(notebook, ExecutionId(execution_id))
        room = await self.services.rooms.open(notebook)
        kind, _, name = run.requested_by.partition(":")
        unknown = {"kind": kind, "id": name, "name": name}
        self.reply(
            ExecutionBody(
                execution_id=run.id,
                cell_id=run.cell_id,
                status=run.status,
                requested_by=people_of(room.state).get(run.requested_by, unknown),
                requested_at=time_to_wire(run.requested_at),
                started_at=None if run.started_at is None else time_to_wire(run.started_at),
                completed_at=None if run.completed_at is None else time_to_wire(run.completed_at),
                duration_ms=run.duration_ms,
                execution_count=run.execution_count,
                error=run.error,
                reason=run.reason,
                detail=run.detail,
            )
        )

    @requires("execute", "kernels")
    async def delete(self, notebook_id: str, execution_id: str) -> None:
        runs = await self.runs(notebook_id)
        await runs.cancel(ExecutionId(execution_id), self.actor)
        self.reply(Cancelled())

    @requires("execute", "kernels")
    async def patch(self, notebook_id: str, execution_id: str) -> None:
        before = self.body(MoveBody).before
        runs = await self.runs(notebook_id)
        wanted = None if before is None else ExecutionId(before)
        await runs.reorder(ExecutionId(execution_id), wanted, self.actor)
        self.reply(queued(runs.waiting))
