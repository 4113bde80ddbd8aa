"""People who move their carets in one notebook: how soon it is seen, and what it costs."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from time import monotonic

import msgspec

from bench.contenders import Contender
from bench.lib0 import awareness_frame, awareness_states
from bench.machine import Usage
from bench.notebooks import TYPING_CELLS, write_notebook
from bench.seat import seats
from bench.server import Server
from bench.stats import percentile
from bench.typing_load import GOLDEN

FIRST_CLIENT = 2_000_000
"""Yjs client ids of the people."""

REST_SECONDS = 1.0
"""Until what is under way has arrived."""


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """So many ``people`` move ``per_second`` times each."""

    people: int
    per_second: float
    seconds: float


@dataclass(kw_only=True)
class Moved:
    """What one walk came to. ``frames`` and ``bytes`` are those that reach each person in a second,
    ``cpu`` is the server's, in cores."""

    delays: list[float] = field(repr=False)
    frames: float
    bytes: float
    cpu: float

    @property
    def p95(self) -> float:
        return percentile(self.delays, 95)


async def walk(contender: Contender, server: Server, plan: Walk, name: str) -> Moved:
    """Raises RuntimeError when nothing arrives."""
    path = f"{name}.ipynb"
    write_notebook(server.root, path, TYPING_CELLS)
    delays: list[float] = []
    frames = size = 0

    def count(frame: bytes) -> None:
        nonlocal frames, size
        frames += 1
        size += len(frame)

    def look(frame: bytes) -> None:
        count(frame)
        now = monotonic()
        states = map(json.loads, awareness_states(frame))
        delays.extend(now - state["sent"] for state in states if state and "sent" in state)

    async with seats(contender, server, [path] * plan.people) as seated:
        for seat in seated:
            seat.on_other = look if seat is seated[0] else count
        clocks = [0] * plan.people
        usage = Usage([server])
        begun = monotonic()
        for due, person in _beats(plan):
            await asyncio.sleep(max(0.0, begun + due - monotonic()))
            clocks[person] += 1
            state = _state(person, clocks[person])
            seated[person].socket.send(
                awareness_frame(FIRST_CLIENT + person, clocks[person], state)
            )
        await asyncio.sleep(REST_SECONDS)
        usage.stop()
    if not delays:
        raise RuntimeError(f"{contender.name}: nobody saw anybody move")
    share = plan.people * usage.seconds
    return Moved(
        delays=delays,
        frames=frames / share,
        bytes=size / share,
        cpu=usage.server / usage.seconds,
    )


def _beats(plan: Walk) -> list[tuple[float, int]]:
    """When who moves, in order."""
    moves = int(plan.seconds * plan.per_second)
    return sorted(
        ((move + person * GOLDEN % 1.0) / plan.per_second, person)
        for person in range(plan.people)
        for move in range(moves)
    )


def _state(person: int, move: int) -> bytes:
    """What the front end says of a caret, and when it was said."""
    place = {"type": {"client": 1, "clock": 20 * person}, "tname": None, "assoc": 0}
    caret = {"anchor": place | {"item": move}, "head": place | {"item": move}}
    return json.dumps(
        {
            "user": {"name": f"Person {person}", "color": "var(--jp-collaborator-color1)"},
            "anode": {"doing": "writing", "cell": f"cell-{person % TYPING_CELLS:05}"},
            "cursors": [caret],
            "sent": monotonic(),
        }
    ).encode()
