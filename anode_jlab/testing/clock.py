"""A clock that tests turn by hand, so that hours of waiting pass in no time."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count


class VirtualClock:
    """Satisfies ``clock.Clock``; time passes only in ``advance`` and ``wake_next``.

    Sleepers wake in the order of their deadlines, each at exactly its own moment: a task that
    sleeps again and again is woken as often as real time would have woken it.
    """

    def __init__(self, now: float = 1_700_000_000.0, monotonic: float = 0.0) -> None:
        self._now = now
        self._monotonic = monotonic
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._monotonic + seconds, next(self._order), waiter))
        await waiter

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward or back, as an operator may; waiting is not affected."""
        self._now += seconds

    @property
    def next_deadline(self) -> float | None:
        """The monotonic moment at which the next sleeper wakes, or None when nobody sleeps."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def wake_next(self, limit: float | None = None) -> bool:
        """Jump to the next sleeper's moment and wake it, or to ``limit`` when that comes first.

        Returns whether somebody was woken.
        """
        deadline = self.next_deadline
        if deadline is None or (limit is not None and deadline > limit):
            if limit is not None:
                self._move_to(limit)
            return False
        self._move_to(deadline)
        heapq.heappop(self._sleepers)[2].set_result(None)
        return True

    async def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass: each sleeper wakes at its moment and runs until it waits again."""
        end = self._monotonic + seconds
        await settle()
        while (deadline := self.next_deadline) is not None and deadline <= end:
            self.wake_next()
            await settle()
        self._move_to(end)

    def _move_to(self, monotonic: float) -> None:
        self._now += monotonic - self._monotonic
        self._monotonic = monotonic


SETTLE_TURNS = 20
"""Turns of the loop after which what runs without real I/O has come to its next wait."""


async def settle(turns: int = SETTLE_TURNS) -> None:
    """Let everything that is ready run on, without letting time pass."""
    for _ in range(turns):
        await asyncio.sleep(0)
