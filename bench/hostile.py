"""How long others wait while somebody sends a frame that no room would take."""

from __future__ import annotations

import asyncio
import contextlib

from bench.contenders import HEADERS, Contender
from bench.notebooks import TYPING_CELLS, write_notebook
from bench.seat import seats
from bench.server import Server
from bench.typing_load import Scene, play
from bench.websocket import WebSocket

FRAME_BYTES = 100 << 20

FRAMES = 3

APART_SECONDS = 1.0

SCENE = Scene(notebooks=1, people=2, pause_seconds=0.5, bursts=4)


async def worst_beside(contender: Contender, server: Server, name: str) -> float:
    """The longest that a keystroke took to the other of two people meanwhile, in seconds."""
    path = f"{name}-hostile.ipynb"
    write_notebook(server.root, path, TYPING_CELLS)
    async with seats(contender, server, [path]), asyncio.TaskGroup() as tasks:
        address = await contender.room(server, path)
        attack = tasks.create_task(_attack(address))
        played = await play(contender, server, SCENE, name)
        attack.cancel()
    return max(played.delays)


async def _attack(address: str) -> None:
    frame = bytes(FRAME_BYTES)
    for _ in range(FRAMES):
        await asyncio.sleep(APART_SECONDS)
        socket = await WebSocket.connect(address, HEADERS, lambda _: None)
        socket.send(frame)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(socket.closed), APART_SECONDS)
        await socket.close()
