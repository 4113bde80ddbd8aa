"""What one keystroke, a long history and its disk cost without any server around them.

Times are processor time of this process, so that what else the machine does counts little.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Mapping
from pathlib import Path
from time import process_time
from typing import Any

from pycrdt import Doc

from anode_jlab.clock import SystemClock
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.eventlog.base import EventLog, Lease, Snapshot
from anode_jlab.eventlog.sqlite import SqliteEventStore
from anode_jlab.events.actor import FILE, Actor, ActorKind
from anode_jlab.events.document import LineageStarted
from anode_jlab.events.event import Record
from anode_jlab.ids import NotebookId, RandomIds, Seq
from anode_jlab.materializers import state as states
from anode_jlab.materializers.loading import state_of
from anode_jlab.materializers.state import NotebookState, replay
from anode_jlab.rooms.guard import Guard
from anode_jlab.rooms.scribe import Scribe
from bench.notebooks import TYPING_CELLS, Typist, document_of

NOTEBOOK = NotebookId("b" * 32)
ANN = Actor(kind=ActorKind.HUMAN, id="ann", name="Ann")

CHECKED = 20_000
"""Keystrokes that the guard looks at, in parts of which the median counts."""

PART = 200

BATCH = 500
"""Keystrokes in one commit: the bench makes a history, it does not measure typing here."""

TAIL = 500
"""Keystrokes after the last snapshot, when a server was killed."""

OPENINGS = 5


def guard_seconds() -> float:
    """How long the guard takes for one keystroke."""
    guard, document = Guard(), document_of(TYPING_CELLS)
    guard.learn(document)
    frames = Typist(document, client=7, cell=0).type(CHECKED)
    took = []
    for start in range(0, CHECKED, PART):
        part = frames[start : start + PART]
        began = process_time()
        for frame in part:
            guard.accept(guard.check(frame))
        took.append((process_time() - began) / PART)
    return statistics.median(took)


class History:
    """A log of many keystrokes, as a room writes it."""

    def __init__(self, place: Path) -> None:
        self.store = SqliteEventStore(place, clock=SystemClock())
        self.path = self.store.path_of(NOTEBOOK)
        self.log: EventLog
        self._lease: Lease
        self._head = Seq(0)
        self._document = NotebookDocument(ids=RandomIds())
        self._scribe = Scribe(SystemClock(), NotebookState())
        self._state = NotebookState()

    async def write(self, edits: int) -> None:
        """So many keystrokes, a snapshot before the last of them, as after a crash."""
        self.log = await self.store.open(NOTEBOOK)
        self._lease = await self.log.acquire("bench")
        begin = document_of(TYPING_CELLS)
        lineage = LineageStarted(lineage=RandomIds().lineage(), path="long.ipynb")
        changes = self._document.apply(begin, origin="import", author=FILE)
        first = Record(event=lineage, actor=FILE, time=0.0)
        await self._append([first, *self._scribe.changes(changes, FILE, None, "import")])
        frames = Typist(begin, client=7, cell=0).type(edits)
        for start in range(0, edits, BATCH):
            records: list[Record] = []
            for frame in frames[start : start + BATCH]:
                changes = self._document.apply(frame, origin="peer", author=ANN)
                records += self._scribe.changes(changes, ANN, None, "peer")
            await self._append(records)
            if start + BATCH == edits - TAIL:
                await self.snapshot()

    async def pack(self) -> None:
        """As it is some time later."""
        while await self.log.compact(self._head, epoch=self._lease.epoch, whole=True):
            pass
        await self.log.reclaim(epoch=self._lease.epoch, thorough=True)

    async def _append(self, records: list[Record]) -> None:
        given = await self.log.append(records, epoch=self._lease.epoch, expect_head=self._head)
        self._head = given.last

    async def snapshot(self) -> None:
        """As a room does when it closes in order."""
        self._state = replay(await self.log.read(self._state.seq), self._state)
        snapshot = Snapshot(
            seq=self._head, document=self._document.encode(), state=states.encode(self._state)
        )
        await self.log.put_snapshot(snapshot, epoch=self._lease.epoch)

    async def close(self) -> None:
        """Let go of everything."""
        self._document.close()
        await self.store.close()

    async def opened(self) -> tuple[float, float]:
        """Seconds to open it, and seconds that applying its snapshot alone takes."""
        began = process_time()
        loaded = await self.log.load()
        document = NotebookDocument(ids=RandomIds(), mending=True)
        assert loaded.snapshot is not None
        document.load(loaded.snapshot.document)
        for envelope in loaded.tail:
            update = getattr(envelope.event, "update", None)
            if update is not None:
                document.load(update)
        await state_of(self.log, loaded)
        took = process_time() - began
        document.close()
        began = process_time()
        plain: Doc[Any] = Doc()
        plain.apply_update(loaded.snapshot.document)
        return took, process_time() - began


async def core(place: Path, edits: int) -> Mapping[str, float]:
    """All of it, in the bench's own process."""
    history = History(place)
    try:
        await history.write(edits)
        crashed = [await history.opened() for _ in range(OPENINGS)]
        await history.snapshot()
        await history.pack()
        size = sum(file.stat().st_size for file in history.path.parent.glob("log.db*"))
        opened = [await history.opened() for _ in range(OPENINGS)]
    finally:
        await history.close()
    return {
        "guard": await asyncio.to_thread(guard_seconds),
        "long crashed": statistics.median(took for took, _ in crashed),
        "long open": statistics.median(took for took, _ in opened),
        "long snapshot": statistics.median(alone for _, alone in opened),
        "disk": size / edits * 1000,
    }
