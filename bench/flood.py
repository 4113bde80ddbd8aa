"""How many updates a second one reader can follow: the load goes up step by step."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass
from time import monotonic

from bench.contenders import Contender
from bench.lib0 import UPDATE, sync_frame
from bench.machine import Usage
from bench.notebooks import TYPING_CELLS, Typist, document_of, write_notebook
from bench.seat import Seat, Watch, seats
from bench.server import Server
from bench.stats import percentile
from bench.typing_load import FIRST_CLIENT

SLOWEST_PER_SECOND = 100
FASTEST_PER_SECOND = 25_600
"""Beyond what the generator can send while the server runs beside it."""

COARSE, FINE = 2.0, 2.0**0.25
"""The load doubles until it is too much; then it rises in quarter steps from half of that."""

LIMIT_SECONDS = 0.100
"""p99 above it: the reader sees the writer lag."""

TICK_SECONDS = 0.002
DRAIN_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Step:
    """One load and what came of it."""

    per_second: float
    p99: float
    generator: float
    """Share of one processor that the generator needed."""


class Flood:
    """One writer and one reader in one notebook."""

    def __init__(self, writer: Seat, reader: Seat, typist: Typist, server: Server) -> None:
        self._writer = writer
        self._typist = typist
        self._server = server
        self._watch = Watch()
        self._watch.typist(typist.client)
        reader.on_update = self._watch.reader()

    async def step(self, per_second: float, seconds: float) -> Step:
        """Type at this speed for so long."""
        updates = self._typist.type(round(per_second * seconds))
        frames = [sync_frame(UPDATE, update) for update in updates]
        self._watch.delays.clear()
        gc.collect()
        usage = Usage([self._server])
        await self._send(frames, per_second)
        await self._watch.until(len(frames), DRAIN_SECONDS)
        usage.stop()
        delays = list(self._watch.delays)
        lost = len(frames) - len(delays)
        p99 = percentile(delays + [DRAIN_SECONDS] * lost, 99)
        return Step(per_second=per_second, p99=p99, generator=usage.generator / usage.seconds)

    async def _send(self, frames: list[bytes], per_second: float) -> None:
        begun = monotonic()
        sent = 0
        while sent < len(frames):
            due = min(len(frames), int((monotonic() - begun) * per_second) + 1)
            for frame in frames[sent:due]:
                self._watch.sent(self._typist.client)
                self._writer.socket.send(frame)
            sent = due
            await asyncio.sleep(TICK_SECONDS)


async def rise(contender: Contender, server: Server, run: str, seconds: float) -> Step:
    """The highest step that the reader could follow; a step that fails is tried once more."""
    best = Step(per_second=0.0, p99=0.0, generator=0.0)
    for factor in (COARSE, FINE):
        per_second = best.per_second * factor or SLOWEST_PER_SECOND
        while per_second <= FASTEST_PER_SECOND:
            step = await _tried_twice(contender, server, run, per_second, seconds)
            if step.p99 > LIMIT_SECONDS:
                break
            best = step
            per_second *= factor
    return best


async def _tried_twice(
    contender: Contender, server: Server, run: str, per_second: float, seconds: float
) -> Step:
    step = await _tried(contender, server, f"{run}-{per_second:.0f}", per_second, seconds)
    if step.p99 > LIMIT_SECONDS:
        step = await _tried(contender, server, f"{run}-{per_second:.0f}-again", per_second, seconds)
    return step


async def _tried(
    contender: Contender, server: Server, name: str, per_second: float, seconds: float
) -> Step:
    path = f"{name}.ipynb"
    write_notebook(server.root, path, TYPING_CELLS)
    async with seats(contender, server, [path, path]) as (writer, reader):
        document = writer.document if contender.has_document else document_of(TYPING_CELLS)
        typist = Typist(document, client=FIRST_CLIENT, cell=0)
        return await Flood(writer, reader, typist, server).step(per_second, seconds)
