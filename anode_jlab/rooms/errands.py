"""What runs beside a room for as long as it lives, and what follows when it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine


class Errands:
    """Owns the tasks of a room. ``broken`` is told of what a task raised; the others go on."""

    def __init__(self, broken: Callable[[BaseException], None]) -> None:
        self._broken = broken
        self._group = asyncio.TaskGroup()
        self._running: set[asyncio.Task[None]] = set()

    async def begin(self) -> None:
        """From here on tasks can be spawned."""
        await self._group.__aenter__()

    async def end(self) -> None:
        """Cancel all, and wait until they have ended."""
        for task in tuple(self._running):
            task.cancel()
        await self._group.__aexit__(None, None, None)

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Run something until it ends or the room does."""
        task = self._group.create_task(self._guarded(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _guarded(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a task's edge; the native layer panics past Exception
            self._broken(error)
