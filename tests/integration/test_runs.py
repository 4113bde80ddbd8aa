"""Shows: runs go on with nobody there, are lost when the server dies, and run what was seen."""

from __future__ import annotations

import asyncio
import os
from hashlib import sha256
from pathlib import Path

import pytest

from tests.execution.notebook import Notebook
from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(600),
]

ROUNDS = int(os.environ.get("ANODE_KILL_ROUNDS", "2"))

SHORTENED = int(os.environ.get("ANODE_SHORTENED_RUNS", "100"))
"""How often a character is deleted and the cell run at once."""

COUNTS = """
import time
with open("started.txt", "a") as file:
    file.write("x")
for n in range(100_000):
    print(n, flush=True)
    time.sleep(0.002)
"""


async def until_file(path: Path) -> None:
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(path.exists):
            await asyncio.sleep(0.05)


async def new_text(notebook: Notebook, before: str) -> str:
    """What the first cell printed in its new run, once that is some lines; until its first line
    the cell shows what it printed in the run before."""
    async with asyncio.timeout(60):
        while True:
            outputs = await notebook.outputs("cell-0")
            text: str = outputs[0]["text"] if outputs else ""
            if len(text) >= 200 and text != before:
                return text
            await asyncio.sleep(0.05)


async def test_a_killed_server_loses_the_run_and_repeats_none(tmp_path: Path) -> None:
    """Where kernels end with the server."""
    async with ServerProcess(
        tmp_path, config="c.AnodeConfig.orphan_kernel_minutes = 0\n"
    ) as server:
        server.write_notebook("a.ipynb", COUNTS, "'rest of the batch'", "'of another request'")
        notebook = Notebook(server.address, await server.open("a.ipynb"))
        before = ""
        for round_ in range(1, ROUNDS + 1):
            before = await lose_a_run(server, notebook, before, round_)
        sessions = (await notebook.state())["runtime_sessions"]
        assert len({session["session_id"] for session in sessions}) == len(sessions)


async def lose_a_run(server: ServerProcess, notebook: Notebook, before: str, round_: int) -> str:
    """Kill the server during a run; what the run had printed."""
    running, following = await notebook.start("cell-0", "cell-1")
    (waiting,) = await notebook.start("cell-2")
    shown = await new_text(notebook, before)
    await server.kill()
    await server.start()

    lost = await notebook.ended(running)
    assert (lost["status"], lost["reason"]) == ("lost", "server_stopped")
    assert (await notebook.ended(following))["reason"] == "batch_stopped"
    assert (await notebook.execution(waiting))["status"] == "pending"
    runtime = await notebook.runtime()
    assert (runtime["status"], runtime["reason"]) == ("terminated", "server_stop")
    assert (runtime["held"], runtime["queued"]) == (True, 1)

    (output,) = await notebook.outputs("cell-0")
    lines = output["text"].split()
    assert lines == [str(n) for n in range(len(lines))]
    assert output["text"].startswith(shown)
    # The same request again, as a client sends it whose answer was lost, runs nothing.
    again = await notebook.ask({"cell_id": "cell-0", "execution_id": running})
    assert again["executions"][0]["status"] == "lost"

    await notebook.runtime("start")
    assert (await notebook.ended(waiting))["status"] == "completed"
    assert len((server.root / "started.txt").read_text()) == round_
    text: str = output["text"]
    return text


async def test_a_run_goes_on_with_nobody_there(tmp_path: Path) -> None:
    config = "c.AnodeConfig.room_idle_seconds = 0.5\n"
    async with ServerProcess(tmp_path, config=config) as server:
        source = (
            "import time\n"
            "for n in range(80):\n    print(n)\n    time.sleep(0.05)\n"
            "open('done.txt', 'w').close()"
        )
        server.write_notebook("a.ipynb", source, "'after it'")
        notebook = Notebook(server.address, await server.open("a.ipynb"))
        runs = await notebook.start("cell-0", "cell-1")
        await until_file(server.root / "done.txt")
        assert [(await notebook.ended(run))["status"] for run in runs] == ["completed"] * 2
        (output,) = await notebook.outputs("cell-0")
        assert output["text"] == "".join(f"{n}\n" for n in range(80))


async def test_what_runs_is_what_was_sent_before(server: ServerProcess) -> None:
    whole = "'" + "x" * SHORTENED + "'"
    server.write_notebook("a.ipynb", whole)
    notebook = Notebook(server.address, await server.open("a.ipynb"))
    async with NativeClient(server.address, notebook.id) as client:
        runs = []
        for _ in range(SHORTENED):
            client.delete("cell-0", 1, 1)
            after = {"client": client.hello["client"], "n": client.frames_sent}
            runs += await notebook.start("cell-0", after=after)
        for run in runs:
            assert (await notebook.ended(run))["status"] == "completed"
        started = await notebook.events("v1.ExecutionStarted")
    sources = [event["data"]["source"] for event in started]
    assert sources == ["'" + "x" * left + "'" for left in reversed(range(SHORTENED))]
    assert [event["data"]["source_sha256"] for event in started] == [
        sha256(source.encode()).hexdigest() for source in sources
    ]


async def test_text_that_has_not_arrived_is_not_run(server: ServerProcess) -> None:
    server.write_notebook("a.ipynb", "1")
    notebook = Notebook(server.address, await server.open("a.ipynb"))
    async with NativeClient(server.address, notebook.id) as client:
        after = {"client": client.hello["client"], "n": client.frames_sent + 1}
        early = asyncio.ensure_future(notebook.ask("cell-0", after=after))
        seen = {"cell_id": "cell-0", "source_sha256": sha256(b"1 + 1").hexdigest()}
        other = asyncio.ensure_future(notebook.ask(seen))
        client.append("cell-0", " + 1")
        for answer in (await early, await other):
            await notebook.ended(answer["executions"][0]["execution_id"])
        started = await notebook.events("v1.ExecutionStarted")
        assert [event["data"]["source"] for event in started] == ["1 + 1", "1 + 1"]
        never = {"client": client.hello["client"], "n": client.frames_sent + 1}
        refused = await notebook.ask("cell-0", after=never, status=409)
        assert refused["code"] == "source_not_arrived"
