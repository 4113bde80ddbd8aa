"""Asks a kernel about its variables while it has nothing to run, for all who look at once."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from anode_jlab.clock import Clock
from anode_jlab.execution.asking import Asker
from anode_jlab.ids import SessionId
from anode_jlab.runtimes.session import Session
from anode_jlab.runtimes.variables import QUESTION, KernelTool, Variables, tools_in, variables_in

ANSWER_SECONDS = 3.0
"""How long a kernel that does nothing may take; widgets and threads may be at work in it."""

FRESH_SECONDS = 20.0
"""For so long an answer counts when nothing ran since: widgets change variables without a run."""

LANGUAGE = "python"


class Inspected(NamedTuple):
    """``at``: monotonic seconds. ``is_fresh``: nothing ran since."""

    variables: Variables
    at: float
    is_fresh: bool
    tools: tuple[KernelTool, ...] = ()


class Inspector:
    """Of one notebook. A kernel that is at work is not asked: what it said before is told again."""

    def __init__(self, clock: Clock, asker: Asker) -> None:
        self._clock = clock
        self._asker = asker
        self._lock = asyncio.Lock()
        self._last: Variables | None = None
        self._tools: tuple[KernelTool, ...] = ()
        self._last_at = 0.0
        self._session: SessionId | None = None
        self._is_stale = True

    def ran(self) -> None:
        """Something ran in the kernel: its variables may be others."""
        self._is_stale = True

    async def look(self, session: Session, *, is_free: bool) -> Inspected | None:
        """The variables of a living session; None before the first answer.

        ``is_free``: it runs nothing and has nothing to run.
        """
        async with self._lock:
            if session.id != self._session:
                self._session, self._last, self._is_stale = session.id, None, True
            age = self._clock.monotonic() - self._last_at
            is_due = self._is_stale or age >= FRESH_SECONDS
            if is_free and is_due and session.kernel.language.lower() == LANGUAGE:
                await self._ask(session)
            if self._last is None:
                return None
            is_fresh = not self._is_stale
            return Inspected(self._last, self._last_at, is_fresh, self._tools)

    async def _ask(self, session: Session) -> None:
        self._is_stale = False  # what runs while it is asked makes it so again
        reply = await self._asker.ask(session, QUESTION, ANSWER_SECONDS)
        found = None if reply is None else variables_in(reply)
        tools = () if reply is None else tools_in(reply)
        if found is None:
            self._is_stale = True
        else:
            self._last, self._last_at = found, self._clock.monotonic()
            self._tools = tools
