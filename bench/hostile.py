"""What others notice of somebody who means harm: of frames that no room would take, and of peers
that send nonsense, flood, read nothing, or come and go."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from bench.contenders import HEADERS, Contender
from bench.lib0 import EMPTY_UPDATE, STEP1, UPDATE, sync_frame
from bench.notebooks import TYPING_CELLS, write_notebook
from bench.seat import seats
from bench.server import Server
from bench.typing_load import Scene, play, play_in
from bench.websocket import RefusedError, WebSocket

FRAME_BYTES = 100 << 20

FRAMES = 3

APART_SECONDS = 1.0

NONSENSE_BYTES = 200

SEED = 20261126

PAUSE_SECONDS = 0.05
"""Between two connections of one who is thrown out, or comes and goes."""

FLOOD_FRAMES = 20
FLOOD_SECONDS = 0.01
"""So many frames in so short a time: ten times what a room takes from one person."""

STALLED = 5
"""Peers that read nothing."""


async def worst_beside(contender: Contender, server: Server, scene: Scene, name: str) -> float:
    """The longest that a keystroke took to the other of two people while somebody sends frames of
    100 MB, in seconds."""
    path = f"{name}-hostile.ipynb"
    write_notebook(server.root, path, TYPING_CELLS)
    async with seats(contender, server, [path]):
        address = await contender.room(server, path)
        async with _meanwhile(_huge, address):
            played = await play(contender, server, scene, name)
    return max(played.delays)


async def beside_attacks(
    contender: Contender, server: Server, scene: Scene, attacks: Sequence[str]
) -> dict[str, float]:
    """p95 of a keystroke to the other of two people in seconds: undisturbed, beside each attack in
    their notebook, and the worst of these."""
    before = await play(contender, server, scene, "before")
    beside: dict[str, float] = {}
    for name in attacks:
        path = f"beside-{name}.ipynb"
        write_notebook(server.root, path, TYPING_CELLS)
        address = await contender.room(server, path)
        async with _meanwhile(ATTACKS[name], address):
            played = await play_in(contender, server, scene, [path])
        beside[f"attacks {name}"] = played.p95
    # The first keys of a server are slow: what it can do is the better of the two.
    after = await play(contender, server, scene, "after")
    undisturbed = min(before.p95, after.p95)
    return {"attacks idle": undisturbed, **beside, "attacks": max(beside.values())}


@asynccontextmanager
async def _meanwhile(attack: Callable[[str], Awaitable[None]], address: str) -> AsyncIterator[None]:
    async def attacking() -> None:
        await attack(address)

    task = asyncio.create_task(attacking())
    try:
        yield
        if task.done():
            task.result()  # an attack that did not take place would prove nothing
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _connect(address: str) -> WebSocket | None:
    """None when the server takes nobody at this moment."""
    with contextlib.suppress(RefusedError, OSError):
        return await WebSocket.connect(address, HEADERS, lambda _: None)
    return None


async def _thrown_out(socket: WebSocket) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(socket.closed), APART_SECONDS)
    await socket.close()


async def _huge(address: str) -> None:
    frame = bytes(FRAME_BYTES)
    for _ in range(FRAMES):
        await asyncio.sleep(APART_SECONDS)
        socket = await WebSocket.connect(address, HEADERS, lambda _: None)
        socket.send(frame)
        await _thrown_out(socket)


async def _nonsense(address: str) -> None:
    chance = random.Random(SEED)
    while True:
        socket = await _connect(address)
        if socket is not None:
            socket.send(sync_frame(UPDATE, chance.randbytes(NONSENSE_BYTES)))
            await _thrown_out(socket)
        await asyncio.sleep(PAUSE_SECONDS)


async def _flood(address: str) -> None:
    frame = sync_frame(UPDATE, EMPTY_UPDATE)
    while True:
        socket = await _connect(address)
        while socket is not None and not socket.closed.done():
            for _ in range(FLOOD_FRAMES):
                socket.send(frame)
            await asyncio.sleep(FLOOD_SECONDS)
        await asyncio.sleep(PAUSE_SECONDS)


async def _stalled(address: str) -> None:
    sockets = [await _connect(address) for _ in range(STALLED)]
    try:
        for socket in filter(None, sockets):
            socket.send(sync_frame(STEP1, b"\0"))
            socket.stall()
        await asyncio.Event().wait()
    finally:
        for socket in filter(None, sockets):
            socket.abort()


async def _coming_and_going(address: str) -> None:
    while True:
        socket = await _connect(address)
        if socket is not None:
            socket.send(sync_frame(STEP1, b"\0"))
            await asyncio.sleep(PAUSE_SECONDS)
            socket.abort()
        await asyncio.sleep(PAUSE_SECONDS)


ATTACKS: Final[Mapping[str, Callable[[str], Awaitable[None]]]] = {
    "nonsense": _nonsense,
    "flood": _flood,
    "stalled": _stalled,
    "coming": _coming_and_going,
}
"""What somebody does in the notebook in which two others type."""
