"""What is known of one notebook's runs, ahead of the log by what is on its way there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from anode_jlab.clock import Clock
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.run_outputs import set_execution_state
from anode_jlab.events.actor import Actor
from anode_jlab.events.event import Event
from anode_jlab.events.execution import ExecutionCancelled, ExecutionCompleted, ExecutionLost
from anode_jlab.execution.journal import Journal, Write
from anode_jlab.execution.past import source_at_request
from anode_jlab.ids import CellId, ExecutionId, NotebookId
from anode_jlab.materializers.execution import ExecutionState
from anode_jlab.materializers.notebook import actor_key
from anode_jlab.materializers.run_table import RunTable
from anode_jlab.rooms.room import Room


class Book:
    """The queue of one notebook and its way into the log."""

    def __init__(self, notebook_id: NotebookId, journal: Journal, clock: Clock) -> None:
        self.notebook_id = notebook_id
        self.journal = journal
        self.table = RunTable()
        self.sources: dict[ExecutionId, str] = {}
        """The texts of what waits, as they were when it was asked for."""
        self.path = ""
        """Where the notebook is, as of the last look."""
        self._clock = clock

    async def room(self) -> Room:
        """The notebook's room, opened when it is not."""
        room = await self.journal.room()
        self.path = room.path
        return room

    async def source_of(self, run: ExecutionState) -> str:
        """The text of a run that waits, to be asked for once."""
        source = self.sources.pop(run.id, None)
        if source is not None:
            return source
        room = await self.room()
        return await source_at_request(room.log, run)

    def log(
        self, events: Sequence[Event], actor: Actor, write: Write | None = None
    ) -> asyncio.Future[None]:
        """Queue events, and a change of the document with them; the table knows them at once."""
        now = self._clock.now()
        for event in events:
            self.table.apply(event, actor_key(actor), now)
        return self.journal.put(actor, events, write)

    def idle_again(self, events: Sequence[Event]) -> Write:
        """Shows the cells of executions that end with these events as idle, unless they are
        queued again."""
        ended: dict[CellId, ExecutionId] = {
            event.cell_id: event.execution_id
            for event in events
            if isinstance(event, ExecutionCancelled | ExecutionCompleted | ExecutionLost)
        }

        def write(document: NotebookDocument) -> None:
            for cell_id, execution_id in ended.items():
                if not any(
                    run.cell_id == cell_id and run.id != execution_id for run in self.table.queue
                ):
                    set_execution_state(document, cell_id, "idle")

        return write

    def settle_cells(self, document: NotebookDocument) -> None:
        """Shows all cells as idle but those that are queued."""
        waiting = {run.cell_id for run in self.table.queue}
        for cell_id in document.cell_ids:
            if cell_id not in waiting:
                set_execution_state(document, cell_id, "idle")
