"""Keeps a notebook's file up to date with its room: soon, not too often, and never over others."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Self

from anode_jlab.clock import Clock
from anode_jlab.errors import (
    AnodeError,
    FileChangedOutside,
    FileDeleted,
    FileNotWritten,
    HeldElsewhere,
    RoomClosed,
    StoreTooNew,
    StoreUnavailable,
)
from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.ids import NotebookId, Seq
from anode_jlab.rooms.bases import Bases
from anode_jlab.rooms.deadline import within
from anode_jlab.rooms.file_locks import RoomLock
from anode_jlab.rooms.file_sync import FileSync
from anode_jlab.rooms.file_troubles import FileTroubles
from anode_jlab.rooms.opened import OpenedNotebook
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.watcher import Watcher

logger = logging.getLogger(__name__)

ON_TIME_SECONDS = 1.6
"""The file has to be there 2 s after the last change, so it is begun this much later, less the
time that writing takes."""

SHORTEST_PAUSE_SECONDS = 0.4
"""A pause in typing after which even the slowest file is written."""

LONGEST_WAIT_SECONDS = 8.0
"""The file is written at least every 10 s, though people type without a pause."""

SHARE_OF_WRITING = 4.0
"""A file that takes long to write is not written more often than so many times that."""

RETRY_SECONDS = 4.0
"""QUALITY asks to go on within 5 s after the medium is well again."""

CLOSING_SECONDS = 3.0
"""How long the last write may take when the room closes; what it misses is in the log."""


class Exporter:
    """Writes one room's notebook into its file: an async context manager inside the room's.

    A failed write leaves the notebook saved in its log, says so in the room's conditions and is
    tried again. All file work of a room goes through one lock, in order.
    """

    def __init__(
        self,
        room: Room,
        opened: OpenedNotebook,
        *,
        catalogue: Catalogue,
        bases: Bases,
        clock: Clock,
        lock: RoomLock | None = None,
    ) -> None:
        self._room = room
        self._file_lock = lock
        self._clock = clock
        self._sync = FileSync(room, opened, catalogue=catalogue, bases=bases, clock=clock)
        self._troubles = FileTroubles(room.notebook_id, room.conditions)
        self._lock = asyncio.Lock()
        self._watcher = Watcher(self._sync, self._lock, self._troubles, clock)
        self._wake = asyncio.Event()
        self._autosave = True
        self._wanted = False
        self._first_change = 0.0
        self._last_change = 0.0
        self._not_before = 0.0
        self._tasks = asyncio.TaskGroup()
        self._running: tuple[asyncio.Task[None], ...] = ()

    async def __aenter__(self) -> Self:
        self._unsubscribe = self._room.subscribe(self)
        await self._tasks.__aenter__()
        runs = (self._run, self._watcher.run, *(self._file_lock.runs if self._file_lock else ()))
        self._running = tuple(self._tasks.create_task(run()) for run in runs)
        self._lock_if_due()
        self.on_peer_change()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what the file still lacks, unless autosave is off or the room failed."""
        self._unsubscribe()
        async with self._lock:  # a write under way ends first: it must not be torn
            for task in self._running:
                task.cancel()
        await self._tasks.__aexit__(None, None, None)
        if self._room.failed is None and self._is_due():
            try:
                if not await within(self._clock, CLOSING_SECONDS, self.export_now()):
                    logger.warning("The last export of notebook %s took too long.", self._id)
            except AnodeError as failure:
                logger.warning("The last export of notebook %s failed: %s", self._id, failure)
        if self._file_lock is not None:
            await self._file_lock.release()

    # --- told by the room ------------------------------------------------------------------------

    def on_change(self, applied_seq: Seq) -> None:
        """The document changed and the change is durable."""
        self._last_change = self._clock.monotonic()
        self._lock_if_due()
        if not self._wake.is_set():
            self._first_change = self._last_change
            if self._autosave:
                self._wake.set()

    def on_peer_change(self) -> None:
        """Somebody came, left or got another role: whether autosave is on may be another thing.

        It is on while any connected writer has it on; with none connected, what they had last
        stays; never told means on.
        """
        writers = [peer for peer in self._room.peers if peer.role.may_write]
        if writers and not self._room.closing.is_set():
            self._autosave = any(peer.options.autosave is not False for peer in writers)
        if self._is_due() and not self._wake.is_set():
            self._first_change = self._last_change = self._clock.monotonic()
            self._wake.set()

    # --- asked for -------------------------------------------------------------------------------

    async def export_now(self, overwrite: bool = False) -> Seq:
        """Write the file now (what Ctrl-S means), whether or not autosave is on; the seq it holds.

        What another program wrote there is taken in first, unless ``overwrite`` replaces it.
        Raises FileChangedOutside when it cannot be, FileNotWritten; the room's conditions tell the
        same. Raises StoreTooNew when the room is ``read_only``: what this version does not
        understand may be missing in its document.
        """
        if self._room.read_only:
            raise StoreTooNew
        async with self._lock:
            try:
                if self._file_lock is not None:
                    await self._file_lock.ensure()
                upto = await self._sync.export(overwrite)
            except (RoomClosed, StoreUnavailable):
                raise
            except HeldElsewhere as error:
                self._room.discard(error)
                raise
            except FileChangedOutside as error:
                self._troubles.say(error)
                raise
            except AnodeError as error:
                failure = _not_written(error)
                self._troubles.say(failure)
                self._wanted = True
                self._wake.set()
                raise failure from (None if failure is error else error)
            self._wanted = False
            self._not_before = 0.0
            self._troubles.clear()
            if self._sync.warning is not None:
                self._troubles.hook_failed(self._sync.warning)
            return upto

    async def reload_from_file(self) -> Seq:
        """Take the content of the file as a new change of the document; its seq.

        What the notebook held before stays in its history. Raises NotebookNotFound,
        NotANotebook, NotAllowed, FileUnreadable.
        """
        if self._room.read_only:
            raise StoreTooNew
        async with self._lock:
            seq = await self._sync.reload()
            self._troubles.clear()
            if self._sync.is_conflicted:
                self._troubles.conflicted()
            return seq

    async def file_deleted(self) -> None:
        """The file was deleted, and what comes to its path is another notebook: it is not written
        again until a person says so."""
        async with self._lock:
            self._sync.place.gone = True
            self._watcher.forget()
            if self._file_lock is not None:
                await self._file_lock.release()
            self._troubles.say(FileDeleted(f"The file {self._room.path} was deleted."))

    async def look_at_file(self) -> None:
        """See now whether another program changed the file, and take in what it wrote."""
        await self._watcher.look()

    # --- inside ----------------------------------------------------------------------------------

    async def _run(self) -> None:
        """Write when there was a change and then a pause; try again what failed."""
        while True:
            await self._wake.wait()
            await self._pause()
            self._wake.clear()
            if not self._is_due():
                continue
            try:
                await self.export_now()
            except RoomClosed:
                return
            except AnodeError:
                self._retry_later()
            except Exception as error:  # the loop's edge: a contents manager may raise anything
                logger.exception("Exporting notebook %s failed.", self._id)
                self._troubles.say(FileNotWritten(f"The file was not updated: {error!r}"))
                self._retry_later()

    def _retry_later(self) -> None:
        now = self._clock.monotonic()
        self._not_before = now + RETRY_SECONDS
        self._first_change = now - LONGEST_WAIT_SECONDS  # then at once, though people type
        self._wake.set()

    async def _pause(self) -> None:
        """Wait until nobody types, but not for too long; after a failure a little longer."""
        while True:
            pause = max(ON_TIME_SECONDS - self._sync.took, SHORTEST_PAUSE_SECONDS)
            quiet_at = self._last_change + pause
            longest = max(LONGEST_WAIT_SECONDS, SHARE_OF_WRITING * self._sync.took)
            latest = self._first_change + longest
            due_at = max(min(quiet_at, latest), self._not_before)
            remaining = due_at - self._clock.monotonic()
            if remaining <= 0:
                return
            await self._clock.sleep(min(remaining, SHORTEST_PAUSE_SECONDS))

    def _lock_if_due(self) -> None:
        """Somebody changed the notebook: other servers are kept from its file. What another
        program wrote is no such change."""
        is_changed = self._room.changed_seq > self._room.exported_seq
        if self._file_lock is not None and is_changed and not self._sync.place.gone:
            self._file_lock.want()

    def _is_due(self) -> bool:
        wanted = (self._autosave or self._wanted) and not self._room.read_only
        return wanted and self._room.changed_seq > self._room.exported_seq

    @property
    def _id(self) -> NotebookId:
        return self._room.notebook_id


def _not_written(error: AnodeError) -> FileNotWritten:
    """What went wrong, as why the file was not written."""
    if isinstance(error, FileNotWritten):
        return error
    return FileNotWritten(error.message, hint=error.advice)
