"""Tells people who left that a notebook's work is done: by a command, or by a request somewhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any
from urllib.request import Request, urlopen

import msgspec

from anode_jlab.execution.stint import StintDone

TELL_SECONDS = 30.0
"""How long a command or a request may take; then it is given up."""

logger = logging.getLogger(__name__)


class DoneTeller:
    """Satisfies ``execution.stint.Told``.

    The command gets the sentence as its last argument, and JSON on its standard input. The same
    JSON is what is posted; its ``text`` is what chat programs show.
    """

    def __init__(self, *, command: Sequence[str], webhook: str, seconds: float) -> None:
        """``seconds``: work that took less is not told of."""
        self._command = tuple(command)
        self._webhook = webhook
        self._seconds = seconds
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, done: StintDone) -> None:
        if done.seconds < self._seconds:
            return
        body = msgspec.json.encode({"text": done.text, **msgspec.to_builtins(done)})
        if self._command:
            self._begin("the command", self._run(done.text, body))
        if self._webhook:
            self._begin("the webhook", self._post(body))

    async def close(self) -> None:
        """What is not told by now will not be."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._told(name, work), name=f"done: {name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _told(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            async with asyncio.timeout(TELL_SECONDS):
                await work
        except Exception as error:  # runs go on, whoever cannot be told of them
            # Not the error's own words: they may hold the address, which is often a secret.
            logger.warning("That work is done was not told by %s: %s", name, type(error).__name__)

    async def _run(self, text: str, body: bytes) -> None:
        process = await asyncio.create_subprocess_exec(
            *self._command, text, stdin=asyncio.subprocess.PIPE
        )
        try:
            await process.communicate(body)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            logger.warning("The command that tells of work done ended with %s", process.returncode)

    async def _post(self, body: bytes) -> None:
        request = Request(self._webhook, body, {"Content-Type": "application/json"})
        answer = await asyncio.to_thread(urlopen, request, timeout=TELL_SECONDS)
        answer.close()
