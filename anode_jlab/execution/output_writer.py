"""Brings what kernels send into the document: at once, then together at most 20 times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import islice

from anode_jlab.artifacts.keeper import Keeper
from anode_jlab.clock import Clock
from anode_jlab.events.actor import Actor
from anode_jlab.execution.book import Book
from anode_jlab.execution.collector import Collector
from anode_jlab.runtimes.kernel import KernelMessage

FLUSH_SECONDS = 0.05
"""Outputs are written at most this often (20 Hz)."""

COLLECTORS_KEPT = 32
"""Runs whose threads may still write after they ended."""


class OutputWriter:
    """The collectors of one runtime session, by the requests that they belong to."""

    def __init__(
        self, book: Book, keeper: Keeper, clock: Clock, actor: Callable[[], Actor]
    ) -> None:
        self._book = book
        self._keeper = keeper
        self._clock = clock
        self._actor = actor
        self._collectors: dict[str, Collector] = {}
        self._dirty = asyncio.Event()

    def add(self, request: str, collector: Collector) -> None:
        """Outputs that answer this request go to this collector from now on."""
        self._collectors[request] = collector
        excess = len(self._collectors) - COLLECTORS_KEPT
        for old in list(islice(self._collectors, max(excess, 0))):
            del self._collectors[old]

    def clear(self) -> None:
        """The session ended: nothing more will come."""
        self._collectors.clear()

    def take(self, message: KernelMessage) -> None:
        """Take in a message of the output channel."""
        collector = self._collectors.get(message.parent)
        if collector is not None:
            collector.take(message.kind, message.content)
            if collector.dirty:
                self._dirty.set()

    def touch(self) -> None:
        """A collector was given something in another way."""
        self._dirty.set()

    async def settle(self, collector: Collector) -> None:
        """Find places for all large outputs that were taken in by now."""
        for output in collector.large:
            large = output.large
            references, inline = await self._keeper.keep(self._book.notebook_id, large)
            collector.kept(output, large, references, inline)
        while unkept := collector.unkept:
            for long, waiting in unkept:
                piece = await self._keeper.keep_text(self._book.notebook_id, waiting.text)
                if piece is None:
                    long.is_refused = True
                    return
                collector.kept_piece(long, waiting, piece)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            for collector in tuple(self._collectors.values()):
                await self.settle(collector)
            written = [
                self._book.log(collector.events(), self._actor(), collector.write)
                for collector in tuple(self._collectors.values())
                if collector.dirty
            ]
            if any(collector.dirty for collector in self._collectors.values()):
                self._dirty.set()
            if written:
                await asyncio.wait(written)
            await self._clock.sleep(FLUSH_SECONDS)
