"""Cells run in real kernels: through the routes, with what the log and the document tell of it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from tests.execution.notebook import Notebook
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

Write = Callable[..., Path]


async def test_a_run_from_request_to_end(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", "print('hello')\n6 * 7")
    notebook = await Notebook.opened(address, "a.ipynb")
    answer = await notebook.ask({"cell_id": "cell-0", "execution_id": "first"})
    assert answer == {
        "executions": [{"execution_id": "first", "cell_id": "cell-0", "status": "pending"}]
    }
    run = await notebook.ended("first")
    assert (run["status"], run["execution_count"], run["cell_id"]) == ("completed", 1, "cell-0")
    assert run["duration_ms"] > 0
    assert run["requested_by"]["kind"] == "human"

    cell = await notebook.cell("cell-0")
    assert cell["execution_count"] == 1
    assert cell["outputs"] == [
        {"output_type": "stream", "name": "stdout", "text": "hello\n"},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "42"},
            "metadata": {},
            "execution_count": 1,
        },
    ]
    events = [event for event in await notebook.events() if "Execution" in event["name"]]
    assert [event["name"].partition(".")[2] for event in events] == [
        "ExecutionRequested",
        "ExecutionAssigned",
        "ExecutionStarted",
        "ExecutionCompleted",
    ]
    started = events[2]["data"]
    assert started["source"] == "print('hello')\n6 * 7"
    assert started["source_sha256"] == sha256(started["source"].encode()).hexdigest()
    state = await notebook.state()
    assert [execution["status"] for execution in state["executions"]] == ["completed"]
    assert [session["status"] for session in state["runtime_sessions"]] == ["ready"]
    runtime = await notebook.runtime()
    assert runtime["status"] == "ready"
    assert runtime["session_id"] == state["runtime_sessions"][0]["session_id"]


async def test_a_batch_stops_at_the_first_error(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x = 1", "1 / 0", "x = 2", "x")
    notebook = await Notebook.opened(address, "a.ipynb")
    runs = await notebook.run("cell-0", "cell-1", "cell-2")
    assert [run["status"] for run in runs] == ["completed", "failed", "cancelled"]
    assert runs[1]["error"] == {"name": "ZeroDivisionError", "value": "division by zero"}
    assert runs[2]["reason"] == "batch_stopped"
    assert [output["output_type"] for output in await notebook.outputs("cell-1")] == ["error"]
    runs = await notebook.run("cell-1", "cell-2", "cell-3", on_error="continue")
    assert [run["status"] for run in runs] == ["failed", "completed", "completed"]
    assert (await notebook.outputs("cell-3"))[0]["data"] == {"text/plain": "2"}


async def test_the_same_execution_id_twice_is_one_run(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "n = globals().get('n', 0) + 1\nn")
    notebook = await Notebook.opened(address, "a.ipynb")
    for _ in range(3):
        await notebook.ask({"cell_id": "cell-0", "execution_id": "once"})
    await notebook.ended("once")
    again = await notebook.ask({"cell_id": "cell-0", "execution_id": "once"})
    assert again["executions"][0]["status"] == "completed"
    assert (await notebook.outputs("cell-0"))[0]["data"] == {"text/plain": "1"}
    assert len(await notebook.events("ExecutionRequested")) == 1


async def test_cancelling_what_waits_and_what_runs(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "import time\nprint('on')\ntime.sleep(60)", "1")
    notebook = await Notebook.opened(address, "a.ipynb")
    (running,) = await notebook.start("cell-0")
    (waiting,) = await notebook.start("cell-1")
    await notebook.until(running, "executing")
    assert await notebook.cancel(waiting) == 200
    assert (await notebook.ended(waiting))["reason"] == "requested"
    assert await notebook.cancel(waiting) == 409
    assert await notebook.cancel("never") == 404
    while not await notebook.outputs("cell-0"):
        pass
    assert await notebook.cancel() == 200
    run = await notebook.ended(running)
    assert (run["status"], run["reason"]) == ("cancelled", "interrupted")
    kinds = [output["output_type"] for output in await notebook.outputs("cell-0")]
    assert kinds == ["stream", "error"]


async def test_what_was_seen_runs_though_somebody_typed_on(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "6 * 7  # and on")
    notebook = await Notebook.opened(address, "a.ipynb")
    (run,) = await notebook.start({"cell_id": "cell-0", "source": "6 * 7"})
    assert (await notebook.ended(run))["status"] == "completed"
    assert [output["data"]["text/plain"] for output in await notebook.outputs("cell-0")] == ["42"]
    (started,) = await notebook.events("ExecutionStarted")
    assert started["data"]["source"] == "6 * 7"
    assert (await notebook.cell("cell-0"))["source"] == "6 * 7  # and on"


GATE = "import os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.02)\n"


async def test_cells_that_are_deleted_while_they_run_and_while_they_wait(
    address: ServerAddress, write_notebook: Write, jp_root_dir: Path
) -> None:
    """What was asked for is run, as it was seen; there is only no place for what it shows."""
    write_notebook("a.ipynb", GATE + "x = 1; print(x)", "x += 1; print(x)", "x", "1 / 0")
    notebook = await Notebook.opened(address, "a.ipynb")
    runs = await notebook.start("cell-0", "cell-1", "cell-2")
    (alone,) = await notebook.start("cell-3")
    await notebook.until(runs[0], "executing")
    async with NativeClient(address, notebook.id) as client:
        for cell_id in ("cell-0", "cell-1", "cell-3"):
            client.delete_cell(cell_id)
        await client.acked()
    (jp_root_dir / "go").touch()
    ended = [await notebook.ended(run) for run in (*runs, alone)]
    assert [run["status"] for run in ended] == ["completed"] * 3 + ["failed"]
    (cell,) = (await notebook.document())["cells"]
    assert (cell["id"], cell["outputs"][0]["data"]) == ("cell-2", {"text/plain": "2"})
    assert (await notebook.ask("cell-0", status=404))["code"] == "cell_not_found"
    assert [run["status"] for run in await notebook.run("cell-2")] == ["completed"]


async def test_cells_without_code(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", "", " \n\t", "print('on')")
    notebook = await Notebook.opened(address, "a.ipynb")
    runs = await notebook.run("cell-0", "cell-1", "cell-2")
    assert [run["status"] for run in runs] == ["completed"] * 3
    assert await notebook.outputs("cell-0") == await notebook.outputs("cell-1") == []
    assert (await notebook.outputs("cell-2"))[0]["text"] == "on\n"
    assert (await notebook.runtime())["queued"] == 0


async def test_requests_that_make_no_sense(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", "1")
    notebook = await Notebook.opened(address, "a.ipynb")
    assert (await notebook.ask("nowhere", status=404))["code"] == "cell_not_found"
    other = {"cell_id": "cell-0", "source_sha256": "0" * 64}
    assert (await notebook.ask(other, status=409))["code"] == "source_not_arrived"
    gone = {"client": 99, "n": 1}
    assert (await notebook.ask("cell-0", status=409, after=gone))["code"] == "source_not_arrived"
    assert (await notebook.ask(status=400))["code"] == "bad_request"
    assert (await notebook.ask("cell-0", on_error="explode", status=400))["code"] == "bad_request"
    assert (await notebook.runtime("interrupt", 409))["code"] == "not_possible_now"
    missing = await notebook.runtime("start", 422, kernel_name="fortran77")
    assert missing["code"] == "no_kernel_spec"
    assert (await notebook.runtime())["status"] == "none"
    assert (await notebook.state())["executions"] == []
    assert [run["status"] for run in await notebook.run("cell-0")] == ["completed"]
