"""Any order of requests, runs, cancellations, moves and restarts: the queue is what a list is."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from anode_jlab.errors import NotPossibleNow
from anode_jlab.events import execution
from anode_jlab.events.event import Event
from anode_jlab.events.execution import OnError, Outcome
from anode_jlab.execution import queue
from anode_jlab.ids import CellId, ExecutionId, SessionId
from anode_jlab.materializers.execution import ExecutionStatus
from anode_jlab.materializers.run_table import RunTable

SESSION = SessionId("the session")


class QueueMachine(RuleBasedStateMachine):
    """``waiting`` is the model: ids in order. ``running`` is the one that the kernel has."""

    def __init__(self) -> None:
        super().__init__()
        self.table = RunTable()
        self.waiting: list[ExecutionId] = []
        self.running: ExecutionId | None = None
        self.batches: dict[ExecutionId, tuple[str, OnError]] = {}
        self.begun: list[ExecutionId] = []
        self.ended: set[ExecutionId] = set()
        self.count = 0

    def log(self, events: Iterable[Event]) -> None:
        for event in events:
            assert self.table.apply(event, "human:ann", 0.0), event

    def cell(self, run: ExecutionId) -> CellId:
        return CellId(f"cell of {run}")

    # --- what happens ----------------------------------------------------------------------------

    @rule(cells=st.integers(1, 4), on_error=st.sampled_from(OnError))
    def request(self, cells: int, on_error: OnError) -> None:
        self.count += 1
        batch = f"b{self.count}"
        for number in range(cells):
            run = ExecutionId(f"{batch}-{number}")
            self.batches[run] = (batch, on_error)
            asked = execution.ExecutionRequested(
                execution_id=run, cell_id=self.cell(run), batch_id=batch, on_error=on_error
            )
            self.log([asked])
            self.waiting.append(run)

    @rule()
    def ask_again(self) -> None:
        """The same execution twice is one execution."""
        for run in list(self.batches)[:2]:
            batch, on_error = self.batches[run]
            asked = execution.ExecutionRequested(
                execution_id=run, cell_id=self.cell(run), batch_id=batch, on_error=on_error
            )
            assert not self.table.apply(asked, "human:ann", 0.0)

    @precondition(lambda self: self.waiting and self.running is None)
    @rule()
    def begin(self) -> None:
        found = queue.next_pending(self.table)
        assert found is not None
        run = self.waiting.pop(0)
        assert found.id == run
        cell = self.cell(run)
        self.log(
            [
                execution.ExecutionAssigned(execution_id=run, session_id=SESSION),
                execution.ExecutionStarted(
                    execution_id=run,
                    cell_id=cell,
                    session_id=SESSION,
                    source_sha256="",
                    source="",
                ),
            ]
        )
        self.running = run
        self.begun.append(run)

    @precondition(lambda self: self.running is not None)
    @rule(outcome=st.sampled_from(Outcome))
    def end(self, outcome: Outcome) -> None:
        run, self.running = self.running, None
        assert run is not None
        done = execution.ExecutionCompleted(
            execution_id=run, cell_id=self.cell(run), status=outcome, duration_ms=1.0
        )
        self.log([done])
        self.ended.add(run)
        if outcome is not Outcome.COMPLETED:
            state = self.table.find(run)
            assert state is not None
            self.log(queue.stop_batch(self.table, state, "batch_stopped"))
            self._stop_batch(run)

    @precondition(lambda self: self.batches)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        run = data.draw(st.sampled_from(list(self.batches)))
        if run not in self.waiting:
            with pytest.raises(NotPossibleNow):
                queue.cancel(self.table, run)
            return
        self.log(queue.cancel(self.table, run))
        self._drop(run)

    @rule()
    def cancel_all(self) -> None:
        self.log(queue.cancel_all(self.table))
        for run in list(self.waiting):
            self._drop(run)

    @precondition(lambda self: len(self.waiting) > 1)
    @rule(data=st.data())
    def reorder(self, data: st.DataObject) -> None:
        run = data.draw(st.sampled_from(self.waiting))
        others = [other for other in self.waiting if other != run]
        before = data.draw(st.sampled_from([*others, None]))
        at = others.index(before) if before is not None else len(others)
        wanted = [*others[:at], run, *others[at:]]
        for event in queue.reorder(self.table, run, before):
            self.table.apply(event, "human:ann", 0.0)
        self.waiting = wanted

    @rule()
    def restart(self) -> None:
        """The server was killed: its log is replayed, and what ran is lost, never run again."""
        self.table = RunTable(self.table.state())
        self.log(queue.recover(self.table))
        run, self.running = self.running, None
        if run is not None:
            self.ended.add(run)
            self._stop_batch(run)

    def _stop_batch(self, run: ExecutionId) -> None:
        batch, on_error = self.batches[run]
        if on_error is OnError.CONTINUE:
            return
        for other in [waiting for waiting in self.waiting if self.batches[waiting][0] == batch]:
            self._drop(other)

    def _drop(self, run: ExecutionId) -> None:
        self.waiting.remove(run)
        self.ended.add(run)

    # --- what must be true -----------------------------------------------------------------------

    @invariant()
    def the_queue_is_the_list(self) -> None:
        pending = [run.id for run in self.table.queue if run.status is ExecutionStatus.PENDING]
        assert pending == self.waiting
        running = queue.executing(self.table)
        assert (None if running is None else running.id) == self.running

    @invariant()
    def nothing_runs_twice(self) -> None:
        assert len(self.begun) == len(set(self.begun))
        assert not self.ended & {run.id for run in self.table.queue}


TestQueue = QueueMachine.TestCase
TestQueue.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, derandomize=True, database=None
)
