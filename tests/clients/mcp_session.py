"""Talks to jupyter-mcp-server as an agent does: opens a notebook, reads it, edits it, runs cells.

Usage: python mcp_session.py SERVER_URL TOKEN NOTEBOOK
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main(url: str, token: str, notebook: str) -> None:
    program = StdioServerParameters(
        command=str(Path(sys.executable).parent / "jupyter-mcp-server"),
        args=["--transport", "stdio", "--jupyter-url", url, "--jupyter-token", token,
              "--start-new-code-sandbox", "false", "--jupyterlab", "false"],
        env=dict(os.environ),
    )  # fmt: skip
    async with stdio_client(program) as streams, ClientSession(*streams) as session:
        await session.initialize()

        async def call(tool: str, **arguments: Any) -> None:
            result = await session.call_tool(tool, arguments)
            text = " ".join(getattr(part, "text", "") for part in result.content)
            sys.stdout.write(f"{tool}: {text}\n")

        await call("use_notebook", notebook_name="n", notebook_path=notebook, mode="connect")
        await call("read_notebook", notebook_name="n")
        await call("insert_cell", cell_index=1, cell_type="markdown", cell_source="# By an agent")
        await call("overwrite_cell_source", cell_index=0, cell_source="x = 2")
        await call("delete_cell", cell_indices=[2])
        await call("execute_cell", cell_index=0)
        await call("insert_execute_code_cell", cell_index=2, cell_source="print(x + 40)")
        await call("unuse_notebook", notebook_name="n")


asyncio.run(main(*sys.argv[1:]))
