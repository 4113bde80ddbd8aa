"""Keeps some kernels of the default kind ready, so that a notebook need not wait for its first run.

Bounded: never more than its size wait. One is taken when a session starts a kernel, whoever asked
for it; another is started afterwards. They end with the server, however it ends.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import psutil

from anode_jlab.clock import Clock
from anode_jlab.runtimes.memory import limit_of, memory_of
from anode_jlab.runtimes.spare import Spare

REFILL_SECONDS = 5.0
"""After one was taken: its notebook's first runs come before the start of the next."""

LOOK_SECONDS = 60.0
"""How often it is looked whether those that wait still can be used."""

MOST_FAILURES = 3
"""After so many starts in a row that failed no more are tried: each costs the server time."""

LEAST_MEMORY = 4 << 30
"""Bytes that the server and its kernels may use together; with less nothing is held for later."""

HUB = ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_SERVICE_PREFIX")
"""Variables that JupyterHub sets for the servers that it starts: many share a machine there."""

logger = logging.getLogger(__name__)


class WarmPool:
    """Owns the kernels that wait and the task that starts them."""

    def __init__(self, kernels: Any, *, size: int, imports: Sequence[str], clock: Clock) -> None:
        self._kernels = kernels
        self._size = size
        self._imports = imports
        self._clock = clock
        self._spares: list[Spare] = []
        self._starting: Spare | None = None
        self._taken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def ready(self) -> int:
        """How many wait."""
        return len(self._spares)

    def take(self, kernel_name: str, environment: Mapping[str, str]) -> Spare | None:
        """One for a session that starts a kernel of this kind; None when none waits or fits."""
        for spare in self._spares:
            if spare.manager.kernel_name != kernel_name:
                continue
            if spare.is_alive and spare.fits(environment):
                self._spares.remove(spare)
                self._taken.set()
                return spare
        return None

    def begin(self) -> None:
        """Fill it, and keep it filled."""
        self._task = asyncio.create_task(self._keep_filled(), name="warm kernels")

    async def close(self) -> None:
        """End those that wait."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        left, self._spares = [*self._spares, self._starting], []
        await asyncio.gather(*(spare.close() for spare in left if spare is not None))

    async def _keep_filled(self) -> None:
        failures = 0
        while failures < MOST_FAILURES:
            await self._sort_out()
            if len(self._spares) < self._size:
                failures = 0 if await self._add() else failures + 1
                continue
            self._taken.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._taken.wait()
            if self._taken.is_set():
                await self._clock.sleep(REFILL_SECONDS)
        logger.warning("No kernels are started ahead any more: %s starts failed", failures)

    async def _add(self) -> bool:
        """Start one more; whether that went well."""
        spare = self._starting = Spare.of(self._kernels, self._kernels.default_kernel_name)
        is_ready = False
        try:
            await spare.start(self._kernels.root_dir, self._imports)
            is_ready = True
        except Exception as error:  # whatever is wrong with it: notebooks start kernels themselves
            logger.info("A kernel was not started ahead: %r", error)
            await spare.close()
        self._starting = None  # cancelled while it starts, it is ended by ``close``
        if is_ready:
            self._spares.append(spare)
            logger.info("A kernel waits: %s", spare.process.pid)
        return is_ready

    async def _sort_out(self) -> None:
        """End those that nobody would be given: another kind is the default now, packages changed,
        they died."""
        name = self._kernels.default_kernel_name
        environment = {**os.environ, "JPY_SESSION_NAME": ""}
        for spare in list(self._spares):
            fits = spare.manager.kernel_name == name and spare.fits(environment)
            if not spare.is_alive or not fits:
                self._spares.remove(spare)
                await spare.close()


def default_size(environment: Mapping[str, str]) -> int:
    """How many kernels wait where nobody has set it: one, none where many share a machine or memory
    is short."""
    if any(name in environment for name in HUB):
        return 0
    memory = memory_of(os.getpid())
    limit = None if memory is None else limit_of(memory.group)
    total = psutil.virtual_memory().total
    return 1 if min(total, limit or total) >= LEAST_MEMORY else 0
