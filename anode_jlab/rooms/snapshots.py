"""Stores document and state from time to time, so that opening replays a short tail only."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from anode_jlab.clock import Clock
from anode_jlab.errors import StoreUnavailable
from anode_jlab.eventlog.base import Snapshot
from anode_jlab.events.actor import SERVER
from anode_jlab.events.document import SnapshotTaken
from anode_jlab.ids import Seq
from anode_jlab.materializers import state as states
from anode_jlab.rooms.batch import Write
from anode_jlab.rooms.committer import Committer
from anode_jlab.rooms.ledger import Ledger
from anode_jlab.rooms.opened import OpenedNotebook
from anode_jlab.rooms.scribe import Scribe

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""How often the length of the tail is looked at."""


@dataclass(slots=True, eq=False)
class Snapshots:
    """Takes the snapshots of one room."""

    opened: OpenedNotebook
    clock: Clock
    committer: Committer
    ledger: Ledger
    scribe: Scribe

    async def run(self) -> None:
        """Take one whenever the tail is long and nobody types; the room's task."""
        while True:
            await self.clock.sleep(LOOK_SECONDS)
            quiet = self.committer.idle and self.ledger.wants_snapshot
            if quiet or self.ledger.needs_snapshot:
                await self.take()

    async def take(self) -> None:
        """Store what is applied now, once it is durable. A store that refuses is tried later."""
        document, ledger = self.opened.document.encode(), self.ledger

        def freeze(seq: Seq) -> tuple[Snapshot, int, int]:
            snapshot = Snapshot(seq=seq, document=document, state=states.encode(ledger.state))
            return snapshot, ledger.tail_updates, ledger.tail_bytes

        snapshot, updates, size = await self.committer.passed(freeze)
        try:
            await self.opened.log.put_snapshot(snapshot, epoch=self.opened.lease.epoch)
        except StoreUnavailable:
            logger.warning("Notebook %s got no snapshot.", self.opened.notebook_id)
            return
        ledger.snapshot_taken(snapshot.seq, updates, size)
        taken = SnapshotTaken(upto=snapshot.seq, size=len(document))
        self.committer.put(Write(self.scribe.facts((taken,), SERVER), 0))
