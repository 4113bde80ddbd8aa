"""A process that types into one notebook and saves it again and again, until it is killed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from anode_jlab.clock import SystemClock
from anode_jlab.documents.contents import ServerContents
from anode_jlab.eventlog.shelf import FolderShelf
from anode_jlab.eventlog.sqlite import SqliteEventStore
from anode_jlab.eventlog.sqlite_catalogue import SqliteCatalogue
from anode_jlab.ids import RandomIds
from anode_jlab.rooms.bases import Bases
from anode_jlab.rooms.exporter import Exporter
from anode_jlab.rooms.guard import Guard
from anode_jlab.rooms.opening import Opener
from anode_jlab.rooms.room import Room
from tests.documents.managers import make_manager
from tests.rooms.house import type_into

NAME = "a.ipynb"


@asynccontextmanager
async def stored_room(folder: Path) -> AsyncIterator[Room]:
    """The notebook of ``folder`` with its log on disk beside it."""
    clock, ids, store_dir = SystemClock(), RandomIds(), folder / "store"
    store = SqliteEventStore(store_dir, durability="full", clock=clock)
    catalogue = SqliteCatalogue(store_dir, ids=ids)
    manager = make_manager(AsyncLargeFileManager, folder / "notebooks")
    bases = Bases(FolderShelf(store_dir, "bases"))
    opener = Opener(
        store=store,
        catalogue=catalogue,
        contents=ServerContents(manager),
        bases=bases,
        ids=ids,
        clock=clock,
        holder="a server",
    )
    opened = await opener.load(await opener.identify(NAME))
    room = Room(opened, clock=clock, guard=Guard())
    exporter = Exporter(room, opened, catalogue=catalogue, bases=bases, clock=clock)
    async with room, exporter:
        room.exporter = exporter
        yield room
    await store.close()
    await catalogue.close()


async def type_and_save(folder: Path, run: str) -> None:
    """Print each number once it is durable in the log, while the file is written all the time."""

    async def save(room: Room) -> None:
        while True:
            await room.exporter.export_now()

    async with stored_room(folder) as room, asyncio.TaskGroup() as group:
        group.create_task(save(room))
        number = 0
        while True:
            await type_into(room, 0, f"<{run}.{number}>")
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
            number += 1


if __name__ == "__main__":
    asyncio.run(type_and_save(Path(sys.argv[1]), sys.argv[2]))
