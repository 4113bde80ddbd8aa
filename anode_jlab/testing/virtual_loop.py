"""An event loop on which nothing takes real time: when nobody can go on, the clock jumps ahead."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

from anode_jlab.testing.clock import VirtualClock

T = TypeVar("T")


LONGEST_RUN_SECONDS = 6 * 3600.0
"""Virtual time after which a run that goes on and on is one that hangs."""


class NothingHappens(RuntimeError):
    """Everybody waits for somebody else: in real life this program would hang for ever."""


class _PassingTime(selectors.SelectSelector):
    """Instead of waiting for sockets it lets time pass until the next sleeper wakes."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock
        self._end = clock.monotonic() + LONGEST_RUN_SECONDS

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout > 0:
            limit = None if timeout is None else self._clock.monotonic() + timeout
            if not self._clock.wake_next(limit) and timeout is None:
                raise NothingHappens("Everybody waits for somebody else.")
            if self._clock.monotonic() > self._end:
                self._end += LONGEST_RUN_SECONDS  # in which tasks may end that are cancelled now
                raise NothingHappens("Time passes, and nothing comes of it.")
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs sans-I/O code in the time of a ``VirtualClock``, deterministically.

    ``asyncio.timeout`` and ``call_later`` follow that time too. Work for threads is done at once,
    on the loop, and answers after ``work_seconds()``.
    """

    def __init__(
        self, clock: VirtualClock, work_seconds: Callable[[], float] = lambda: 0.0
    ) -> None:
        self._clock = clock
        self._work_seconds = work_seconds
        super().__init__(_PassingTime(clock))

    def time(self) -> float:
        return self._clock.monotonic()

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, work: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        done: asyncio.Future[T] = self.create_future()

        def finish() -> None:
            if done.cancelled():
                return
            try:
                done.set_result(work(*args))
            except Exception as error:
                done.set_exception(error)

        self.call_later(self._work_seconds(), finish)
        return done


def run_virtually(
    work: Coroutine[Any, Any, T],
    clock: VirtualClock,
    work_seconds: Callable[[], float] = lambda: 0.0,
) -> T:
    """``asyncio.run`` in virtual time. Raises NothingHappens when it would hang."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(clock, work_seconds)) as runner:
        return runner.run(work)
