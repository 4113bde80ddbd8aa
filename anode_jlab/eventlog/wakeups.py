"""Tells subscribers of a log that there may be more to read: a hint, never the data itself."""

from __future__ import annotations

import asyncio


class Wakeups:
    """One notebook's bell. All methods belong to the event loop's thread."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Wake everybody who waits."""
        for event in self._waiting:
            event.set()

    def add(self) -> asyncio.Event:
        """A bell of one's own, to be given back with ``remove``."""
        event = asyncio.Event()
        self._waiting.add(event)
        return event

    def remove(self, event: asyncio.Event) -> None:
        self._waiting.discard(event)
