"""Everybody comes back at once: a server is started again while many people have it open."""

from __future__ import annotations

import asyncio
import random
from time import monotonic

from tornado.httpclient import HTTPClientError

from bench.contenders import Contender
from bench.notebooks import TYPING_CELLS, write_notebook
from bench.seat import Seat, open_notebook
from bench.server import Server
from bench.websocket import RefusedError

SHORTEST_SECONDS, LONGEST_SECONDS = 0.5, 30.0
"""The front end's waits between two attempts (``src/sync/backoff.ts``), for all contenders."""

PEOPLE_PER_NOTEBOOK = 4


async def storm(contender: Contender, server: Server, people: int, name: str) -> list[float]:
    """Seconds from the moment the server answers again until each person is in sync."""
    paths = [f"{name}-{number}.ipynb" for number in range(-(-people // PEOPLE_PER_NOTEBOOK))]
    for path in paths:
        write_notebook(server.root, path, TYPING_CELLS)
    wanted = [paths[number // PEOPLE_PER_NOTEBOOK] for number in range(people)]
    chance = random.Random(name)
    for path in wanted:
        await open_notebook(contender, server, path)
    await server.stop()
    async with asyncio.TaskGroup() as tasks:
        returns = [tasks.create_task(_return(contender, server, path, chance)) for path in wanted]
        await server.start()
        up = monotonic()
    for back in returns:
        await back.result()[1].socket.close()
    return [max(0.0, back.result()[0] - up) for back in returns]


async def _return(
    contender: Contender, server: Server, path: str, chance: random.Random
) -> tuple[float, Seat]:
    failures = 0
    while True:
        await asyncio.sleep(_wait(failures, chance.random()))
        try:
            seat = await open_notebook(contender, server, path)
        except (HTTPClientError, OSError, RefusedError):
            failures += 1
        else:
            return monotonic(), seat


def _wait(failures: int, chance: float) -> float:
    whole = min(LONGEST_SECONDS, SHORTEST_SECONDS * 2.0 ** (failures + 1))
    return max(SHORTEST_SECONDS, whole * (0.5 + chance / 2))
