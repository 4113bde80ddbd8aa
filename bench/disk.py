"""How much a server keeps on the disk for each keystroke."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from bench.contenders import Contender
from bench.history import sitting
from bench.lib0 import UPDATE, sync_frame
from bench.notebooks import SEED, TYPING_CELLS, write_notebook
from bench.seat import open_notebook
from bench.typing_load import FIRST_CLIENT

PAUSE_SECONDS = 0.01
"""Between two keystrokes: faster than anybody types, slow enough to be stored one by one."""

SETTLED_SECONDS = 3.0
"""A store that did not grow for so long has everything."""


async def bytes_per_1000(contender: Contender, place: Path, keys: int) -> float:
    """What the store grew by, for a thousand keystrokes all over one notebook."""
    async with contender.server(place) as server:
        write_notebook(server.root, "kept.ipynb", TYPING_CELLS)
        seat = await open_notebook(contender, server, "kept.ipynb")
        before = await _settled(contender, place)
        for update in sitting(seat.document, FIRST_CLIENT, keys, random.Random(SEED)):
            seat.socket.send(sync_frame(UPDATE, update))
            await asyncio.sleep(PAUSE_SECONDS)
        after = await _settled(contender, place)
        await seat.leave()
    return (after - before) / keys * 1000


async def _settled(contender: Contender, place: Path) -> int:
    size = -1
    while size != (size := _size(contender, place)):
        await asyncio.sleep(SETTLED_SECONDS)
    return size


def _size(contender: Contender, place: Path) -> int:
    return sum(file.stat().st_size for file in place.glob(contender.kept))
