"""The state machine of runs: whatever comes, only what may follow changes anything."""

from __future__ import annotations

import random

import pytest

from anode_jlab.events import execution, runtime
from anode_jlab.events.event import Event
from anode_jlab.ids import CellId, ExecutionId, SessionId
from anode_jlab.materializers.execution import ExecutionStatus, RunsState
from anode_jlab.materializers.run_table import EARLIER_KEPT, FOLLOWS, RUN_EVENTS, RunTable
from tests.events import samples

Status = ExecutionStatus


def random_events(seed: int, count: int) -> list[Event]:
    rng = random.Random(seed)
    kinds = sorted(RUN_EVENTS, key=lambda kind: kind.__name__)
    return [samples.event(rng, rng.choice(kinds)) for _ in range(count)]


@pytest.mark.parametrize("seed", range(60))
def test_only_what_may_follow_happens(seed: int) -> None:
    table = RunTable()
    seen: dict[ExecutionId, Status] = {}
    for time, event in enumerate(random_events(seed, 400)):
        before = table.state()
        changed = table.apply(event, "human:ann", float(time))
        if not changed:
            assert table.state() is before
        for run in (*table.state().queue, *table.state().latest, *table.state().earlier):
            old = seen.get(run.id)
            if old is not None and old is not run.status:
                assert run.status in FOLLOWS[old], (old, run.status, event)
            elif old is None:
                assert run.status is Status.PENDING
            seen[run.id] = run.status
        check(table)


def check(table: RunTable) -> None:
    state = table.state()
    assert [run.id for run in state.queue] == list(dict.fromkeys(run.id for run in state.queue))
    assert not any(run.status.is_final for run in state.queue)
    assert all(run.status.is_final for run in (*state.latest, *state.earlier))
    assert len({run.cell_id for run in state.latest}) == len(state.latest)
    for run in (*state.queue, *state.latest, *state.earlier):
        assert table.find(run.id) == run


@pytest.mark.parametrize("seed", range(20))
def test_a_table_goes_on_from_its_state(seed: int) -> None:
    events = random_events(seed, 300)
    rng = random.Random(seed)
    whole, parts = RunTable(), RunTable()
    for time, event in enumerate(events):
        whole.apply(event, "human:ann", float(time))
        parts.apply(event, "human:ann", float(time))
        if rng.random() < 0.1:
            cell = samples.cell(rng)
            for table in (whole, parts):
                table.bury(cell)
            if rng.random() < 0.5:
                for table in (whole, parts):
                    table.unbury(cell)
        if rng.random() < 0.2:
            parts = RunTable(parts.state())
    assert parts.state() == whole.state()


def requested(name: str, cell: str = "a") -> execution.ExecutionRequested:
    return execution.ExecutionRequested(
        execution_id=ExecutionId(name),
        cell_id=CellId(cell),
        batch_id="b",
        on_error=execution.OnError.STOP,
    )


def table_of(*events: Event) -> RunTable:
    table = RunTable(RunsState())
    for time, event in enumerate(events):
        assert table.apply(event, "human:ann", float(time)), event
    return table


def order(table: RunTable) -> list[str]:
    return [run.id for run in table.queue]


def reordered(name: str, before: str | None) -> execution.ExecutionReordered:
    return execution.ExecutionReordered(
        execution_id=ExecutionId(name), before=None if before is None else ExecutionId(before)
    )


def test_reordering() -> None:
    table = table_of(requested("1"), requested("2"), requested("3"), requested("4"))
    assert table.apply(reordered("4", "2"), "x", 0.0)
    assert order(table) == ["1", "4", "2", "3"]
    assert table.apply(reordered("1", "3"), "x", 0.0)
    assert order(table) == ["4", "2", "1", "3"]
    assert table.apply(reordered("4", None), "x", 0.0)
    assert order(table) == ["2", "1", "3", "4"]
    assert not table.apply(reordered("4", "4"), "x", 0.0)
    assert not table.apply(reordered("9", None), "x", 0.0)


def test_the_end_of_a_session_gives_back_what_had_not_started() -> None:
    session = SessionId("s")
    table = table_of(
        runtime.RuntimeSessionStarted(
            session_id=session, kernel_id="k", kernel_name="n", language="", capabilities=()
        ),
        requested("1"),
        execution.ExecutionAssigned(execution_id=ExecutionId("1"), session_id=session),
        runtime.RuntimeSessionTerminated(session_id=session, reason=runtime.Termination.ERROR),
    )
    assert table.queue[0].status is Status.PENDING
    assert table.queue[0].session_id is None
    assert table.session is None


def test_old_executions_are_forgotten() -> None:
    table = RunTable()
    for number in range(EARLIER_KEPT + 20):
        name = ExecutionId(str(number))
        table.apply(requested(name), "x", 0.0)
        cancelled = execution.ExecutionCancelled(
            execution_id=name, cell_id=CellId("a"), reason="requested"
        )
        table.apply(cancelled, "x", 0.0)
    assert table.find(ExecutionId("0")) is None
    assert len(table.state().earlier) == EARLIER_KEPT
    assert [run.id for run in table.state().latest] == [str(EARLIER_KEPT + 19)]
