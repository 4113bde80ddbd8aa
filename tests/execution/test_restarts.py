"""Restarts that the kernel's own routes ask for: to which life of the kernel each run belongs."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from jupyter_server.serverapp import ServerApp

from tests.execution.notebook import PATIENCE_SECONDS, Notebook
from tests.execution.test_kernels import until_status
from tests.server_address import ServerAddress

Write = Callable[..., Path]

ROUNDS = int(os.environ.get("ANODE_RESTART_ROUNDS", "3"))

COUNTED = """
with open("runs.txt", "a") as file:
    file.write("{}")
"""
"""Tells in a file that it ran."""

ENDS_AFTER_ITS_CELL = """
import asyncio, os, time
kernel = get_ipython().kernel
end = kernel.do_shutdown
async def end_when_off_is_there(restart):
    while not os.path.exists("off"):
        await asyncio.sleep(0.02)
    return end(restart)
kernel.do_shutdown = end_when_off_is_there
try:
    os.mkdir("on")
    time.sleep(600)
except KeyboardInterrupt:
    x = 1
"""
"""Code that ends well when it is interrupted. Its kernel waits with its own end, which could come
before the answer otherwise."""


async def restart(address: ServerAddress, kernel_id: str) -> None:
    """What JupyterLab's own Restart button does."""
    assert (await address.fetch("POST", f"api/kernels/{kernel_id}/restart", {})).code == 200


async def test_runs_after_a_restart_belong_to_the_new_session(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x = globals().get('x', 0) + 1\nx", "x + 10")
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0")
    for _ in range(ROUNDS):
        before = await notebook.runtime()
        await restart(address, before["kernel_id"])
        runs = await notebook.run("cell-0", "cell-1")
        assert [(run["status"], run["execution_count"]) for run in runs] == [
            ("completed", 1),
            ("completed", 2),
        ]
        assert (await notebook.outputs("cell-1"))[0]["data"] == {"text/plain": "11"}
        after = await notebook.runtime()
        assert after["session_id"] not in (None, before["session_id"])
        assert after["kernel_id"] == before["kernel_id"]
    ended = await notebook.events("RuntimeSessionTerminated")
    assert [event["data"]["reason"] for event in ended] == ["restart"] * ROUNDS
    handed = await notebook.events("RuntimeHandedOff")
    started = await notebook.events("RuntimeSessionStarted")
    sessions = [event["data"]["session_id"] for event in started]
    assert [
        (event["data"]["from_session"], event["data"]["to_session"]) for event in handed
    ] == list(pairwise(sessions))


@pytest.mark.parametrize("how", ["breaks off", "goes on"])
async def test_what_runs_and_what_waits_when_a_restart_comes(
    address: ServerAddress, write_notebook: Write, jp_root_dir: Path, how: str
) -> None:
    """Code that a restart's interrupt breaks off, and code that does not care for it."""
    sleeps = "import time\nprint('on', flush=True)\ntime.sleep(600)"
    if how == "goes on":
        sleeps = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n" + sleeps
    sources = (COUNTED.format(0) + sleeps, COUNTED.format(1), COUNTED.format(2))
    write_notebook("a.ipynb", *sources)
    notebook = await Notebook.opened(address, "a.ipynb")
    running, same_batch = await notebook.start("cell-0", "cell-1")
    (waiting,) = await notebook.start("cell-2")
    while not await notebook.outputs("cell-0"):
        pass
    before = await notebook.runtime()
    await restart(address, before["kernel_id"])
    run = await notebook.ended(running)
    assert (run["status"], run["error"]) == (
        "failed",
        {"name": "kernel_restarted", "value": "restart"},
    )
    assert (await notebook.ended(same_batch))["reason"] == "batch_stopped"
    assert (await notebook.ended(waiting))["status"] == "completed"
    assert (jp_root_dir / "runs.txt").read_text() == "02"
    assert [run["status"] for run in await notebook.run("cell-1")] == ["completed"]
    assert len(await notebook.events("RuntimeSessionStarted")) == 2


async def test_a_batch_between_two_cells_when_a_restart_comes(
    address: ServerAddress, jp_serverapp: ServerApp, write_notebook: Write, jp_root_dir: Path
) -> None:
    """The first cell ends well, though the restart interrupts it."""
    write_notebook("a.ipynb", ENDS_AFTER_ITS_CELL, "x", "'other'")
    notebook = await Notebook.opened(address, "a.ipynb")
    on, off = jp_root_dir / "on", jp_root_dir / "off"
    for on_error, following in (("stop", "cancelled"), ("continue", "failed")):
        first, second = await notebook.start("cell-0", "cell-1", on_error=on_error)
        (other,) = await notebook.start("cell-2")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not on.exists():
                await asyncio.sleep(0.02)
        kernel_id = (await notebook.runtime())["kernel_id"]
        # Nobody kills the kernel before it ends by itself.
        manager = jp_serverapp.kernel_manager.get_kernel(kernel_id)
        manager.shutdown_wait_time = 2 * PATIENCE_SECONDS
        restarting = asyncio.create_task(restart(address, kernel_id))
        assert (await notebook.ended(first))["status"] == "completed"
        on.rmdir()
        off.mkdir()
        await restarting
        off.rmdir()
        assert (await notebook.ended(second))["status"] == following
        assert (await notebook.ended(other))["status"] == "completed"


async def test_a_run_right_after_another_kernel_was_chosen(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "1")
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0")
    first = (await notebook.runtime())["kernel_id"]
    sessions = json.loads((await address.fetch("GET", "api/sessions")).body)
    route = f"api/sessions/{sessions[0]['id']}"
    changed = await address.fetch("PATCH", route, {"kernel": {"name": "python3", "id": None}})
    second = json.loads(changed.body)["kernel"]["id"]
    assert second != first
    runs = await notebook.run("cell-0", "cell-0")
    assert [(run["status"], run["execution_count"]) for run in runs] == [
        ("completed", 1),
        ("completed", 2),
    ]
    assert (await notebook.runtime())["kernel_id"] == second


async def test_a_run_right_after_the_kernel_was_ended(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "1")
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0")
    await address.fetch("DELETE", f"api/kernels/{(await notebook.runtime())['kernel_id']}")
    assert [run["status"] for run in await notebook.run("cell-0", "cell-0")] == ["completed"] * 2
    await until_status(notebook, "ready")
