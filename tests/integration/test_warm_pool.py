"""Shows: kernels that are started ahead are claimed, refilled, bounded, and end with the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.execution.notebook import Notebook
from tests.integration.server_process import ServerProcess
from tests.integration.test_kernel_survival import until_gone

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

CONFIG = """
c.AnodeConfig.warm_pool_size = 1
c.AnodeConfig.warm_imports = ["wave", "no_such_module"]
"""

LOOKS = """
import os, sys
print(os.getpid(), os.getcwd(), __session__ == os.environ["JPY_SESSION_NAME"])
print("wave" in sys.modules, "wave" in globals(), sorted(n for n in globals() if n[:1] != "_"))
"""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with ServerProcess(tmp_path, config=CONFIG) as server:
        yield server


def processes(server: ServerProcess) -> dict[int, str]:
    """The kernels that are written down, with the notebooks that they belong to."""
    found = {}
    for place in (server.store / "kernels").glob("*.json"):
        record = json.loads(place.read_bytes())
        found[record["process"]["pid"]] = record["path"]
    return found


async def until_waiting(server: ServerProcess, *others: int) -> int:
    """The kernel that waits, once there is one and its imports are done."""
    async with asyncio.timeout(120):
        while True:
            waiting = [p for p in await asyncio.to_thread(processes, server) if p not in others]
            assert len(waiting) <= 1
            if waiting and f"A kernel waits: {waiting[0]}" in "".join(server.log):
                return waiting[0]
            await asyncio.sleep(0.05)


async def test_a_kernel_that_waits_becomes_a_notebooks(server: ServerProcess) -> None:
    (server.root / "folder").mkdir()
    server.write_notebook("folder/a.ipynb", LOOKS)
    spare = await until_waiting(server)
    listed = await server.address.fetch("GET", "api/kernels")
    assert json.loads(listed.body) == []
    notebook = Notebook(server.address, await server.open("folder/a.ipynb"))
    await notebook.run("cell-0")
    (output,) = await notebook.outputs("cell-0")
    first, second = output["text"].splitlines()
    assert first == f"{spare} {server.root / 'folder'} True"
    names = ["In", "Out", "exit", "get_ipython", "open", "os", "quit", "sys"]
    assert second == f"True False {names}"
    assert (await notebook.cell("cell-0"))["execution_count"] == 1

    # Another one waits; it is not used for a restart, whose connection is the kernel's own.
    other = await until_waiting(server, spare)
    await notebook.runtime("restart")
    await notebook.run("cell-0")
    (output,) = await notebook.outputs("cell-0")
    restarted = int(output["text"].split()[0])
    assert restarted not in (spare, other)

    # Killed, the server takes the kernel that waits along; the notebook's goes on.
    await server.kill()
    await until_gone(other)
    await server.start()
    await notebook.run("cell-0")
    (output,) = await notebook.outputs("cell-0")
    assert output["text"].startswith(f"{restarted} ")

    # Stopped, it ends all of them.
    last = await until_waiting(server, restarted)
    await server.terminate()
    for process in (last, restarted):
        await until_gone(process)
    assert not processes(server)
