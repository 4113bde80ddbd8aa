"""Show: questions of an assistant outlive the server, and what was under way is told as broken."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from tests.execution.notebook import Notebook
from tests.integration.server_process import ServerProcess

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]


async def call(server: ServerProcess, tool: str, **args: Any) -> Any:
    """A tool, as an outside agent calls it; None when the server went meanwhile."""
    params = {"name": tool, "arguments": {"notebook": "day.ipynb", **args}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    with suppress(OSError, HTTPClientError):
        answer = await server.address.fetch("POST", "anode/mcp", body)
        if answer.code == 200:
            return json.loads(json.loads(answer.body)["result"]["content"][0]["text"])
    return None


async def until(look: Callable[[], Any], is_right: Callable[[Any], bool]) -> Any:
    async with asyncio.timeout(120):
        while not is_right(found := await look()):
            await asyncio.sleep(0.05)
    return found


async def test_a_question_outlives_the_server(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path)
    server.write_notebook("day.ipynb", "import time\nprint('begun')\ntime.sleep(600)")
    async with server:
        notebook = Notebook(server.address, await server.open("day.ipynb"))
        [cell] = (await notebook.state())["cells"]
        route = f"notebooks/{notebook.id}/approvals"

        async def asks(tool: str) -> list[dict[str, Any]]:
            found = await server.address.get(route)
            return [one for one in found if (one["tool"], one["status"]) == (tool, "pending")]

        running = asyncio.create_task(call(server, "execute_cell", cell_id=cell["id"]))
        [ask] = await until(lambda: asks("execute_cell"), bool)
        await server.address.post(
            f"{route}/{ask['approval_id']}", {"answer": "once", "args_hash": ask["args_hash"]}
        )
        await until(lambda: notebook.outputs(cell["id"]), bool)
        waiting = asyncio.create_task(call(server, "create_cell", source="y = 2"))
        [ask] = await until(lambda: asks("create_cell"), bool)

        await server.kill()
        await asyncio.wait([running, waiting])
        await server.start()
        assert (await asks("create_cell"))[0]["approval_id"] == ask["approval_id"]
        ended = await until(lambda: notebook.events("v1.ToolCallCompleted"), bool)
        assert [(e["data"]["outcome"], e["data"]["code"]) for e in ended] == [
            ("failed", "interrupted")
        ]
        body = {"answer": "once", "args_hash": ask["args_hash"]}
        await server.address.post(f"{route}/{ask['approval_id']}", body)
        await until(lambda: notebook.events("v1.ToolCallCompleted"), lambda found: len(found) == 2)
        sources = [one["source"] for one in (await notebook.document())["cells"]]
        assert sources[1:] == ["y = 2"]
        used = await server.address.post(f"{route}/{ask['approval_id']}", body, 409)
        assert used["code"] == "used"
