"""A kernel whose memory runs out: its people are told, with what takes most of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]

FILLS = """
import resource
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (4 * size, 4 * size))
full = bytearray(int(2.7 * size))
small = bytearray(1000)
"""
"""Address space that is taken, and no memory: nothing is written to it."""


async def test_memory_that_runs_out_is_told(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", FILLS, "del full", "full = bytearray(int(2.7 * size))")
    notebook = await Notebook.opened(address, "a.ipynb")

    async def until_told(*codes: str) -> list[dict[str, Any]]:
        async with asyncio.timeout(60):
            while True:
                found: list[dict[str, Any]] = (await address.get(f"notebooks/{notebook.id}"))[
                    "conditions"
                ]
                if [condition["code"] for condition in found] == list(codes):
                    return found
                await asyncio.sleep(0.05)

    await notebook.run("cell-0")
    async with asyncio.timeout(60):
        while True:
            (told,) = await until_told("kernel_memory_low")
            assert told["message"].startswith("The memory of the kernel runs out: ")
            if told["hint"].startswith("The largest variables are full (bytearray, "):
                break
            await asyncio.sleep(0.05)
    await notebook.run("cell-1")
    await until_told()
    await notebook.run("cell-2")
    await until_told("kernel_memory_low")
    await notebook.runtime("stop")
    await until_told()
