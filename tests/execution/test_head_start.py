"""A kernel that is free gets a cell with one commit: its run begins in the log with the request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from pathlib import Path

from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]


async def test_a_run_of_a_free_kernel(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", "6 * 7", "6 * 9")
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0")
    await notebook.ask("cell-7", status=404)
    turns = count()
    while True:
        turn = next(turns)
        before = (await notebook.events())[-1]["seq"]
        one, two = f"one-{turn}", f"two-{turn}"
        answer = await notebook.ask(
            {"cell_id": "cell-1", "execution_id": one}, {"cell_id": "cell-0", "execution_id": two}
        )
        assert (await notebook.ended(one))["status"] == "completed"
        assert (await notebook.ended(two))["status"] == "completed"
        # On a busy machine the end of the last run may still be on its way: not free yet.
        if answer["executions"][0]["status"] == "executing":
            break
    assert answer["executions"][1]["status"] == "pending"
    assert (await notebook.outputs("cell-1"))[0]["data"] == {"text/plain": "54"}
    told = [event for event in await notebook.events() if event["seq"] > before]
    names = [event["name"].partition(".")[2] for event in told]
    first = names.index("ExecutionRequested")
    assert names[first : first + 5] == [
        "ExecutionRequested",
        "ExecutionRequested",
        "RuntimeSessionStatusChanged",
        "ExecutionAssigned",
        "ExecutionStarted",
    ]
    assert [event["actor"]["kind"] for event in told[first : first + 5]] == [
        "human",
        "human",
        "runtime",
        "runtime",
        "runtime",
    ]
    while (session := (await notebook.state())["runtime_sessions"][0])["status"] != "ready":
        assert session["status"] == "busy"
        await asyncio.sleep(0.02)


async def test_requests_at_once_keep_their_order(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "1", "2", "3")
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0")
    for _ in range(5):
        started = await asyncio.gather(*(notebook.start(f"cell-{n}") for n in range(3)))
        for (run,) in started:
            assert (await notebook.ended(run))["status"] == "completed"
    life = [
        (event["name"].partition(".")[2], event["data"]["execution_id"])
        for event in await notebook.events()
        if event["name"].partition(".")[2]
        in ("ExecutionRequested", "ExecutionStarted", "ExecutionCompleted")
    ]
    asked = [run for name, run in life if name == "ExecutionRequested"]
    done = [(name, run) for name, run in life if name != "ExecutionRequested"]
    assert len(asked) == 16
    assert done == [
        (name, run) for run in asked for name in ("ExecutionStarted", "ExecutionCompleted")
    ]
