"""Tells the people in a notebook that its kernel's memory runs out, before the system ends it."""

from __future__ import annotations

import asyncio

from anode_jlab.execution.inspecting import Inspector
from anode_jlab.execution.journal import Journal
from anode_jlab.runtimes.memory import memory_of, shown
from anode_jlab.runtimes.session import Session
from anode_jlab.runtimes.usage import LimitOf, limit_on
from anode_jlab.runtimes.variables import Variable

CODE = "kernel_memory_low"
"""Of the condition."""

LOW = 0.85
"""Share of the limit from which on it is told."""

ENOUGH = 0.80
"""Below it, it is told no more."""

STEP = 0.02
"""A smaller change is not worth new words."""

LEAST_PART = 0.05
"""Share of the machine's memory that a kernel has itself, for it to be its people's concern."""

MOST_NAMED = 3


class MemoryWatch:
    """Of one notebook; looks when it is told to."""

    def __init__(self, journal: Journal, inspector: Inspector) -> None:
        self._journal = journal
        self._inspector = inspector
        self._share = 0.0
        self._words = ("", "")
        self._is_fresh = False
        """Whether the words name the variables as they are after the last run."""

    async def look(self, session: Session | None, *, is_free: bool) -> None:
        """Look at the living session's memory. ``is_free``: it may be asked for its variables."""
        room = self._journal.open_room
        if room is None:
            return
        share, counted, limit = await _share_of(session)
        if session is None or share < ENOUGH or (share < LOW and CODE not in room.conditions):
            room.conditions.clear(CODE)
            self._share = 0.0
            return
        if abs(share - self._share) >= STEP or (is_free and not self._is_fresh):
            told = await self._inspector.look(session, is_free=is_free)
            self._share, self._is_fresh = share, told is not None and told.is_fresh
            self._words = (
                f"The memory of the kernel runs out: {shown(counted)} of {shown(limit)} are used.",
                _advice(() if told is None else told.variables.largest[:MOST_NAMED]),
            )
        room.conditions.set(CODE, *self._words)


async def _share_of(session: Session | None) -> tuple[float, int, int]:
    if session is None or session.process is None:
        return 0.0, 0, 1
    memory = await asyncio.to_thread(memory_of, session.process)
    if memory is None:
        return 0.0, 0, 1
    counted, limit, whose = await asyncio.to_thread(limit_on, memory)
    is_concerned = whose is not LimitOf.MACHINE or memory.resident >= LEAST_PART * limit
    return (counted / max(limit, 1) if is_concerned else 0.0), counted, limit


def _advice(largest: tuple[Variable, ...]) -> str:
    named = ", ".join(
        f"{one.name} ({one.kind}, {shown(one.size)})" for one in largest if one.size is not None
    )
    first = f"The largest variables are {named}. " if named else ""
    return first + "Delete what is not needed, or restart the kernel, before the system ends it."
