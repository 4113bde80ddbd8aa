"""Runs as activity of the server, for whoever ends servers in which nothing goes on.

JupyterHub asks a server when something last went on in it. jupyter_server answers with the latest
of its own requests and kernel messages; a cell that computes for hours without printing would
count as nothing. Source: ``jupyter_server.serverapp.ServerWebApplication.last_activity``, which
takes every setting whose name ends with ``_last_activity``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, MutableMapping
from datetime import UTC, datetime
from typing import Any, Final

from anode_jlab.clock import Clock
from anode_jlab.ids import NotebookId

SETTING: Final = "anode_jlab_last_activity"

LOOK_SECONDS: Final = 2.0
"""Servers are ended after minutes; this is fine enough, and costs nothing."""

SECONDS_PER_HOUR: Final = 3600.0


class RunActivity:
    """Notes that runs go on, for each notebook no longer than ``cap_hours`` at a stretch."""

    def __init__(
        self,
        busy: Callable[[], Iterable[NotebookId]],
        settings: MutableMapping[str, Any],
        *,
        cap_hours: float,
        clock: Clock,
    ) -> None:
        self._busy = busy
        self._settings = settings
        self._cap_seconds = cap_hours * SECONDS_PER_HOUR
        self._clock = clock
        self._since: dict[NotebookId, float] = {}
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look again and again; within the event loop."""
        self._watch = asyncio.create_task(self._look_again_and_again())

    async def close(self) -> None:
        """Look no longer; what was noted stays."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])

    def count(self) -> int:
        """In how many notebooks something runs or waits that counts as activity."""
        now, before = self._clock.monotonic(), self._since
        self._since = {id_: before.get(id_, now) for id_ in self._busy()}
        return sum(1 for since in self._since.values() if now - since < self._cap_seconds)

    async def _look_again_and_again(self) -> None:
        while True:
            if self.count():
                self._settings[SETTING] = datetime.fromtimestamp(self._clock.now(), UTC)
            await self._clock.sleep(LOOK_SECONDS)
