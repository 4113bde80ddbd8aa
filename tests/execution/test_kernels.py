"""Kernels that die, hang, are restarted or belong to somebody else; with real processes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from jupyter_server.serverapp import ServerApp
from tornado.websocket import websocket_connect

from anode_jlab.runtimes import runtime
from tests.execution.notebook import PATIENCE_SECONDS, Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]

SLEEPS = "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)"


async def pid_of(notebook: Notebook, cell_id: str) -> int:
    """The process id that a running cell has printed."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (outputs := await notebook.outputs(cell_id)):
            await asyncio.sleep(0.02)
    return int(outputs[0]["text"])


async def until_output(notebook: Notebook, cell_id: str) -> None:
    async with asyncio.timeout(60):
        while not await notebook.outputs(cell_id):
            await asyncio.sleep(0.02)


async def until_file(path: Path) -> None:
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(path.exists):
            await asyncio.sleep(0.02)


async def until_status(notebook: Notebook, *statuses: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await notebook.runtime())["status"] not in statuses:
            await asyncio.sleep(0.05)


async def test_a_killed_kernel(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", SLEEPS, "2", "'other'")
    notebook = await Notebook.opened(address, "a.ipynb")
    running, following = await notebook.start("cell-0", "cell-1")
    (other,) = await notebook.start("cell-2")
    os.kill(await pid_of(notebook, "cell-0"), signal.SIGKILL)
    run = await notebook.ended(running)
    assert (run["status"], run["error"]["name"]) == ("failed", "kernel_died")
    assert "SIGKILL" in run["error"]["value"]
    assert (await notebook.ended(following))["reason"] == "kernel_died"
    sessions = (await notebook.state())["runtime_sessions"]
    assert (sessions[0]["status"], sessions[0]["reason"]) == ("terminated", "error")
    await notebook.runtime("start")
    assert (await notebook.ended(other))["status"] == "completed"
    sessions = (await notebook.state())["runtime_sessions"]
    assert len({session["session_id"] for session in sessions}) == len(sessions) == 2


ADDRESS_SPACE = """
import os, resource, time
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + (200 << 20), size + (200 << 20)))
full = b"x" * (150 << 20)
while not os.path.exists("seen"):
    time.sleep(0.02)
os.abort()
"""


async def test_a_kernel_that_ran_out_of_memory(
    address: ServerAddress, write_notebook: Write, jp_root_dir: Path
) -> None:
    write_notebook("a.ipynb", ADDRESS_SPACE, "2")
    notebook = await Notebook.opened(address, "a.ipynb")
    first, second = await notebook.start("cell-0", "cell-1")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while ((await notebook.runtime())["health"]["memory_bytes"] or 0) < 180 << 20:
            await asyncio.sleep(0.05)
    (jp_root_dir / "seen").touch()
    run, following = await notebook.ended(first), await notebook.ended(second)
    assert (run["status"], run["error"]["name"]) == ("failed", "kernel_died")
    assert "SIGABRT" in run["error"]["value"]
    assert "MiB it may address" in run["error"]["value"]
    assert following["reason"] == "kernel_died"
    (session, *_) = (await notebook.state())["runtime_sessions"]
    assert session["reason"] == "oom"
    assert [run["status"] for run in await notebook.run("cell-1")] == ["completed"]


async def test_the_rest_of_a_batch_that_shall_continue(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "import os\nos._exit(3)", "'goes on'")
    notebook = await Notebook.opened(address, "a.ipynb")
    first, second = await notebook.run("cell-0", "cell-1", on_error="continue")
    assert (first["status"], second["status"]) == ("failed", "completed")
    assert "exit code 3" in first["error"]["value"]


async def test_a_stopped_process_is_unresponsive(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", SLEEPS)
    notebook = await Notebook.opened(address, "a.ipynb")
    (running,) = await notebook.start("cell-0")
    pid = await pid_of(notebook, "cell-0")
    os.kill(pid, signal.SIGSTOP)
    await until_status(notebook, "unresponsive")
    os.kill(pid, signal.SIGCONT)
    await until_status(notebook, "busy")
    os.kill(pid, signal.SIGSTOP)
    await notebook.runtime("restart")
    assert (await notebook.ended(running))["error"]["name"] == "kernel_restarted"
    assert (await notebook.runtime())["status"] == "ready"


STUBBORN = """
import os, signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
open("on", "w").close()
while not os.path.exists("enough"):
    time.sleep(0.02)
"""


async def test_code_that_does_not_heed_an_interrupt(
    address: ServerAddress,
    write_notebook: Write,
    jp_root_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_notebook("a.ipynb", STUBBORN, "'next'", "import time\nprint(1)\ntime.sleep(600)")
    notebook = await Notebook.opened(address, "a.ipynb")
    (heeds,) = await notebook.start("cell-2")
    await until_output(notebook, "cell-2")
    await notebook.runtime("interrupt")
    assert (await notebook.ended(heeds))["error"]["name"] == "KeyboardInterrupt"
    monkeypatch.setattr(runtime, "HEED_SECONDS", 0.2)
    (running,) = await notebook.start("cell-0")
    (waiting,) = await notebook.start("cell-1")
    await until_file(jp_root_dir / "on")
    await notebook.runtime("interrupt")
    await until_status(notebook, "unresponsive")
    assert (await notebook.execution(running))["status"] == "executing"
    assert (await notebook.runtime())["queued"] == 2
    (jp_root_dir / "enough").touch()
    assert (await notebook.ended(running))["status"] == "completed"
    assert (await notebook.ended(waiting))["status"] == "completed"
    await until_status(notebook, "ready")

    for name in ("enough", "on"):
        (jp_root_dir / name).unlink()
    (running,) = await notebook.start("cell-0")
    (waiting,) = await notebook.start("cell-1")
    await until_file(jp_root_dir / "on")
    await notebook.cancel(running)
    await until_status(notebook, "unresponsive")
    await notebook.runtime("restart")
    assert (await notebook.ended(running))["status"] == "cancelled"
    assert (await notebook.ended(waiting))["status"] == "completed"


async def test_restart_and_stop(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", SLEEPS, "'next'")
    notebook = await Notebook.opened(address, "a.ipynb")
    before = await notebook.runtime("start")
    assert before["status"] == "ready"
    assert (await notebook.runtime("start"))["session_id"] == before["session_id"]
    (running,) = await notebook.start("cell-0")
    (following,) = await notebook.start("cell-1")
    await notebook.until(running, "executing")
    after = await notebook.runtime("restart")
    assert after["session_id"] != before["session_id"]
    assert after["kernel_id"] == before["kernel_id"]
    assert (await notebook.ended(running))["error"]["name"] == "kernel_restarted"
    assert (await notebook.ended(following))["status"] == "completed"
    stopped = await notebook.runtime("stop")
    assert (stopped["status"], stopped["reason"]) == ("terminated", "shutdown")
    (run,) = await notebook.run("cell-1")
    assert (run["status"], run["execution_count"]) == ("completed", 1)


async def test_what_others_do_with_the_kernel(
    jp_serverapp: ServerApp, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "'x'")
    notebook = await Notebook.opened(address, "a.ipynb")
    body = {"path": "a.ipynb", "name": "a.ipynb", "type": "notebook", "kernel": {"name": "python3"}}
    made = await address.fetch("POST", "api/sessions", body)
    kernel_id = json.loads(made.body)["kernel"]["id"]
    await until_status(notebook, "ready")
    assert (await notebook.runtime())["kernel_id"] == kernel_id

    url = address.socket_url(f"api/kernels/{kernel_id}/channels?token={address.token}")
    socket = await websocket_connect(url)
    await socket.write_message(json.dumps(execute_request("import time\ntime.sleep(1)")))
    await until_status(notebook, "busy")
    assert (await notebook.runtime())["foreign"] is True
    await until_status(notebook, "ready")
    socket.close()

    first = (await notebook.runtime())["session_id"]
    await address.fetch("POST", f"api/kernels/{kernel_id}/restart", {})
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await notebook.runtime())["session_id"] in (first, None):
            await asyncio.sleep(0.05)
    assert [run["status"] for run in await notebook.run("cell-0")] == ["completed"]
    await address.fetch("DELETE", f"api/kernels/{kernel_id}")
    await until_status(notebook, "terminated")
    assert [run["status"] for run in await notebook.run("cell-0")] == ["completed"]


def execute_request(code: str) -> dict[str, object]:
    header = {
        "msg_id": "of-somebody-else",
        "msg_type": "execute_request",
        "session": "another",
        "username": "",
        "date": "",
        "version": "5.3",
    }
    content = {"code": code, "silent": False, "allow_stdin": False}
    return {"header": header, "parent_header": {}, "metadata": {}, "content": content} | {
        "channel": "shell",
        "buffers": [],
    }
