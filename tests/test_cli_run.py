"""``anode-jlab run``: with a server that runs already, where people watch, and without one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Array

from tests.execution.notebook import Notebook
from tests.integration.conftest import server
from tests.integration.server_process import ServerProcess, notebook
from tests.native_client import NativeClient

__all__ = ["server"]

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]


START = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("anode_jlab", run_name="__main__")
"""
"""As ``python -m anode_jlab``; what a shell runs in the background ignores Ctrl-C, and with it all
that it starts."""


async def command(server: ServerProcess, *arguments: object) -> asyncio.subprocess.Process:
    """Begin it in the server's environment."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", START, "run", *map(str, arguments)),
        env=os.environ | server.folders(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )


async def run(server: ServerProcess, *arguments: object) -> tuple[int, str]:
    process = await command(server, *arguments)
    _, told = await process.communicate()
    assert process.returncode is not None
    return process.returncode, told.decode()


def results(file: Path) -> list[Any]:
    """What the cells of a file show."""
    cells = json.loads(file.read_text())["cells"]
    return [[output.get("data") for output in cell["outputs"]] for cell in cells]


async def test_with_a_running_server(server: ServerProcess) -> None:
    file = server.write_notebook("a.ipynb", "x = 1", "x", "1 / 0", "'after'")
    written = file.read_text()
    status, told = await run(
        server, file, "-p", "x=5", "-p", "who=Ada", "--output", file.parent / "b.ipynb"
    )
    assert status == 1
    assert "[1/5]" in told
    assert "ZeroDivisionError: division by zero" in told
    assert "cell-3: cancelled, batch_stopped" in told
    assert file.read_text() == written, "the notebook is left alone"
    copy = json.loads((server.root / "b.ipynb").read_text())
    assert "".join(copy["cells"][0]["source"]) == "# Parameters\nx = 5\nwho = 'Ada'"
    runs = Notebook(server.address, await server.open("b.ipynb"))
    assert (await runs.runtime())["status"] == "terminated", "it ends the kernel that it started"

    watched = Notebook(server.address, await server.open("a.ipynb"))
    await watched.runtime("start")
    async with NativeClient(server.address, watched.id) as viewer:
        status, told = await run(server, "--keep-going", file)
        assert (status, told.count("completed")) == (1, 3)
        async with asyncio.timeout(60):
            while "'after'" not in str(viewer.doc.get("cells", type=Array).to_py()):
                await asyncio.sleep(0.02)
    assert (await watched.runtime())["status"] == "ready", "the kernel of others goes on"
    assert results(file)[1::2] == [[{"text/plain": ["1"]}], [{"text/plain": ["'after'"]}]]


async def test_what_cannot_be_run(server: ServerProcess) -> None:
    file = server.write_notebook("a.ipynb", "input()")
    for arguments, part in (
        ([server.root / "never.ipynb"], "There is no file"),
        (["-p", "x", file], "no NAME=VALUE"),
        (["-p", "a b=1", file], "no name for a parameter"),
        (["--output", file, file], "exists already"),
        (["--kernel", "never", file], "no kernel called never"),
        ([file], "nobody is here to give it"),
    ):
        status, told = await run(server, *arguments)
        assert status == 1, told
        assert part in told


async def test_without_a_server_and_broken_off(tmp_path: Path) -> None:
    place = ServerProcess(tmp_path)  # its folders only; it is not started
    file = place.write_notebook("a.ipynb", "6 * 7")
    status, told = await run(place, file)
    assert (status, results(file)) == (0, [[{"text/plain": ["42"]}]]), told
    assert not list((tmp_path / "runtime").glob("jpserver-*.json"))

    source = "import os, time\nopen('on', 'w').write(str(os.getpid()))\ntime.sleep(600)"
    file.write_text(json.dumps(notebook(source)))
    process = await command(place, file)
    async with asyncio.timeout(60):
        while not (on := place.root / "on").exists() or not on.read_text():
            await asyncio.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = await process.communicate()
    assert (process.returncode, errors.decode()) == (130, "")
    with pytest.raises(ProcessLookupError):
        os.kill(int(on.read_text()), 0)
