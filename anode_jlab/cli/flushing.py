"""Writes the files that lack something of their logs, as a server does when it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from jupyter_server.services.contents.filemanager import FileContentsManager
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from traitlets.config import Config

from anode_jlab.clock import SystemClock
from anode_jlab.config import AnodeConfig
from anode_jlab.documents.contents import ServerContents
from anode_jlab.documents.kinds import kinds
from anode_jlab.documents.lock_file import lock_of, read_lock, remove_lock, this_person
from anode_jlab.errors import AnodeError
from anode_jlab.eventlog.catalogue import CatalogueEntry
from anode_jlab.eventlog.machine import this_process
from anode_jlab.eventlog.shelf import FolderShelf
from anode_jlab.eventlog.sqlite import SqliteEventStore
from anode_jlab.eventlog.sqlite_catalogue import SqliteCatalogue
from anode_jlab.ids import RandomIds
from anode_jlab.rooms.bases import Bases
from anode_jlab.rooms.exporter import Exporter
from anode_jlab.rooms.file_locks import FileLocks
from anode_jlab.rooms.opened import OpenedNotebook
from anode_jlab.rooms.opening import Opener
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.rooms import Rooms


class Flushed(NamedTuple):
    """What became of one file: ``trouble`` is empty when it holds all that its log has."""

    path: str
    written: bool
    trouble: str = ""


async def flushed(
    config: AnodeConfig,
    jupyter: Config,
    store: SqliteEventStore,
    catalogue: SqliteCatalogue,
) -> AsyncIterator[Flushed]:
    """Bring the file of each notebook up to date that has one; one result for each.

    What other programs wrote into a file meanwhile is merged, as always.
    """
    async with _rooms(config, jupyter, store, catalogue) as rooms:
        for entry in await catalogue.all():
            yield await _flush(rooms, entry)


async def _flush(rooms: Rooms, entry: CatalogueEntry) -> Flushed:
    place = Path("/") / entry.path
    if ":" in entry.path.partition("/")[0]:
        return Flushed(entry.path, False, "Its storage is not reachable from here.")
    if not place.exists():
        return Flushed(entry.path, False)  # the log is all that there is of it
    try:
        room = await rooms.open(entry.notebook)
        is_behind = room.changed_seq > room.exported_seq
        if is_behind:
            await room.exporter.export_now()
        room.closing.set()
    except AnodeError as error:
        return Flushed(entry.path, False, f"{error.message} {error.advice}")
    lock = lock_of(place)
    if read_lock(lock) is not None:  # nobody living has it, or the room were not open
        remove_lock(lock)
    return Flushed(entry.path, is_behind)


@asynccontextmanager
async def _rooms(
    config: AnodeConfig, jupyter: Config, store: SqliteEventStore, catalogue: SqliteCatalogue
) -> AsyncIterator[Rooms]:
    clock, ids = SystemClock(), RandomIds()
    contents = ServerContents(_manager(jupyter))
    bases = Bases(FolderShelf(Path(config.store_dir), "bases"))
    locks = FileLocks(
        contents, server="anode-jlab retire", person=this_person(), process=this_process(),
        clock=clock,
    )  # fmt: skip
    opener = Opener(
        store=store,
        catalogue=catalogue,
        contents=contents,
        bases=bases,
        ids=ids,
        clock=clock,
        holder="anode-jlab retire",
        kinds=kinds(text_limit=config.max_text_bytes),
        locks=locks,
    )

    def exporter(room: Room, opened: OpenedNotebook) -> Exporter:
        return Exporter(room, opened, catalogue=catalogue, bases=bases, clock=clock)

    rooms = Rooms(opener=opener, exporter_factory=exporter, clock=clock, idle_seconds=60.0)
    try:
        yield rooms
    finally:
        await rooms.close()


def _manager(jupyter: Config) -> FileContentsManager:
    """A manager of all local files, with the save hooks that the server's configuration has."""
    return LargeFileManager(config=jupyter, root_dir="/", allow_hidden=True)
