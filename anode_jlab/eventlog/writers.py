"""The few threads that wait for the disk, so that the event loop never does."""

from __future__ import annotations

import asyncio
import threading
import zlib
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class Writers:
    """Threads that run jobs in order, one thread per key; started when first needed.

    Jobs with one key run one after another in the order of the calls; those of other keys run
    beside them, so that one slow fsync does not hold up every notebook.
    """

    def __init__(self, threads: int) -> None:
        if threads < 1:
            raise ValueError("at least one writer thread is needed")
        self._threads = [_Writer(f"anode-writer-{number}") for number in range(threads)]

    async def run(self, key: str, job: Callable[[], T]) -> T:
        """Run ``job`` in the key's thread; its result comes back in one hop."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()
        self._threads[zlib.crc32(key.encode()) % len(self._threads)].put(job, loop, result)
        return await result

    async def close(self) -> None:
        """Let all threads finish what is queued, then end."""
        await asyncio.gather(*(thread.finish() for thread in self._threads))


class _Writer:
    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def put(
        self,
        job: Callable[[], T],
        loop: asyncio.AbstractEventLoop,
        result: asyncio.Future[T],
    ) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._jobs.put(_Job(job, loop, result))

    async def finish(self) -> None:
        if self._thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.run()


class _Job:
    __slots__ = ("_job", "_loop", "_result")

    def __init__(
        self,
        job: Callable[[], Any],
        loop: asyncio.AbstractEventLoop,
        result: asyncio.Future[Any],
    ) -> None:
        self._job = job
        self._loop = loop
        self._result = result

    def run(self) -> None:
        value: Any = None
        error: BaseException | None = None
        try:
            value = self._job()
        except BaseException as problem:
            error = problem
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._settle, value, error)

    def _settle(self, value: Any, error: BaseException | None) -> None:
        if self._result.done():
            return  # the caller was cancelled
        if error is None:
            self._result.set_result(value)
        else:
            self._result.set_exception(error)
