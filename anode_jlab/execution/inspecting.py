"""Asks a kernel about its variables while it has nothing to run, for all who look at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from anode_jlab.clock import Clock
from anode_jlab.ids import SessionId
from anode_jlab.runtimes.kernel import KernelMessage
from anode_jlab.runtimes.session import Session
from anode_jlab.runtimes.variables import QUESTION, Variables, variables_in

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


class Inspector:
    """Of one notebook. A kernel that is at work is not asked: what it said before is told again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = asyncio.Lock()
        self._request = ""
        self._answer: asyncio.Future[Mapping[str, Any]] | None = None
        self._last: Variables | None = None
        self._last_at = 0.0
        self._session: SessionId | None = None
        self._is_stale = True

    def ran(self) -> None:
        """Something ran in the kernel: its variables may be others."""
        self._is_stale = True

    def take(self, message: KernelMessage) -> bool:
        """Look at a message; True when it belongs to a question."""
        if not self._request or message.parent != self._request:
            return False
        is_reply = (message.channel, message.kind) == ("shell", "execute_reply")
        if is_reply and self._answer is not None and not self._answer.done():
            self._answer.set_result(message.content)
        return True

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
            return Inspected(self._last, self._last_at, is_fresh=not self._is_stale)

    async def _ask(self, session: Session) -> None:
        self._is_stale = False  # what runs while it is asked makes it so again
        self._request = session.link.send("execute_request", QUESTION)
        self._answer = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                found = variables_in(await self._answer)
        except TimeoutError:
            found = None
        finally:
            self._answer = None
        if found is None:
            self._is_stale = True
        else:
            self._last, self._last_at = found, self._clock.monotonic()
