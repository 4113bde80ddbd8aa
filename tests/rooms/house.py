"""A real contents manager, log, opener, room and exporter, put together for the tests."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from pycrdt import Text

from anode_jlab.documents.contents import ServerContents
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.eventlog.base import EventStore, SeqRange
from anode_jlab.eventlog.memory import MemoryEventStore
from anode_jlab.eventlog.memory_catalogue import MemoryCatalogue
from anode_jlab.eventlog.shelf import MemoryShelf
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.document import Kind
from anode_jlab.events.event import Envelope
from anode_jlab.ids import NotebookId, RandomIds, Seq
from anode_jlab.rooms.bases import Bases
from anode_jlab.rooms.exporter import Exporter
from anode_jlab.rooms.guard import Guard
from anode_jlab.rooms.keeping import Keeping
from anode_jlab.rooms.opened import OpenedNotebook
from anode_jlab.rooms.opening import Opener
from anode_jlab.rooms.room import Room
from anode_jlab.testing.clock import VirtualClock, settle
from tests.documents.managers import make_manager

ADA = Actor(kind=ActorKind.HUMAN, id="ada", name="Ada")


class SilentOutbox:
    """A connection whose other end takes everything and says nothing."""

    def send(self, frame: bytes) -> None:
        pass

    def close(self, code: int, reason: str) -> None:
        pass


class House:
    """One server with its notebooks below ``root``; time passes only in ``clock.advance``."""

    def __init__(self, root: Path, manager: Any = None) -> None:
        self.root = root
        self.clock = VirtualClock()
        self.ids = RandomIds()
        self.store: EventStore = MemoryEventStore(clock=self.clock)
        self.catalogue = MemoryCatalogue(ids=self.ids)
        self.bases = Bases(MemoryShelf())
        self.manager = manager or make_manager(AsyncLargeFileManager, root)
        self.opener = self.new_opener()
        self.exporter: Exporter
        self.keeping = Keeping()

    def new_opener(self, holder: str = "this server") -> Opener:
        return Opener(
            store=self.store,
            catalogue=self.catalogue,
            contents=ServerContents(self.manager),
            bases=self.bases,
            ids=self.ids,
            clock=self.clock,
            holder=holder,
        )

    def put(self, name: str, nb: dict[str, Any], **style: Any) -> Path:
        place = self.root / name
        place.write_text(json.dumps(nb, **(style or {"indent": 2})))
        return place

    async def events(
        self, notebook: NotebookId, names: Collection[str] | None = None
    ) -> list[Envelope]:
        log = await self.store.open(notebook)
        return await log.read(Seq(0), names=names)

    @asynccontextmanager
    async def enter(self, path: str, kind: Kind = Kind.NOTEBOOK) -> AsyncIterator[Room]:
        """A room with its exporter, opened and closed as ``Rooms`` does it."""
        opened = await self.opener.load(await self.opener.identify(path, kind))
        opened = dataclasses.replace(opened, keeping=self.keeping)
        room = Room(opened, clock=self.clock, guard=Guard())
        exporter = Exporter(
            room, opened, catalogue=self.catalogue, bases=self.bases, clock=self.clock
        )
        async with room, exporter:
            room.exporter = self.exporter = exporter
            yield room
            await room.part()

    async def pass_time(self, seconds: float) -> None:
        """Let time pass in small steps; file work that falls due is waited for."""
        for _ in range(round(seconds / 0.1)):
            await self.clock.advance(0.1)
            async with self.exporter._lock:
                pass
            await settle()


async def type_into(room: Room, cell: int, text: str) -> SeqRange:
    """Ada types at the end of a cell."""

    def edit(document: NotebookDocument) -> None:
        source = document.cells[cell]["source"]
        assert isinstance(source, Text)
        source += text

    return await room.edit(ADA, "peer", edit)


def notebook_in(opened: OpenedNotebook) -> NotebookDocument:
    """The live document of a notebook that was opened."""
    assert isinstance(opened.document, NotebookDocument)
    return opened.document


async def let_go(opened: OpenedNotebook) -> None:
    """Close what the opener gave, where no room does it."""
    opened.document.close()
    await opened.log.release(opened.lease)
    await opened.log.close()
