"""A notebook that the browser keeps: how soon it is seen, and how soon what was typed is merged."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import msgspec

from bench.browser import PATIENCE_SECONDS, PLAYWRIGHT, lab, tools_of_browsers
from bench.contenders import TOKEN
from bench.notebooks import write_notebook
from bench.server import Server

SCRIPT = Path(__file__).with_name("cached_in_browser.mjs")


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds: from the command to the first cell with the server ``up`` and ``down``, and
    from the server's return until all that was typed meanwhile is stored there (``merge``)."""

    up: float
    down: float
    merge: float


async def kept(place: Path, cells: int, changes: int) -> Kept | None:
    """None when the tools are missing."""
    tools = tools_of_browsers()
    if tools is None:
        return None
    async with lab(place, ours=True) as server:
        write_notebook(server.root, "kept.ipynb", cells)
        url = f"{server.url}lab?token={TOKEN}&reset"
        process = await asyncio.create_subprocess_exec(
            tools.node,
            str(SCRIPT),
            *(url, "kept.ipynb", str(cells), str(changes), tools.chromium, str(PLAYWRIGHT)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await _served(process, server)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _served(process: asyncio.subprocess.Process, server: Server) -> Kept:
    """Do what the script asks for, until it tells the figures."""
    assert process.stdin is not None
    assert process.stdout is not None
    async for line in process.stdout:
        said = json.loads(line)
        match said.get("ask"):
            case "stop":
                await server.stop()
            case "start":
                await server.start()
            case _:
                return msgspec.convert(said, Kept)
        process.stdin.write(b"\n")
        await process.stdin.drain()
    raise RuntimeError("the browser did not open the kept notebook")
