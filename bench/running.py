"""Runs of cells: how long trivial and talkative ones take, and what a flood does to the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from time import monotonic

from bench.cells import Cells, notebook_of
from bench.cells_loop import Loop
from bench.cells_peers import Requests, Room
from bench.cells_queue import Queue
from bench.cells_socket import KernelSocket
from bench.contenders import Contender, Documents, NbModel, Ours, Plain
from bench.server import Server
from bench.typing_load import FIRST_CLIENT, Scene, play_in

PATH = "runs.ipynb"

FLOOD_BYTES = 100_000_000

OTHERS = 2 * FIRST_CLIENT
"""Yjs client ids of those who type a second time."""

LOOK_SECONDS = 0.05
"""How often the server's memory is looked at."""


def sources_of(trivial: int, printed: int, flushed: int) -> list[str]:
    """So many trivial cells; then one that prints lines, and one that flushes each of them."""
    return [
        *(f"x = {number}" for number in range(trivial)),
        f"for n in range({printed}):\n    print(n)",
        f"for n in range({flushed}):\n    print(n, flush=True)",
    ]


def flooding(size: int) -> str:
    """Prints so many bytes, as fast as it can."""
    return f"line = 'x' * 99\nfor n in range({size // 100}):\n    print(line)"


@asynccontextmanager
async def loop_cells(sources: list[str]) -> AsyncIterator[Cells]:
    """Of the bare loop."""
    async with Loop.opened(sources) as cells:
        yield cells


def cells_of(
    contender: Contender, server: Server, sources: list[str]
) -> AbstractAsyncContextManager[Cells]:
    """A notebook with these cells and a kernel, by the way that the server's own clients use."""
    (server.root / PATH).write_text(notebook_of(sources), encoding="utf-8")
    match contender:
        case Ours():
            return Queue.opened(server, PATH)
        case Plain():
            return KernelSocket.opened(server, PATH, sources)
        case NbModel():
            return Requests.opened(contender, server, PATH, sources)
        case Documents():
            return Room.opened(contender, server, PATH, sources)
    raise TypeError(f"{contender.name} runs no cells")


async def runs(cells: Cells, trivial: int, flushed: int) -> Mapping[str, float]:
    """Seconds for each kind of run, after one round that does not count."""
    numbers = range(trivial)
    await cells.batch(numbers)
    figures = {
        "one by one": await _seconds(cells.one_by_one(numbers)),
        "batch": await _seconds(cells.batch(numbers)),
        "printed": await _seconds(cells.batch([trivial])),
        "flushed": await _seconds(cells.batch([trivial + 1])),
    }
    text = await cells.text(trivial + 1)
    if text is not None:
        figures["flushed lost"] = flushed - len(set(text.split()))
    return figures


async def _seconds(work: Awaitable[None]) -> float:
    began = monotonic()
    await work
    return monotonic() - began


async def beside_flood(
    contender: Contender, place: Path, size: int, scene: Scene
) -> dict[str, float]:
    """How long keys of others take while a cell prints, and what the server holds then."""
    async with (
        contender.server(place) as server,
        cells_of(contender, server, ["pass", flooding(size)]) as cells,
    ):
        await cells.batch([0])
        idle = await play_in(contender, server, scene, [PATH])
        before = most = server.memory
        typed = asyncio.Event()

        async def watch() -> None:
            nonlocal most
            while not typed.is_set():
                most = max(most, server.memory)
                await asyncio.sleep(LOOK_SECONDS)

        async def print_all() -> None:
            while not typed.is_set():
                await cells.batch([1])

        work = asyncio.gather(watch(), print_all())
        try:
            beside = await play_in(contender, server, scene, [PATH], first_client=OTHERS)
        finally:
            typed.set()
            await work
    return {
        "typing idle": idle.p95,
        "typing beside": beside.p95,
        "flood memory": float(most - before),
    }
