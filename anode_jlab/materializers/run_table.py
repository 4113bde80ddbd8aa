"""The fold of events about runs and runtimes: one table, for live queues and for replay.

An event that cannot follow (a second start, the end of what never began) changes nothing: logs may
hold such events, whatever wrote them, and the state stays one that makes sense.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from msgspec.structs import replace

from anode_jlab.events import execution, runtime
from anode_jlab.events.event import Event
from anode_jlab.ids import CellId, ExecutionId, SessionId
from anode_jlab.materializers.execution import (
    NO_RUNS,
    ExecutionState,
    ExecutionStatus,
    InputPrompt,
    RunsState,
    RuntimeSessionState,
)

EARLIER_KEPT = 100
"""Ended executions remembered beside the newest of each cell; older ones are in the log only."""

SESSIONS_KEPT = 20

Status = ExecutionStatus

FOLLOWS: Mapping[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.ASSIGNED, Status.CANCELLED}),
    Status.ASSIGNED: frozenset(
        {Status.PENDING, Status.ASSIGNED, Status.EXECUTING, Status.CANCELLED}
    ),
    Status.EXECUTING: frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.LOST}),
    Status.COMPLETED: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.LOST: frozenset(),
}
"""What may come after each status; everything else is refused."""


class RunTable:
    """Takes events in order, in place; ``state()`` gives the frozen value."""

    def __init__(self, start: RunsState = NO_RUNS) -> None:
        self._queue: list[ExecutionState] = list(start.queue)
        self._active: dict[ExecutionId, ExecutionState] = {run.id: run for run in start.queue}
        self._latest: dict[CellId, ExecutionState] = {run.cell_id: run for run in start.latest}
        self._earlier: dict[ExecutionId, ExecutionState] = {run.id: run for run in start.earlier}
        self._ended: dict[ExecutionId, ExecutionState] = {
            run.id: run for run in (*start.earlier, *start.latest)
        }
        self._sessions: list[RuntimeSessionState] = list(start.sessions)
        self._state: RunsState | None = start

    # --- reading ---------------------------------------------------------------------------------

    @property
    def queue(self) -> list[ExecutionState]:
        """What has not ended, in the order in which it will run."""
        return self._queue

    @property
    def session(self) -> RuntimeSessionState | None:
        """The living session, if there is one."""
        last = self._sessions[-1] if self._sessions else None
        return last if last is not None and last.ended_at is None else None

    @property
    def last_session(self) -> RuntimeSessionState | None:
        """The newest session, alive or not."""
        return self._sessions[-1] if self._sessions else None

    def find(self, execution_id: ExecutionId) -> ExecutionState | None:
        """An execution, unless it ended so long ago that only the log knows it."""
        return self._active.get(execution_id) or self._ended.get(execution_id)

    def state(self) -> RunsState:
        """The frozen value; the same object until something changes."""
        if self._state is None:
            self._state = RunsState(
                queue=tuple(self._queue),
                latest=tuple(self._latest.values()),
                earlier=tuple(self._earlier.values()),
                sessions=tuple(self._sessions),
            )
        return self._state

    # --- writing ---------------------------------------------------------------------------------

    def apply(self, event: Event, actor: str, time: float) -> bool:
        """Take in an event of ``actor`` (its key); whether it changed anything."""
        change = _CHANGES.get(type(event))
        if change is None or not change(self, event, actor, time):
            return False
        self._state = None
        return True

    def bury(self, cell_id: CellId) -> None:
        """A cell was deleted: its newest execution is none of a cell any more."""
        gone = self._latest.pop(cell_id, None)
        if gone is not None:
            self._supersede(gone)
            self._state = None

    def unbury(self, cell_id: CellId) -> None:
        """A deleted cell came back, and with it its newest execution that is still known."""
        for run in reversed(self._earlier.values()):
            if run.cell_id == cell_id and cell_id not in self._latest:
                del self._earlier[run.id]
                self._latest[cell_id] = run
                self._state = None
                return

    def _requested(self, event: execution.ExecutionRequested, actor: str, time: float) -> bool:
        if self.find(event.execution_id) is not None:
            return False
        run = ExecutionState(
            id=event.execution_id,
            cell_id=event.cell_id,
            batch_id=event.batch_id,
            on_error=event.on_error,
            status=Status.PENDING,
            requested_by=actor,
            requested_at=time,
        )
        self._queue.append(run)
        self._active[run.id] = run
        return True

    def _assigned(self, event: execution.ExecutionAssigned, actor: str, time: float) -> bool:
        return self._change(event.execution_id, Status.ASSIGNED, session_id=event.session_id)

    def _started(self, event: execution.ExecutionStarted, actor: str, time: float) -> bool:
        return self._change(
            event.execution_id,
            Status.EXECUTING,
            session_id=event.session_id,
            source_sha256=event.source_sha256,
            started_at=time,
        )

    def _completed(self, event: execution.ExecutionCompleted, actor: str, time: float) -> bool:
        return self._change(
            event.execution_id,
            Status(event.status.value),
            completed_at=time,
            duration_ms=event.duration_ms,
            execution_count=event.execution_count,
            error=event.error,
            input=None,
        )

    def _cancelled(self, event: execution.ExecutionCancelled, actor: str, time: float) -> bool:
        return self._change(
            event.execution_id,
            Status.CANCELLED,
            completed_at=time,
            reason=event.reason,
            detail=event.detail,
        )

    def _lost(self, event: execution.ExecutionLost, actor: str, time: float) -> bool:
        return self._change(
            event.execution_id, Status.LOST, completed_at=time, reason=event.reason, input=None
        )

    def _reordered(self, event: execution.ExecutionReordered, actor: str, time: float) -> bool:
        run = self._active.get(event.execution_id)
        if run is None or run.status is not Status.PENDING or event.before == event.execution_id:
            return False
        place = len(self._queue)
        if event.before is not None:
            before = self._active.get(event.before)
            if before is None or before.status is not Status.PENDING:
                return False
            place = self._queue.index(before)
        here = self._queue.index(run)
        del self._queue[here]
        self._queue.insert(place - (here < place), run)
        return True

    def _asked(self, event: execution.InputRequested, actor: str, time: float) -> bool:
        prompt = InputPrompt(prompt=event.prompt, password=event.password)
        return self._change(event.execution_id, None, input=prompt)

    def _answered(self, event: execution.InputProvided, actor: str, time: float) -> bool:
        return self._change(event.execution_id, None, input=None)

    def _change(self, execution_id: ExecutionId, status: Status | None, **fields: Any) -> bool:
        run = self._active.get(execution_id)
        if run is None:
            return False
        if status is None:
            if run.status is not Status.EXECUTING:
                return False
        elif status not in FOLLOWS[run.status]:
            return False
        else:
            fields["status"] = status
        changed = replace(run, **fields)
        place = self._queue.index(run)
        if not changed.status.is_final:
            self._queue[place] = self._active[execution_id] = changed
            return True
        del self._queue[place], self._active[execution_id]
        self._ended[execution_id] = changed
        before = self._latest.pop(run.cell_id, None)
        if before is not None:
            self._supersede(before)
        self._latest[run.cell_id] = changed
        return True

    def _supersede(self, run: ExecutionState) -> None:
        self._earlier[run.id] = run
        if len(self._earlier) > EARLIER_KEPT:
            oldest = next(iter(self._earlier))
            del self._earlier[oldest], self._ended[oldest]

    # --- sessions --------------------------------------------------------------------------------

    def _session_started(
        self, event: runtime.RuntimeSessionStarted, actor: str, time: float
    ) -> bool:
        if self._place(event.session_id) is not None:
            return False
        self._sessions.append(
            RuntimeSessionState(
                id=event.session_id,
                kernel_id=event.kernel_id,
                kernel_name=event.kernel_name,
                language=event.language,
                capabilities=event.capabilities,
                status=runtime.SessionStatus.STARTING,
                started_by=actor,
                started_at=time,
            )
        )
        del self._sessions[:-SESSIONS_KEPT]
        return True

    def _session_changed(
        self, event: runtime.RuntimeSessionStatusChanged, actor: str, time: float
    ) -> bool:
        return self._change_session(event.session_id, status=event.status, foreign=event.foreign)

    def _session_ended(
        self, event: runtime.RuntimeSessionTerminated, actor: str, time: float
    ) -> bool:
        ended = self._change_session(
            event.session_id, ended_at=time, reason=event.reason, detail=event.detail, foreign=False
        )
        for place, run in enumerate(self._queue):
            if ended and run.status is Status.ASSIGNED and run.session_id == event.session_id:
                waiting = replace(run, status=Status.PENDING, session_id=None)
                self._queue[place] = self._active[run.id] = waiting
        return ended

    def _change_session(self, session_id: SessionId, **fields: Any) -> bool:
        place = self._place(session_id)
        if place is None or self._sessions[place].ended_at is not None:
            return False
        self._sessions[place] = replace(self._sessions[place], **fields)
        return True

    def _place(self, session_id: SessionId) -> int | None:
        for place in reversed(range(len(self._sessions))):
            if self._sessions[place].id == session_id:
                return place
        return None


_Change: TypeAlias = Callable[[RunTable, Any, str, float], bool]

_CHANGES: Mapping[type[Event], _Change] = {
    execution.ExecutionRequested: RunTable._requested,
    execution.ExecutionAssigned: RunTable._assigned,
    execution.ExecutionStarted: RunTable._started,
    execution.ExecutionCompleted: RunTable._completed,
    execution.ExecutionCancelled: RunTable._cancelled,
    execution.ExecutionLost: RunTable._lost,
    execution.ExecutionReordered: RunTable._reordered,
    execution.InputRequested: RunTable._asked,
    execution.InputProvided: RunTable._answered,
    runtime.RuntimeSessionStarted: RunTable._session_started,
    runtime.RuntimeSessionStatusChanged: RunTable._session_changed,
    runtime.RuntimeSessionTerminated: RunTable._session_ended,
}

RUN_EVENTS = frozenset(_CHANGES)
"""What a ``RunTable`` takes note of."""
