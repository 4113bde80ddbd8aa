"""Tools that run cells and steer the kernel, by the queue that everybody's runs go through."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

from msgspec import Meta

from anode_jlab.ai.reading.outputs import summaries
from anode_jlab.ai.reading.pictures import Image, picture_of
from anode_jlab.ai.reading.view import View, VisibleCell
from anode_jlab.ai.tools.changing import current
from anode_jlab.ai.tools.read_tools import MOST_CELLS, CellRef, NoArguments, seen, whole_outputs
from anode_jlab.ai.tools.spec import Arguments, Call, Kind, Preview, Tool, ToolResult, told
from anode_jlab.errors import NotPossibleNow
from anode_jlab.events import execution
from anode_jlab.events.execution import OnError
from anode_jlab.execution.notebook_runs import NotebookRuns
from anode_jlab.execution.request import CellToRun, source_hash
from anode_jlab.ids import ExecutionId, Seq
from anode_jlab.materializers.execution import ExecutionState, ExecutionStatus
from anode_jlab.rooms.room import Room

OUTPUT_CHARACTERS = 20_000
"""Of each output of a run: a traceback is told whole."""

MOST_IMAGES = 4
"""Of one run."""

STOP_SECONDS = 5.0
"""How long code may take to end that was broken off."""

LONGEST_WAIT_SECONDS = 3600

ENDS = (execution.ExecutionCompleted, execution.ExecutionCancelled, execution.ExecutionLost)

Wait = Annotated[
    int,
    Meta(ge=1, le=LONGEST_WAIT_SECONDS, description="How many seconds to wait; it goes on then."),
]


class ExecuteCell(Arguments, frozen=True, kw_only=True):
    """Which."""

    cell_id: CellRef
    wait: Wait = 600


class RunCells(Arguments, frozen=True, kw_only=True):
    """Which, in which order."""

    cell_ids: Annotated[
        tuple[str, ...], Meta(min_length=1, max_length=MOST_CELLS, description="In this order.")
    ]
    wait: Wait = 600


class _Asked(NamedTuple):
    room: Room
    runs: NotebookRuns
    ids: tuple[ExecutionId, ...]
    before: Seq


async def _preview_run(call: Call, cell_ids: Sequence[str]) -> Preview:
    view = await seen(call)
    cells = [_code(view, cell_id) for cell_id in cell_ids]
    return Preview(base=view.seq, cell_id=cells[0].id if len(cells) == 1 else None)


async def _preview_execute(call: Call, args: ExecuteCell) -> Preview:
    return await _preview_run(call, (args.cell_id,))


async def _preview_cells(call: Call, args: RunCells) -> Preview:
    return await _preview_run(call, args.cell_ids)


async def _preview_kernel(call: Call, args: NoArguments) -> Preview:
    return Preview(base=(await call.reach.rooms.open(call.turn.notebook)).head)


async def _execute(call: Call, args: ExecuteCell) -> ToolResult:
    return await _run(call, (args.cell_id,), args.wait)


async def _run_cells(call: Call, args: RunCells) -> ToolResult:
    return await _run(call, args.cell_ids, args.wait)


async def _run(call: Call, cell_ids: Sequence[str], wait: float) -> ToolResult:
    """Run what was looked at when it was allowed, and nothing else; wait, and tell."""
    sources = [(await current(call, cell_id, call.base))[1] for cell_id in cell_ids]
    asked = await _ask(call, sources)
    with asked.room.held():
        await _until_ended(call, asked, wait)
        return await _told(call, asked)


async def _ask(call: Call, cells: Sequence[VisibleCell]) -> _Asked:
    room = await call.reach.rooms.open(call.turn.notebook)
    runs = await call.reach.executions.of(call.turn.notebook)
    wanted = [
        CellToRun(
            cell_id=cell.id,
            execution_id=call.reach.ids.execution(),
            source_sha256=source_hash(cell.source),
        )
        for cell in cells
    ]
    before = room.head
    states = await runs.request(wanted, on_error=OnError.STOP, actor=call.turn.assistant)
    return _Asked(room, runs, tuple(state.id for state in states), before)


async def _until_ended(call: Call, asked: _Asked, wait: float) -> None:
    """Until all have ended, the time is over, or the turn is stopped: then they are taken back."""
    ended = asyncio.ensure_future(_ended(asked))
    stopped = asyncio.ensure_future(call.turn.cancelled.wait())
    try:
        await asyncio.wait({ended, stopped}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
        if stopped.done() and not ended.done():
            await _take_back(call, asked)
            await asyncio.wait({ended}, timeout=STOP_SECONDS)
    except asyncio.CancelledError:
        await asyncio.shield(_take_back(call, asked))
        raise
    finally:
        for task in (ended, stopped):
            task.cancel()


async def _ended(asked: _Asked) -> None:
    waiting = set(asked.ids)
    async for envelopes in asked.room.log.subscribe(asked.before):
        waiting -= {e.event.execution_id for e in envelopes if isinstance(e.event, ENDS)}
        if not waiting:
            return


async def _take_back(call: Call, asked: _Asked) -> None:
    for execution_id in asked.ids:
        state = await asked.runs.find(execution_id)
        if state is not None and not state.status.is_final:
            await asked.runs.cancel(execution_id, call.turn.assistant)


async def _told(call: Call, asked: _Asked) -> ToolResult:
    view, ran, images = await seen(call), [], list[Image]()
    for execution_id in asked.ids:
        state = await asked.runs.find(execution_id)
        if state is None:
            continue
        cell = view.find(state.cell_id)
        ran.append(_one(view, cell, state))
        if cell is not None and state.status.is_final:
            pictures = map(picture_of, await whole_outputs(call, cell))
            images += [one for one in pictures if one is not None]
    found = await asked.room.log.read(asked.before, names=frozenset(e.event_name for e in ENDS))
    ours = tuple(e.seq for e in found if getattr(e.event, "execution_id", "") in asked.ids)
    return told({"runs": ran}, images=tuple(images[:MOST_IMAGES]), events=ours)


def _one(view: View, cell: VisibleCell | None, state: ExecutionState) -> dict[str, Any]:
    """A run and its outputs, unless the cell was hidden or deleted meanwhile."""
    shown: dict[str, Any] = {"cell_id": state.cell_id, "status": state.status.value}
    if not state.status.is_final:
        shown["hint"] = "It goes on; read the cell later."
    if state.error is not None:
        value = view.covered(f"{state.error.name}: {state.error.value}")
        shown["error"] = value
    if state.status is ExecutionStatus.CANCELLED or state.reason:
        shown["reason"] = state.reason
    if cell is not None and state.status in _RAN:
        shown["count"] = state.execution_count
        shown["outputs"] = summaries(cell.outputs, view.covered, OUTPUT_CHARACTERS)
    return shown


_RAN = (ExecutionStatus.EXECUTING, ExecutionStatus.COMPLETED, ExecutionStatus.FAILED)


def _code(view: View, cell_id: str) -> VisibleCell:
    cell = view.cell(cell_id)
    if cell.type != "code" or cell.is_ai:
        raise NotPossibleNow(f"Cell {cell.id} is no code cell.", hint="Run code cells only.")
    return cell


async def _interrupt(call: Call, args: NoArguments) -> ToolResult:
    runs = await call.reach.executions.of(call.turn.notebook)
    await runs.interrupt()
    return told({"interrupted": True})


async def _restart(call: Call, args: NoArguments) -> ToolResult:
    runs = await call.reach.executions.of(call.turn.notebook)
    await runs.restart()
    return told({"restarted": True, "note": "All variables are gone."})


RUN_TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="execute_cell",
        description="Run a code cell; tells its outputs, of an error the whole traceback.",
        kind=Kind.RUN,
        arguments=ExecuteCell,
        call=_execute,
        preview=_preview_execute,
    ),
    Tool(
        name="run_cells",
        description="Run code cells one after another, up to the first error.",
        kind=Kind.RUN,
        arguments=RunCells,
        call=_run_cells,
        preview=_preview_cells,
    ),
    Tool(
        name="interrupt",
        description="Break off what the kernel runs.",
        kind=Kind.RUN,
        arguments=NoArguments,
        call=_interrupt,
        preview=_preview_kernel,
    ),
    Tool(
        name="restart",
        description="Restart the kernel; all variables are lost.",
        kind=Kind.RUN,
        arguments=NoArguments,
        call=_restart,
        preview=_preview_kernel,
        always_asks=True,
    ),
)
