"""A log as it is after months of work: many sittings of several people, all over the notebook."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

from pycrdt import Array, Doc, Text

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
from anode_jlab.rooms.ledger import SNAPSHOT_UPDATES
from anode_jlab.rooms.scribe import Scribe
from bench.notebooks import SEED, TYPING_CELLS, document_of

NOTEBOOK = NotebookId("b" * 32)

PEOPLE = tuple(Actor(kind=ActorKind.HUMAN, id=name, name=name.title()) for name in ("ann", "bo"))

SITTING = 2000
"""Keystrokes until a page is closed: the next sitting is another Yjs client."""

BURST = 12
"""Keystrokes at one place."""

ERASING = 0.12
"""So much of what people type is Backspace."""

LONG_TEXT, CUT = 600, 150
"""Nobody's cells grow without end: of one this long a piece goes."""

BATCH = 500
"""Keystrokes in one commit: the bench makes a history, it does not measure typing here."""


def sitting(document: bytes, client: int, count: int, chance: random.Random) -> Iterator[bytes]:
    """Keystrokes of one sitting, as updates: bursts at places all over the notebook."""
    doc: Doc[Any] = Doc(client_id=client)
    doc.apply_update(document)
    cells: Array[Any] = doc.get("cells", type=Array)
    updates: list[bytes] = []
    observer = doc.observe(lambda event: updates.append(event.update))
    typed = 0
    while typed < count:
        text: Text = cells[chance.randrange(len(cells))]["source"]
        at = chance.randrange(len(text) + 1)
        for key in range(min(BURST, count - typed)):
            if at and chance.random() < ERASING:
                at -= 1
                del text[at : at + 1]
            else:
                text.insert(at, chr(97 + key))
                at += 1
        typed += BURST
        if len(text) > LONG_TEXT:
            del text[LONG_TEXT // 2 : LONG_TEXT // 2 + CUT]
    doc.unobserve(observer)
    yield from updates


class History:
    """A log of many keystrokes, as rooms write it; each sitting ends with a snapshot."""

    def __init__(self, place: Path) -> None:
        self.store = SqliteEventStore(place, clock=SystemClock())
        self.folder = self.store.path_of(NOTEBOOK).parent
        self.log: EventLog
        self._lease: Lease
        self._head = Seq(0)
        self._document = NotebookDocument(ids=RandomIds())
        self._scribe = Scribe(SystemClock(), NotebookState())
        self._state = NotebookState()

    async def write(self, edits: int) -> None:
        """So many keystrokes. The last ones have no snapshot, as when a server is killed right
        before it takes one."""
        self.log = await self.store.open(NOTEBOOK)
        self._lease = await self.log.acquire("bench")
        lineage = LineageStarted(lineage=RandomIds().lineage(), path="long.ipynb")
        changes = self._document.apply(document_of(TYPING_CELLS), origin="import", author=FILE)
        first = Record(event=lineage, actor=FILE, time=0.0)
        await self._append([first, *self._scribe.changes(changes, FILE, None, "import")])
        chance, before_the_tail = random.Random(SEED), max(edits - SNAPSHOT_UPDATES, 0)
        for number, begin in enumerate(range(0, before_the_tail, SITTING)):
            await self._sit(number, min(SITTING, before_the_tail - begin), chance)
            await self.snapshot()
        if not before_the_tail:
            await self.snapshot()
        await self._sit(edits, edits - before_the_tail, chance)

    async def _sit(self, number: int, count: int, chance: random.Random) -> None:
        actor = PEOPLE[number % len(PEOPLE)]
        records: list[Record] = []
        for update in sitting(self._document.encode(), 1_000_000 + number, count, chance):
            changes = self._document.apply(update, origin="peer", author=actor)
            records += self._scribe.changes(changes, actor, None, "peer")
            if len(records) >= BATCH:
                await self._append(records)
                records = []
        if records:
            await self._append(records)

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

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(file.stat().st_size for file in self.folder.glob("log.db*"))

    async def close(self) -> None:
        """Let go of everything."""
        self._document.close()
        await self.store.close()


async def opened(folder: Path, place: Path) -> tuple[float, float]:
    """Seconds to open a copy of the log in ``folder``, as a server that was just started does, and
    seconds that applying its snapshot alone takes."""
    store = SqliteEventStore(place, clock=SystemClock())
    copy = store.path_of(NOTEBOOK).parent
    shutil.copytree(folder, copy)
    try:
        began = process_time()
        log = await store.open(NOTEBOOK)
        loaded = await log.load()
        document = NotebookDocument(ids=RandomIds(), mending=True)
        assert loaded.snapshot is not None
        document.load(loaded.snapshot.document)
        for envelope in loaded.tail:
            update = getattr(envelope.event, "update", None)
            if update is not None:
                document.load(update)
        await state_of(log, loaded)
        took = process_time() - began
        document.close()
        began = process_time()
        plain: Doc[Any] = Doc()
        plain.apply_update(loaded.snapshot.document)
        return took, process_time() - began
    finally:
        await store.close()
        shutil.rmtree(place)
