"""A run that an earlier life of the server began, and whose kernel goes on."""

from __future__ import annotations

from datetime import UTC, datetime

from anode_jlab.clock import Clock
from anode_jlab.documents.large_outputs import Limits
from anode_jlab.documents.run_outputs import next_number
from anode_jlab.execution.book import Book
from anode_jlab.execution.collector import Collector
from anode_jlab.execution.displays import Displays
from anode_jlab.execution.run import Run
from anode_jlab.materializers.execution import ExecutionState
from anode_jlab.runtimes.kernel import request_of


async def resumed_run(
    book: Book,
    state: ExecutionState,
    displays: Displays,
    limits: Limits,
    clock: Clock,
    seen: float,
) -> Run:
    """The run, with a collector that goes on behind the outputs that are there.

    ``seen``: when the kernel was last seen, in seconds since the epoch. Between then and now nobody
    listened, and that is told among the outputs.
    """
    room = await book.room()
    number = await room.shown(lambda document: next_number(document, state.cell_id, state.id))
    collector = Collector(state.cell_id, state.id, displays, limits, begin=number)
    now = clock.now()
    notice = (
        f"[The server was away from {_shown(seen)} to {_shown(now)} UTC: what the cell wrote in"
        " between was not recorded.]\n"
    )
    collector.take("stream", {"name": "stderr", "text": notice})
    started = now if state.started_at is None else state.started_at
    run = Run(state.id, state.cell_id, collector, clock.monotonic() - max(now - started, 0.0))
    run.request = request_of(state.id)
    if state.input is not None:
        run.asked = (state.input.prompt, state.input.password)
    return run


def _shown(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%H:%M:%S")
