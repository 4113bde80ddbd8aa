"""Keeps a notebook's log small: packs what is old, and forgets what the settings say."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from anode_jlab.clock import Clock
from anode_jlab.documents.purging import carry_out, purges_of
from anode_jlab.errors import AnodeError
from anode_jlab.eventlog.mentions import addresses_in, mentioned
from anode_jlab.events.actor import SERVER
from anode_jlab.events.artifacts import ArtifactReleased
from anode_jlab.events.document import HistoryPurged
from anode_jlab.ids import Seq
from anode_jlab.rooms.batch import Write
from anode_jlab.rooms.committer import Committer
from anode_jlab.rooms.keeping import History
from anode_jlab.rooms.ledger import Ledger
from anode_jlab.rooms.opened import OpenedNotebook
from anode_jlab.rooms.scribe import Scribe

logger = logging.getLogger(__name__)

LOOK_SECONDS = 30.0
"""How often there is something to do, at most: nothing here is urgent."""

PAUSE_SECONDS = 0.5
"""Between two blocks, each of which takes a thread some 20 ms."""

DAY_SECONDS = 86_400.0


@dataclass(slots=True, eq=False)
class Upkeep:
    """The quiet work on one room's log."""

    opened: OpenedNotebook
    clock: Clock
    committer: Committer
    ledger: Ledger
    scribe: Scribe
    _asked: bool = False
    """Whether the log was asked for purges that were interrupted."""
    _purged_upto: Seq = Seq(0)
    """How far the history was purged."""

    async def run(self) -> None:
        """Look now and then; the room's task. A store that refuses is tried again later."""
        while True:
            await self.clock.sleep(LOOK_SECONDS)
            try:
                await self._forget()
                await self._pack()
            except AnodeError as error:
                logger.info("Notebook %s: no upkeep now: %s", self._id, error.message)

    async def _pack(self) -> None:
        log, epoch = self.opened.log, self.opened.lease.epoch
        loose = self.opened.keeping.loose_events
        packed = False
        while loose and self.ledger.head > loose:
            await self._quiet()
            if not await log.compact(Seq(self.ledger.head - loose), epoch=epoch):
                break
            packed = True
        if packed:
            await self._quiet()
            await log.reclaim(epoch=epoch)

    async def _forget(self) -> None:
        """Purge what was begun before this room's life, then what the settings say."""
        if not self._asked:
            self.ledger.purges[:0] = await purges_of(self.opened.log)
            self._asked = True
        await self._carry_out(thorough=True)
        due = await self._due(self._purged_upto)
        if due is not None:
            self.committer.put(Write(self.scribe.facts([due], SERVER), 0))
            await self.committer.drained()
            await self._carry_out(thorough=False)

    async def _carry_out(self, *, thorough: bool) -> None:
        """Remove what logged purges are about; ``thorough``, because somebody asked for it."""
        log, epoch, waiting = self.opened.log, self.opened.lease.epoch, self.ledger.purges
        purged = 0
        while waiting:
            await self._quiet()
            purged += await carry_out(log, waiting[0], epoch=epoch, ids=self.opened.document.ids)
            purge = waiting.pop(0)
            if purge.first <= self._purged_upto + 2:  # one moment between two may be kept
                self._purged_upto = max(self._purged_upto, purge.last)
        if purged:
            await log.reclaim(epoch=epoch, thorough=thorough)
            await self._sweep()

    async def _sweep(self) -> None:
        """Remove large outputs that only the purged history had. A log that was recovered may have
        lost what refers to them, and is yet to be looked at by a person."""
        if self.ledger.state.recovered_at:
            return
        seen = await mentioned(self.opened.log)
        seen |= addresses_in(self.opened.document.encode())
        gone = await self.opened.large.sweep(seen, self.clock.now())
        known = {artifact.sha256 for artifact in self.ledger.state.artifacts}
        released = [ArtifactReleased(sha256=one) for one in gone if one in known]
        if released:
            self.committer.put(Write(self.scribe.facts(released, SERVER), 0))
            await self.committer.drained()

    async def _due(self, purged_upto: Seq) -> HistoryPurged | None:
        """What is to be forgotten now: all before a snapshot that the notebook can go on from."""
        keeping, first = self.opened.keeping, Seq(purged_upto + 1)
        upto = await self._too_old() if keeping.days else Seq(0)
        if keeping.history is History.OFF:
            upto = max(upto, self.ledger.snapshot_seq)
        elif keeping.history is History.SESSIONS:
            upto = max(upto, self.opened.snapshot_seq)
            if purged_upto:  # the end of the session before stays: a snapshot is there
                first = Seq(first + 1)
        if upto - 1 <= first:
            return None
        return HistoryPurged(first=first, last=Seq(upto - 1))

    async def _too_old(self) -> Seq:
        """Seq of the newest snapshot older than the days that are kept; 0 when there is none."""
        log = self.opened.log
        moment = self.clock.now() - self.opened.keeping.days * DAY_SECONDS
        low, high = 0, int(self.ledger.head)
        while low < high:  # times hardly ever run backwards; then a little more or less is kept
            middle = (low + high + 1) // 2
            found = await log.read(Seq(middle - 1), limit=1)
            if found and found[0].time < moment:
                low = middle
            else:
                high = middle - 1
        taken = await log.snapshot_before(Seq(low)) if low else None
        return taken.seq if taken is not None else Seq(0)

    async def _quiet(self) -> None:
        """Wait for a moment when no change is under way."""
        await self.clock.sleep(PAUSE_SECONDS)
        while not self.committer.idle:
            await self.clock.sleep(PAUSE_SECONDS)

    @property
    def _id(self) -> str:
        return self.opened.notebook_id
