"""A store with a bad day: slow, refusing, and dead in the middle of an append."""

from __future__ import annotations

import asyncio
import random

from anode_jlab.clock import Clock
from anode_jlab.errors import StoreUnavailable


class BadDay:
    """Satisfies ``eventlog.memory.Faults``; the director of a simulation turns it."""

    def __init__(self, chance: random.Random, clock: Clock) -> None:
        self._chance = chance
        self._clock = clock
        self.refusing = False
        """Every append fails, as on a full disk."""
        self.file_refusing = False
        """The notebook's file cannot be written."""
        self.slow_seconds = 0.0
        """How long an append takes at most."""
        self.panic = False
        """The native layer breaks while it applies the next update."""
        self.dead = False
        """The process that uses the store was killed: nothing begins or returns any more."""

    async def before(self, operation: str) -> None:
        """What happens before anything is stored."""
        await self._unless_dead()
        if operation in ("append", "put_snapshot") and self.slow_seconds:
            await self._clock.sleep(self._chance.random() * self.slow_seconds)
            await self._unless_dead()
        if operation in ("append", "put_snapshot", "renew") and self.refusing:
            raise StoreUnavailable

    async def after(self, operation: str) -> None:
        """What happens between storing and the caller's knowing of it."""
        if operation == "append" and self.slow_seconds:
            await self._clock.sleep(self._chance.random() * self.slow_seconds)
        await self._unless_dead()

    async def _unless_dead(self) -> None:
        if self.dead:
            await asyncio.get_running_loop().create_future()
