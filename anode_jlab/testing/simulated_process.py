"""A whole server without network and disks: rooms, opener and exporter, to be killed any time."""

from __future__ import annotations

import random
from typing import Any, cast

from anode_jlab.clock import Clock
from anode_jlab.documents.kind import AnyKind
from anode_jlab.documents.shared import SharedDocument
from anode_jlab.eventlog.base import EventLog
from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.eventlog.memory import MemoryEventStore
from anode_jlab.eventlog.memory_catalogue import MemoryCatalogue
from anode_jlab.eventlog.shelf import MemoryShelf, Shelf
from anode_jlab.ids import Ids, NotebookId
from anode_jlab.rooms.bases import Bases
from anode_jlab.rooms.exporter import Exporter
from anode_jlab.rooms.opening import Opener
from anode_jlab.rooms.rooms import Rooms
from anode_jlab.testing.simulated_files import SimulatedContents, SimulatedFile
from anode_jlab.testing.simulated_server import HOLDER, BrittleDocument
from anode_jlab.testing.simulated_store import BadDay

IDLE_SECONDS = 5.0


class Disks:
    """What survives every crash: logs, catalogue, bases and the notebook's file."""

    def __init__(self, *, clock: Clock, ids: Ids, file: SimulatedFile) -> None:
        self.store = MemoryEventStore(clock=clock)
        self.catalogue = MemoryCatalogue(ids=ids)
        self.shelf = MemoryShelf()
        self.file = file


class SimulatedProcess:
    """One process: its rooms, and the faults of its store and file. Killed, it says and stores
    nothing."""

    def __init__(self, disks: Disks, *, clock: Clock, ids: Ids, chance: random.Random) -> None:
        self.day = day = BadDay(chance, clock)
        self._store = _WatchedStore(disks.store, day)
        catalogue = cast("Catalogue", _Mortal(disks.catalogue, day))
        bases = Bases(cast("Shelf", _Mortal(disks.shelf, day)))

        def new_document(_: AnyKind) -> SharedDocument:
            return BrittleDocument(day, ids)

        opener = Opener(
            store=self._store,
            catalogue=catalogue,
            contents=SimulatedContents(disks.file, day, clock=clock, chance=chance),
            bases=bases,
            ids=ids,
            clock=clock,
            holder=HOLDER,
            new_document=new_document,
        )
        self.rooms = Rooms(
            opener=opener,
            exporter_factory=lambda room, opened: Exporter(
                room, opened, catalogue=catalogue, bases=bases, clock=clock
            ),
            clock=clock,
            idle_seconds=IDLE_SECONDS,
        )

    @property
    def dead(self) -> bool:
        """Whether it was killed."""
        return self.day.dead

    async def kill(self) -> None:
        """As by SIGKILL: from here on nothing it does has any effect. Collect it with ``bury``."""
        self.day.dead = True
        for log in self._store.logs:
            await log.close()

    async def bury(self) -> None:
        """Let its tasks end; takes a few seconds of virtual time."""
        await self.rooms.close()


class _WatchedStore:
    """The store as one process sees it: with its faults, and its logs to be let go of."""

    kind = "memory"

    def __init__(self, store: MemoryEventStore, day: BadDay) -> None:
        self._store = store
        self.logs: list[EventLog] = []
        store.faults = day

    async def open(self, notebook: NotebookId) -> EventLog:
        log = await self._store.open(notebook)
        self.logs.append(log)
        return log

    async def exists(self, notebook: NotebookId) -> bool:
        return await self._store.exists(notebook)

    async def recover(self, notebook: NotebookId) -> None:
        """Memory is never damaged."""

    async def close(self) -> None:
        for log in self.logs:
            await log.close()


class _Mortal:
    """Calls of a killed process never begin."""

    def __init__(self, port: object, day: BadDay) -> None:
        self._port = port
        self._day = day

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            await self._day.before(name)
            return await method(*args, **kwargs)

        return call
