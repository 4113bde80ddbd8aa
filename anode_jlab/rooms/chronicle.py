"""Keeps the timeline of a live notebook at hand, so that showing it does not read the whole log."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from anode_jlab.clock import Clock
from anode_jlab.errors import AnodeError
from anode_jlab.ids import Seq
from anode_jlab.materializers.timeline import Stretch, Timeline, TimelineBuilder
from anode_jlab.materializers.timeline_loading import caught_up, stored_timeline, to_store
from anode_jlab.rooms.committer import Committer
from anode_jlab.rooms.ledger import Ledger
from anode_jlab.rooms.offload import Offload
from anode_jlab.rooms.opened import OpenedNotebook

logger = logging.getLogger(__name__)

LOOK_SECONDS = 30.0
"""How often it is looked at whether much came."""

STORED_EVERY = 2000
"""Events after which it is stored again: reading so many takes some 30 ms."""


@dataclass(slots=True, eq=False)
class Chronicle:
    """One room's timeline."""

    opened: OpenedNotebook
    clock: Clock
    committer: Committer
    ledger: Ledger
    offload: Offload
    _timeline: Timeline | None = None
    _stored: Seq = Seq(0)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Follow the log when much came and nobody types; the room's task."""
        while True:
            await self.clock.sleep(LOOK_SECONDS)
            try:
                if self.committer.idle and self.ledger.head - self._stored >= STORED_EVERY:
                    await self._keep()
            except AnodeError as error:
                logger.info(
                    "Notebook %s: no timeline now: %s", self.opened.notebook_id, error.message
                )

    async def stretches(self) -> list[Stretch]:
        """The stretches of work up to the present, in the order of their beginnings."""
        timeline = await self._catch_up()
        return TimelineBuilder(timeline).stretches()

    async def _keep(self) -> None:
        timeline = await self._catch_up()
        if timeline.seq - self._stored >= STORED_EVERY:
            await self.opened.log.put_derived(to_store(timeline), epoch=self.opened.lease.epoch)
            self._stored = timeline.seq

    async def _catch_up(self) -> Timeline:
        log, kind = self.opened.log, self.opened.kind.name
        async with self._turn:
            if self._timeline is None:
                self._timeline = await stored_timeline(log)
                self._stored = self._timeline.seq
            head = self.ledger.head
            self._timeline = await caught_up(
                log, self._timeline, kind=kind, head=head, offload=self.offload
            )
            return self._timeline
