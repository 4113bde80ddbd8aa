"""A bound on waiting, in the clock's own time, so that a simulation can wait for hours."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from anode_jlab.clock import Clock


async def within(clock: Clock, seconds: float, work: Coroutine[object, object, object]) -> bool:
    """Run ``work`` for at most ``seconds``; False when it was cancelled for lack of time.

    Exceptions of ``work`` come through as they are.
    """
    failure: list[Exception] = []

    async def attempt() -> None:
        try:
            await work
        except Exception as error:
            failure.append(error)

    async def expire() -> None:
        await clock.sleep(seconds)
        task.cancel()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(attempt())
        timer = group.create_task(expire())
        task.add_done_callback(lambda _: timer.cancel())
    if failure:
        raise failure[0]
    return not task.cancelled()
