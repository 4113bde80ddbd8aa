"""Shows: kernels outlive a killed server, and the next one goes on with what they run."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.execution.notebook import Notebook
from tests.integration.server_process import ServerProcess

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(600),
]

ROUNDS = int(os.environ.get("ANODE_KILL_ROUNDS", "3"))

COUNTS = """
import os, time
with open("started.txt", "a") as file:
    file.write("x")
n = 0
while not os.path.exists("stop"):
    print(n, flush=True)
    n += 1
    time.sleep(0.01)  # so slow that many rounds stay below what is kept of a flood
print("last", n - 1)
"""

UNTIL_FILE = """
import os, time
open("begun", "w").close()
while not os.path.exists("stop"):
    time.sleep(0.02)
open("stopped", "w").close()
"""


def numbers(outputs: list[dict[str, Any]]) -> list[int]:
    """The numbers that a cell printed, over all of its streams: the end of the last line before a
    kill may be among what nobody heard."""
    text = "\n".join(output["text"] for output in outputs if output["name"] == "stdout")
    return [int(word) for word in text.split() if word.isdigit()]


def notices(outputs: list[dict[str, Any]]) -> list[str]:
    return [output["text"] for output in outputs if output["name"] == "stderr"]


async def until(path: Path) -> None:
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(path.exists):
            await asyncio.sleep(0.02)


async def until_more(notebook: Notebook, before: int) -> list[int]:
    """What the first cell has printed, once that is more than ``before`` numbers."""
    async with asyncio.timeout(60):
        while len(found := numbers(await notebook.outputs("cell-0"))) <= before:
            await asyncio.sleep(0.02)
        return found


async def begun(server: ServerProcess) -> None:
    """The kernel runs the cell: it is told to the kernel only after its start is in the log."""
    await until(server.root / "begun")
    (server.root / "begun").unlink()


def kernel_pid(server: ServerProcess) -> int:
    (place,) = (server.store / "kernels").glob("*.json")
    pid: int = json.loads(place.read_bytes())["process"]["pid"]
    return pid


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(60):
        # Between two looks it may go, with its folder or before it.
        with suppress(ProcessLookupError, FileNotFoundError):
            while True:
                os.kill(pid, 0)
                stat = await asyncio.to_thread(Path(f"/proc/{pid}/stat").read_text)
                if ") Z" in stat:
                    return
                await asyncio.sleep(0.05)


async def test_a_run_goes_on_over_kills_of_the_server(server: ServerProcess) -> None:
    server.write_notebook("a.ipynb", COUNTS, "n", "'of another request'")
    notebook = Notebook(server.address, await server.open("a.ipynb"))
    running, following = await notebook.start("cell-0", "cell-1")
    (waiting,) = await notebook.start("cell-2")
    session = None
    printed: list[int] = []
    for round_ in range(1, ROUNDS + 1):
        printed = await until_more(notebook, len(printed) + 50)
        await server.kill()
        await server.start()
        assert (await notebook.execution(running))["status"] == "executing"
        runtime = await notebook.runtime()
        assert (runtime["status"], runtime["held"], runtime["queued"]) == ("busy", False, 3)
        assert runtime["session_id"] == (session or runtime["session_id"])
        session = runtime["session_id"]
        again = await until_more(notebook, len(printed))
        assert again[: len(printed)] == printed
        assert len(notices(await notebook.outputs("cell-0"))) == round_
        repeated = await notebook.ask({"cell_id": "cell-0", "execution_id": running})
        assert repeated["executions"][0]["status"] == "executing"
    (server.root / "stop").touch()
    run = await notebook.ended(running)
    assert (run["status"], run["execution_count"]) == ("completed", 1)
    found = numbers(await notebook.outputs("cell-0"))
    assert found[:-1] == sorted(set(found[:-1])), "nothing twice, nothing out of order"
    assert found[-1] == found[-2], "the last number is there"
    assert "was away from" in notices(await notebook.outputs("cell-0"))[0]
    assert (await notebook.ended(following))["status"] == "completed"
    (result,) = await notebook.outputs("cell-1")
    assert result["data"]["text/plain"] == str(found[-1] + 1)
    assert (await notebook.ended(waiting))["status"] == "completed"
    assert (server.root / "started.txt").read_text() == "x"
    assert len((await notebook.state())["runtime_sessions"]) == 1


async def test_a_run_that_ends_while_no_server_is_there(server: ServerProcess) -> None:
    server.write_notebook("a.ipynb", UNTIL_FILE + "x = 1", "x", "x + 1")
    notebook = Notebook(server.address, await server.open("a.ipynb"))
    running, following = await notebook.start("cell-0", "cell-1")
    (waiting,) = await notebook.start("cell-2")
    await begun(server)
    kernel = (await notebook.runtime())["kernel_id"]
    sessions = json.loads((await server.address.fetch("GET", "api/sessions")).body)
    await server.kill()
    (server.root / "stop").touch()
    await until(server.root / "stopped")
    await server.start()
    run = await notebook.ended(running)
    assert (run["status"], run["reason"]) == ("lost", "ended_unobserved")
    assert (await notebook.ended(following))["reason"] == "batch_stopped"
    assert (await notebook.ended(waiting))["status"] == "completed"
    assert (await notebook.outputs("cell-2"))[0]["data"] == {"text/plain": "2"}
    assert (await notebook.runtime())["kernel_id"] == kernel
    now = json.loads((await server.address.fetch("GET", "api/sessions")).body)
    assert [(s["id"], s["path"], s["kernel"]["id"]) for s in now] == [
        (s["id"], s["path"], s["kernel"]["id"]) for s in sessions
    ]
    # It is a kernel like every other: it can be restarted, and killed, and is told to be.
    await server.address.fetch("POST", f"api/kernels/{kernel}/restart", {})
    assert [run["execution_count"] for run in await notebook.run("cell-2")] == [1]
    assert (await notebook.execution(waiting))["status"] == "completed"


async def test_input_that_was_asked_for_before_the_kill(server: ServerProcess) -> None:
    server.write_notebook("a.ipynb", "name = input('who? ')", "name")
    notebook = Notebook(server.address, await server.open("a.ipynb"))
    running, following = await notebook.start("cell-0", "cell-1")
    async with asyncio.timeout(60):
        while not any(run["input"] for run in (await notebook.state())["executions"]):
            await asyncio.sleep(0.02)
    await server.kill()
    await server.start()
    body = {"execution_id": running, "value": "Ada"}
    await server.address.post(f"notebooks/{notebook.id}/input", body)
    assert (await notebook.ended(running))["status"] == "completed"
    await notebook.ended(following)
    assert (await notebook.outputs("cell-1"))[0]["data"] == {"text/plain": "'Ada'"}


async def test_a_kernel_that_dies_while_no_server_is_there_and_later(server: ServerProcess) -> None:
    server.write_notebook("a.ipynb", UNTIL_FILE, "1")
    notebook = Notebook(server.address, await server.open("a.ipynb"))
    (running,) = await notebook.start("cell-0")
    await begun(server)
    pid = kernel_pid(server)
    await server.kill()
    os.killpg(pid, signal.SIGKILL)
    await until_gone(pid)
    await server.start()
    assert (await notebook.ended(running))["reason"] == "server_stopped"
    (running,) = await notebook.start("cell-0")
    await begun(server)
    await server.kill()
    await server.start()
    assert (await notebook.execution(running))["status"] == "executing"
    os.killpg(kernel_pid(server), signal.SIGKILL)
    assert (await notebook.ended(running))["error"]["name"] == "kernel_died"


async def test_a_server_that_stops_in_an_orderly_way_leaves_no_kernel(
    server: ServerProcess,
) -> None:
    server.write_notebook("a.ipynb", UNTIL_FILE)
    notebook = Notebook(server.address, await server.open("a.ipynb"))
    (running,) = await notebook.start("cell-0")
    await begun(server)
    pid = kernel_pid(server)
    assert await server.terminate() == 0
    await until_gone(pid)
    assert list((server.store / "kernels").iterdir()) == []
    await server.start()
    assert (await notebook.ended(running))["reason"] == "server_stopped"


async def test_kernels_that_nobody_takes_up_are_ended(tmp_path: Path) -> None:
    config = "c.AnodeConfig.orphan_kernel_minutes = 0.02\n"
    async with ServerProcess(tmp_path, config=config) as server:
        server.write_notebook("a.ipynb", UNTIL_FILE)
        notebook = Notebook(server.address, await server.open("a.ipynb"))
        await notebook.start("cell-0")
        await begun(server)
        pid = kernel_pid(server)
        await server.kill()
        await until_gone(pid)
