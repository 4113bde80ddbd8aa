"""Keeps at hand who wrote what in a live notebook, so that asking does not read the whole log."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import NamedTuple

from anode_jlab.clock import Clock
from anode_jlab.documents.blame_loading import begun, caught_up, to_store
from anode_jlab.documents.blaming import BlameWalk
from anode_jlab.errors import AnodeError, BadRequest, CellNotFound
from anode_jlab.events.document import Kind
from anode_jlab.ids import CellId, Seq
from anode_jlab.materializers.authored import Origin, Passage, passages
from anode_jlab.rooms.committer import Committer
from anode_jlab.rooms.ledger import Ledger
from anode_jlab.rooms.offload import Offload
from anode_jlab.rooms.opened import OpenedNotebook

logger = logging.getLogger(__name__)

LOOK_SECONDS = 30.0
"""How often it is looked at whether much came."""

STORED_EVERY = 2000
"""Events after which it is stored again: following so many takes some 100 ms."""

KEPT_SECONDS = 600.0
"""How long it stays at hand after it was asked for: it holds the text of the notebook again."""


class Answer(NamedTuple):
    """Who wrote the lines of a cell, as of the event ``seq``."""

    seq: Seq
    passages: list[Passage]
    origins: list[Origin]


@dataclass(slots=True, eq=False)
class Blamer:
    """One room's."""

    opened: OpenedNotebook
    clock: Clock
    committer: Committer
    ledger: Ledger
    offload: Offload
    _walk: BlameWalk | None = None
    _asked: float = 0.0
    _stored: Seq = Seq(0)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Follow the log when much came and nobody types; the room's task."""
        while self.opened.kind.name is Kind.NOTEBOOK:
            await self.clock.sleep(LOOK_SECONDS)
            try:
                if self.committer.idle and self.ledger.head - self._stored >= STORED_EVERY:
                    await self._keep()
            except AnodeError as error:
                logger.info("Notebook %s: no blame now: %s", self.opened.notebook_id, error.message)
            except Exception:  # who wrote what is not worth the room
                logger.exception("Notebook %s: its blame", self.opened.notebook_id)
                return
            async with self._turn:
                if self._walk is not None and self.clock.monotonic() - self._asked > KEPT_SECONDS:
                    self._walk.close()
                    self._walk = None

    async def of(self, cell_id: CellId) -> Answer:
        """Who wrote what in a cell. Raises CellNotFound, and BadRequest for a text file."""
        if self.opened.kind.name is not Kind.NOTEBOOK:
            raise BadRequest("Only a notebook has cells.")
        async with self._turn:
            self._asked = self.clock.monotonic()
            walk = await self._catch_up()
            cell = walk.cell(cell_id)
            seq, origins = walk.seq, walk.origins.all
            if cell is None:
                raise CellNotFound(f"The notebook has no cell {cell_id}.")
            return Answer(seq, passages(cell.content, cell.runs, origins), origins)

    async def _keep(self) -> None:
        async with self._turn:
            walk = await self._catch_up()
            if walk.seq - self._stored >= STORED_EVERY:
                await self.opened.log.put_derived(to_store(walk), epoch=self.opened.lease.epoch)
                self._stored = walk.seq

    async def _catch_up(self) -> BlameWalk:
        log, head = self.opened.log, self.ledger.head
        walk = self._walk
        if walk is None:
            walk = await begun(log, head)
            self._stored = walk.seq
        self._walk = None  # one that broke off in the middle is of no use
        self._walk = await caught_up(log, walk, head, self.offload)
        return self._walk
