"""A server without network and files: rooms on a store in memory, to be killed at any moment."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from anode_jlab.clock import Clock
from anode_jlab.documents.change import Change
from anode_jlab.documents.ipynb import from_notebook
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.update_shape import UpdateShape
from anode_jlab.eventlog.base import EventLog, Lease, Loaded
from anode_jlab.eventlog.memory import MemoryEventStore
from anode_jlab.events.actor import FILE, SERVER, Actor
from anode_jlab.events.document import DocumentUpdated, LineageStarted
from anode_jlab.events.event import Record
from anode_jlab.ids import Ids, NotebookId, Seq
from anode_jlab.materializers.loading import state_of
from anode_jlab.materializers.state import NotebookState
from anode_jlab.rooms.opened import NotebookExporter, OpenedNotebook
from anode_jlab.rooms.outside import Outside
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.rooms import Rooms
from anode_jlab.rooms.scribe import Scribe
from anode_jlab.testing.simulated_store import BadDay

T = TypeVar("T")

IDLE_SECONDS = 5.0

HOLDER = "the only server"
"""The same for every life, as for a process whose predecessor is known to be dead."""


class NoFile:
    """An exporter for notebooks without a file."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def export_now(self, overwrite: bool = False) -> Seq:
        """Nothing is written."""
        return self._room.exported_seq

    async def reload_from_file(self) -> Seq:
        """Nothing is read."""
        return self._room.head

    async def look_at_file(self) -> None:
        """There is none."""

    async def file_deleted(self) -> None:
        """There was none."""


class PanicException(BaseException):
    """What the native layer raises when it breaks: no ``Exception``."""


class BrittleDocument(NotebookDocument):
    """Breaks when its day tells it to, after the update has left its traces."""

    def __init__(self, day: BadDay, ids: Ids) -> None:
        super().__init__(ids=ids, client_id=ids.yjs_client(), mending=True)
        self._day = day

    def apply(
        self,
        update: bytes,
        *,
        origin: str,
        author: Actor | None,
        shape: UpdateShape | None = None,
    ) -> list[Change]:
        changes = super().apply(update, origin=origin, author=author, shape=shape)
        if self._day.panic:
            self._day.panic = self.usable = False
            raise PanicException
        return changes


class LogOpener:
    """Opens notebooks from their log; the first time from a notebook held in memory."""

    def __init__(
        self,
        store: MemoryEventStore,
        *,
        clock: Clock,
        ids: Ids,
        day: BadDay,
        content: dict[str, Any],
    ) -> None:
        self._store = store
        self._day = day
        self._clock = clock
        self._ids = ids
        self._content = content
        self.logs: list[EventLog] = []

    async def load(self, notebook_id: NotebookId) -> OpenedNotebook:
        """Satisfies ``rooms.opened.NotebookOpener``."""
        log = await self._store.open(notebook_id)
        self.logs.append(log)
        lease = await log.acquire(HOLDER)
        loaded = await log.load()
        if loaded.lineage is None:
            await self._begin(log, lease)
            loaded = await log.load()
        document = BrittleDocument(self._day, self._ids)
        if loaded.snapshot is not None:
            document.load(loaded.snapshot.document)
        updates = [e.event for e in loaded.tail if isinstance(e.event, DocumentUpdated)]
        for event in updates:
            document.load(event.update, ours=event.is_ours)
        return self._opened(notebook_id, log, lease, loaded, document, await state_of(log, loaded))

    def _opened(
        self,
        notebook_id: NotebookId,
        log: EventLog,
        lease: Lease,
        loaded: Loaded,
        document: NotebookDocument,
        state: NotebookState,
    ) -> OpenedNotebook:
        assert state.lineage is not None
        return OpenedNotebook(
            notebook_id=notebook_id,
            path=state.path,
            lineage=state.lineage,
            document=document,
            log=log,
            lease=lease,
            state=state,
            head=loaded.head,
            exported_seq=state.exported_upto,
            tail_updates=len(loaded.tail),
        )

    async def _begin(self, log: EventLog, lease: Lease) -> None:
        document = NotebookDocument(ids=self._ids, client_id=self._ids.yjs_client())
        update = from_notebook(self._content, ids=self._ids)
        changes = document.apply(update, origin="import", author=FILE)
        document.close()
        started = LineageStarted(lineage=self._ids.lineage(), path="notebook.ipynb")
        records = [
            Record(event=started, actor=SERVER, time=self._clock.now()),
            *Scribe(self._clock, NotebookState()).changes(changes, FILE, None, "import"),
        ]
        await log.append(records, epoch=lease.epoch, expect_head=Seq(0))


class SimulatedServer:
    """One process: its rooms, and the faults of its store. Killed, it says and stores nothing."""

    def __init__(
        self,
        store: MemoryEventStore,
        *,
        clock: Clock,
        ids: Ids,
        chance: random.Random,
        content: dict[str, Any],
    ) -> None:
        self.day = BadDay(chance, clock)
        store.faults = self.day
        self._opener = LogOpener(store, clock=clock, ids=ids, day=self.day, content=content)
        self.rooms = Rooms(
            opener=self._opener,
            exporter_factory=lambda room, _: _no_file(room),
            clock=clock,
            idle_seconds=IDLE_SECONDS,
            outside=Outside(offload=inline),
        )

    @property
    def dead(self) -> bool:
        """Whether it was killed."""
        return self.day.dead

    async def kill(self) -> None:
        """As by SIGKILL: from here on nothing it does has any effect. Collect it with ``bury``."""
        self.day.dead = True
        for log in self._opener.logs:
            await log.close()

    async def bury(self) -> None:
        """Let its tasks end; takes a few seconds of virtual time."""
        await self.rooms.close()


async def inline(work: Callable[[], T], /) -> T:
    """Satisfies ``rooms.intake.Offload`` without threads; lets others run in between."""
    await asyncio.sleep(0)
    return work()


@asynccontextmanager
async def _no_file(room: Room) -> AsyncIterator[NotebookExporter]:
    yield NoFile(room)
