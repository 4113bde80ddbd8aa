"""When an AI cell's turn has come in a batch: once the execution before it has ended."""

from __future__ import annotations

from anode_jlab.clock import Clock
from anode_jlab.events.execution import OnError
from anode_jlab.execution.executions import Executions
from anode_jlab.ids import ExecutionId, NotebookId
from anode_jlab.materializers.execution import ExecutionState, ExecutionStatus

LOOK_SECONDS = 0.1
"""How often it is looked; nobody notices so little before a model answers."""


class BatchStopped(Exception):
    """The batch that the question was to be asked in was stopped."""


async def wait_for_turn(
    executions: Executions, notebook: NotebookId, after: ExecutionId, clock: Clock
) -> None:
    """Wait for the end of an execution. Raises BatchStopped when nothing may follow it,
    ExecutionNotFound."""
    while True:
        run = await executions.find(notebook, after)
        if run.status.is_final:
            if not _may_follow(run):
                raise BatchStopped
            return
        await clock.sleep(LOOK_SECONDS)


def _may_follow(run: ExecutionState) -> bool:
    if run.status is ExecutionStatus.COMPLETED:
        return True
    return run.status is ExecutionStatus.FAILED and run.on_error is OnError.CONTINUE
