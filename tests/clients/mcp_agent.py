"""An agent with the official MCP client: reads a notebook, adds a cell, runs it.

Usage: python mcp_agent.py http|stdio SERVER_URL TOKEN NOTEBOOK
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client


async def main(way: str, url: str, token: str, notebook: str) -> None:
    if way == "http":
        headers = {"Authorization": f"token {token}"}
        async with httpx2.AsyncClient(headers=headers, timeout=120) as http:
            await session(streamable_http_client(f"{url}anode/mcp", http_client=http), notebook)
        return
    command = StdioServerParameters(
        command=sys.argv[5],
        args=["-m", "anode_jlab", "mcp", "--url", url, "--name", "Robot"],
        env={"JUPYTER_TOKEN": token, "PYTHONPATH": sys.argv[6]},
    )
    await session(command, notebook)


async def session(server: Any, notebook: str) -> None:
    async with Client(server) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        say("tools", names)

        async def call(tool: str, **arguments: Any) -> Any:
            result = await client.call_tool(tool, {"notebook": notebook, **arguments})
            told = json.loads(result.content[0].text)
            say(tool, told)
            return told

        await call("outline")
        made = await call("create_cell", source="print(6 * 7)")
        await call("execute_cell", cell_id=made["cell_id"])
        await call("read_cells", cell_ids=["nothing"])


def say(what: str, told: Any) -> None:
    sys.stdout.write(f"{what} {json.dumps(told)}\n")


asyncio.run(main(*sys.argv[1:5]))
