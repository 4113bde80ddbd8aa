"""What follows from the state of a notebook's queue: pure decisions, as events to be logged."""

from __future__ import annotations

from collections.abc import Sequence

from anode_jlab.errors import ExecutionNotFound, NotAllowed, NotPossibleNow
from anode_jlab.events.actor import ActorKind
from anode_jlab.events.event import Event
from anode_jlab.events.execution import (
    ExecutionCancelled,
    ExecutionLost,
    ExecutionReordered,
    OnError,
)
from anode_jlab.events.runtime import RuntimeSessionTerminated, Termination
from anode_jlab.ids import ExecutionId
from anode_jlab.materializers.execution import ExecutionState, ExecutionStatus
from anode_jlab.materializers.run_table import RunTable

WAITING = (ExecutionStatus.PENDING, ExecutionStatus.ASSIGNED)


def next_pending(table: RunTable) -> ExecutionState | None:
    """What runs next."""
    return next((run for run in table.queue if run.status is ExecutionStatus.PENDING), None)


def executing(table: RunTable) -> ExecutionState | None:
    """What runs at the moment."""
    return next((run for run in table.queue if run.status is ExecutionStatus.EXECUTING), None)


def stop_batch(table: RunTable, failed: ExecutionState, reason: str) -> list[Event]:
    """The rest of a batch does not run when one of its cells did not complete."""
    if failed.on_error is OnError.CONTINUE:
        return []
    return [
        _cancelled(run, reason)
        for run in table.queue
        if run.batch_id == failed.batch_id and run.id != failed.id and run.status in WAITING
    ]


def cancel(table: RunTable, execution_id: ExecutionId) -> list[Event]:
    """Take back one that has not started. Raises NotPossibleNow when it ended already."""
    run = table.find(execution_id)
    if run is None:
        raise ExecutionNotFound
    if run.status not in WAITING:
        raise NotPossibleNow(f"The execution is {run.status.value} already.")
    return [_cancelled(run, "requested")]


def cancel_all(table: RunTable, reason: str = "requested", detail: str = "") -> list[Event]:
    """Take back everything that has not started."""
    return [_cancelled(run, reason, detail) for run in table.queue if run.status in WAITING]


def reorder(table: RunTable, execution_id: ExecutionId, before: ExecutionId | None) -> list[Event]:
    """Move one that waits. Raises ExecutionNotFound, and NotPossibleNow for what does not wait."""
    for wanted in (execution_id, before):
        run = None if wanted is None else table.find(wanted)
        if wanted is not None and run is None:
            raise ExecutionNotFound
        if run is not None and run.status is not ExecutionStatus.PENDING:
            raise NotPossibleNow(f"The execution is {run.status.value}, it does not wait.")
    if execution_id == before:
        raise NotPossibleNow("An execution cannot stand before itself.")
    return [ExecutionReordered(execution_id=execution_id, before=before)]


def may_answer(run: ExecutionState, actor: str) -> None:
    """Whether this actor (its key) may give the line that a run waits for.

    What an assistant asked for anybody may answer. Raises NotPossibleNow when it waits for none,
    NotAllowed when somebody else asked for the run.
    """
    if run.input is None:
        raise NotPossibleNow("The execution does not wait for input.")
    if run.requested_by != actor and not run.requested_by.startswith(f"{ActorKind.ASSISTANT}:"):
        raise NotAllowed("Only the person who asked for the run may answer.")


def recover(table: RunTable) -> list[Event]:
    """What an earlier life of the server left: its end was not seen, so it is told as lost."""
    events: list[Event] = []
    if table.session is not None:
        events.append(
            RuntimeSessionTerminated(session_id=table.session.id, reason=Termination.SERVER_STOP)
        )
    running = executing(table)
    if running is not None:
        events.append(
            ExecutionLost(execution_id=running.id, cell_id=running.cell_id, reason="server_stopped")
        )
        events += stop_batch(table, running, "batch_stopped")
    return events


def states(table: RunTable, ids: Sequence[ExecutionId]) -> list[ExecutionState]:
    """Executions by their ids. Raises ExecutionNotFound."""
    found = [table.find(execution_id) for execution_id in ids]
    if None in found:
        raise ExecutionNotFound
    return [run for run in found if run is not None]


def _cancelled(run: ExecutionState, reason: str, detail: str = "") -> ExecutionCancelled:
    return ExecutionCancelled(
        execution_id=run.id, cell_id=run.cell_id, reason=reason, detail=detail
    )
