"""How long a notebook takes to come: for the first time, again, and beside somebody else."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from bench.contenders import Contender
from bench.lib0 import UPDATE, sync_frame
from bench.notebooks import Typist, cells_in, write_notebook
from bench.seat import Seat, open_notebook
from bench.server import Server
from bench.typing_load import FIRST_CLIENT

IDLE_SECONDS = 0.5
"""After the last client left the server forgets the notebook."""

KEYS = 20
"""Typed between the openings: a notebook that is opened again is mostly one that was edited."""


@dataclass(frozen=True, kw_only=True)
class OpeningResult:
    """Seconds from the first request to the whole document, without the client's own work."""

    first: float
    warm: float
    """While somebody else has it open."""
    second: float
    """After the server had forgotten it."""


async def open_thrice(
    contender: Contender, place: Path, cells: int, forget_seconds: float
) -> OpeningResult:
    """All three openings on a server of its own, which has opened another notebook before."""
    async with contender.server(place, idle_seconds=IDLE_SECONDS) as server:
        write_notebook(server.root, "small.ipynb", 1)
        await (await open_notebook(contender, server, "small.ipynb")).leave()
        write_notebook(server.root, "big.ipynb", cells)
        await asyncio.sleep(IDLE_SECONDS)

        first, seat = await _timed(contender, server, cells)
        warm, other = await _timed(contender, server, cells)
        await _type(seat, forget_seconds)
        await seat.leave()
        await other.leave()
        await asyncio.sleep(IDLE_SECONDS + forget_seconds)
        second, seat = await _timed(contender, server, cells)
        await seat.leave()
    return OpeningResult(first=first, warm=warm, second=second)


async def _timed(contender: Contender, server: Server, cells: int) -> tuple[float, Seat]:
    begun = monotonic()
    seat = await open_notebook(contender, server, "big.ipynb")
    taken = monotonic() - begun
    found = cells_in(seat.document)
    if found != cells:
        raise IncompleteDocumentError(f"{contender.name}: {found} of {cells} cells arrived")
    return taken, seat


async def _type(seat: Seat, saving_seconds: float) -> None:
    typist = Typist(seat.document, client=FIRST_CLIENT, cell=0)
    for update in typist.type(KEYS):
        seat.socket.send(sync_frame(UPDATE, update))
        await asyncio.sleep(0.02)
    # Time enough for every server to save it in its own way.
    await asyncio.sleep(saving_seconds)


class IncompleteDocumentError(RuntimeError):
    """What a server called the whole document was not."""
