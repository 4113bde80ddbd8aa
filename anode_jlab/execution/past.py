"""What only the log knows: executions that ended long ago, and the texts of those that waited."""

from __future__ import annotations

from anode_jlab.documents.history import document_at
from anode_jlab.errors import ExecutionNotFound
from anode_jlab.eventlog.base import EventLog
from anode_jlab.events.execution import ExecutionRequested
from anode_jlab.events.registry import name_of
from anode_jlab.ids import ExecutionId, RandomIds, Seq
from anode_jlab.materializers.execution import ExecutionState
from anode_jlab.materializers.notebook import actor_key
from anode_jlab.materializers.run_table import RUN_EVENTS, RunTable

RUN_NAMES = frozenset(kind.event_name for kind in RUN_EVENTS)


async def execution_in(log: EventLog, execution_id: ExecutionId) -> ExecutionState:
    """What the log says of an execution. Raises ExecutionNotFound."""
    table = RunTable()
    for envelope in await log.read(Seq(0), names=RUN_NAMES):
        if getattr(envelope.event, "execution_id", None) == execution_id:
            table.apply(envelope.event, actor_key(envelope.actor), envelope.time)
    found = table.find(execution_id)
    if found is None:
        raise ExecutionNotFound
    return found


async def source_at_request(log: EventLog, execution: ExecutionState) -> str:
    """The text of a cell as it was when its run was asked for."""
    name = ExecutionRequested.event_name
    for envelope in reversed(await log.read(Seq(0), names={name})):
        event = envelope.event
        assert isinstance(event, ExecutionRequested), name_of(event)
        if event.execution_id == execution.id:
            document = await document_at(log, envelope.seq, ids=RandomIds())
            try:
                cell = document.cell(execution.cell_id)
                return "" if cell is None else str(cell.get("source", ""))
            finally:
                document.close()
    raise ExecutionNotFound
