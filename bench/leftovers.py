"""What stays in a server after notebooks were opened, typed in and closed again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from bench.contenders import Contender
from bench.lib0 import UPDATE, sync_frame
from bench.notebooks import TYPING_CELLS, Typist, write_notebook
from bench.opening import IDLE_SECONDS
from bench.seat import seats
from bench.server import Server
from bench.typing_load import FIRST_CLIENT

KEYS = 20

WARMING = 5
"""Notebooks before the first look: what is loaded once and kept is no leak."""

TIMES = 3
"""Each notebook is opened, closed and forgotten so often: a leak grows with it."""


@dataclass(frozen=True, kw_only=True)
class Left:
    """How much more than before."""

    memory: int
    """Bytes."""
    descriptors: int


async def left_after(
    contender: Contender, place: Path, notebooks: int, forget_seconds: float
) -> Left:
    """Open, type in and close this many notebooks, one after another, two people in each, and all
    of it again."""
    async with contender.server(place, idle_seconds=IDLE_SECONDS) as server:
        await _visit(contender, server, "warming", WARMING)
        await asyncio.sleep(IDLE_SECONDS + forget_seconds)
        memory, descriptors = server.memory, server.descriptors
        for _ in range(TIMES):
            await _visit(contender, server, "visited", notebooks)
            await asyncio.sleep(IDLE_SECONDS + forget_seconds)
        return Left(
            memory=server.memory - memory,
            descriptors=server.descriptors - descriptors,
        )


async def _visit(contender: Contender, server: Server, name: str, count: int) -> None:
    for number in range(count):
        path = f"{name}-{number}.ipynb"
        if not (server.root / path).exists():
            write_notebook(server.root, path, TYPING_CELLS)
        async with seats(contender, server, [path, path]) as (writer, _):
            typist = Typist(writer.document, client=FIRST_CLIENT, cell=0)
            for update in typist.type(KEYS):
                writer.socket.send(sync_frame(UPDATE, update))
            await asyncio.sleep(0.2)
