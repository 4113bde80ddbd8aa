"""The official MCP client, over HTTP and through the command, in a notebook that somebody has
open: they see it live, and allow each step."""

from __future__ import annotations

import asyncio
import json
import sys
from functools import partial
from typing import Any

import pytest

from tests.clients import environment
from tests.clients.environment import REPOSITORY
from tests.execution.notebook import Notebook
from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="session")
def agent() -> str:
    return str(environment.python_of_mcp())


async def test_an_agent_with_the_official_client(server: ServerProcess, agent: str) -> None:
    id_ = await server.open("day.ipynb")
    notebook = Notebook(server.address, id_)
    async with NativeClient(server.address, id_) as person:
        person.patience = 120.0
        for way, count in (("http", 3), ("stdio", 4)):
            process = await asyncio.create_subprocess_exec(
                agent, REPOSITORY / "tests" / "clients" / "mcp_agent.py",
                way, server.address.url, server.token, "day.ipynb", sys.executable, REPOSITORY,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            allowing = asyncio.create_task(allow(notebook, "create_cell", "execute_cell"))
            out, err = await process.communicate()
            assert process.returncode == 0, err.decode()
            await allowing
            await person.until(partial(has_cells, person, count))
            told = dict(line.split(" ", 1) for line in out.decode().splitlines())
            assert "wait_for_call" in json.loads(told["tools"])
            assert json.loads(told["outline"])["path"] == "day.ipynb"
            [run] = json.loads(told["execute_cell"])["runs"]
            assert (run["status"], run["outputs"][0]["text"]) == ("completed", "42\n")
            assert json.loads(told["read_cells"])["error"] == "cell_not_found"


def has_cells(person: NativeClient, count: int) -> bool:
    return len(person.sources) == count


async def allow(notebook: Notebook, *tools: str) -> None:
    """A person allows these calls, one after another."""
    for tool in tools:
        ask = await pending(notebook, tool)
        body = {"answer": "once", "args_hash": ask["args_hash"]}
        route = f"notebooks/{notebook.id}/approvals/{ask['approval_id']}"
        await notebook.address.post(route, body)


async def pending(notebook: Notebook, tool: str) -> dict[str, Any]:
    """The open question of this tool, once there is one."""
    async with asyncio.timeout(120):
        while True:
            for ask in await notebook.address.get(f"notebooks/{notebook.id}/approvals"):
                if ask["status"] == "pending" and ask["tool"] == tool:
                    found: dict[str, Any] = ask
                    return found
            await asyncio.sleep(0.05)
