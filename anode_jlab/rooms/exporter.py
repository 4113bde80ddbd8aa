"""Keeps a notebook's file up to date with its room: soon, not too often, and never over others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from types import TracebackType
from typing import Any, Self

from anode_jlab.clock import Clock
from anode_jlab.documents.file_text import count_changed_cells
from anode_jlab.documents.files import FileContent
from anode_jlab.documents.ipynb import notebook_from_update
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.replace import replace_content
from anode_jlab.documents.workbench import computed
from anode_jlab.errors import (
    AnodeError,
    FileChangedOutside,
    FileNotWritten,
    RoomClosed,
    StoreTooNew,
    StoreUnavailable,
)
from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.events.actor import FILE, SERVER
from anode_jlab.events.document import STATE, Exported, ExternalChangeMerged
from anode_jlab.events.event import Event
from anode_jlab.ids import NotebookId, Seq
from anode_jlab.rooms.deadline import within
from anode_jlab.rooms.new_lineage import beginning
from anode_jlab.rooms.opened import OpenedNotebook
from anode_jlab.rooms.opening import RELOAD
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.state_map import tell_exported

logger = logging.getLogger(__name__)

ON_TIME_SECONDS = 1.6
"""The file has to be there 2 s after the last change, so it is begun this much later, less the
time that writing takes."""

SHORTEST_PAUSE_SECONDS = 0.4
"""A pause in typing after which even the slowest file is written."""

LONGEST_WAIT_SECONDS = 8.0
"""The file is written at least every 10 s, though people type without a pause."""

RETRY_SECONDS = 4.0
"""QUALITY asks to go on within 5 s after the medium is well again."""

CLOSING_SECONDS = 3.0
"""How long the last write may take when the room closes; what it misses is in the log."""

HOOK_FAILED = "save_hook_failed"
"""Condition: the file was written, but a hook that runs after saving failed."""


class Exporter:
    """Writes one room's notebook into its file: an async context manager inside the room's.

    A failed write leaves the notebook saved in its log, says so in the room's conditions and is
    tried again. All file work of a room goes through one lock, in order.
    """

    def __init__(
        self, room: Room, opened: OpenedNotebook, *, catalogue: Catalogue, clock: Clock
    ) -> None:
        if opened.file_state is None:
            raise ValueError("a notebook without a file has nothing to export to")
        self._room = room
        self._catalogue = catalogue
        self._clock = clock
        self._ids = opened.document.ids
        self._file = opened.file_state.file
        self._known_hash = opened.file_state.known_hash
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()
        self._autosave = True
        self._wanted = False
        self._first_change = 0.0
        self._last_change = 0.0
        self._not_before = 0.0
        self._took = 0.0
        self._tasks = asyncio.TaskGroup()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._unsubscribe = self._room.subscribe(self)
        await self._tasks.__aenter__()
        self._task = self._tasks.create_task(self._run())
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
            if self._task is not None:
                self._task.cancel()
        await self._tasks.__aexit__(None, None, None)
        if self._room.failed is None and self._is_due():
            try:
                if not await within(self._clock, CLOSING_SECONDS, self.export_now()):
                    logger.warning("The last export of notebook %s took too long.", self._id)
            except AnodeError as failure:
                logger.warning("The last export of notebook %s failed: %s", self._id, failure)

    # --- told by the room ------------------------------------------------------------------------

    def on_change(self, applied_seq: Seq) -> None:
        """The document changed and the change is durable."""
        self._last_change = self._clock.monotonic()
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

        ``overwrite`` replaces a file that another program changed. Raises FileChangedOutside,
        FileNotWritten; the room's conditions tell the same. Raises StoreTooNew when the room is
        ``read_only``: what this version does not understand may be missing in its document.
        """
        if self._room.read_only:
            raise StoreTooNew
        async with self._lock:
            try:
                return await self._export(overwrite)
            except (RoomClosed, StoreUnavailable):
                raise
            except FileChangedOutside as error:
                self._say(error)
                raise
            except AnodeError as error:
                failure = FileNotWritten(error.message, hint=error.advice)
                self._say(failure)
                self._wanted = True
                self._wake.set()
                raise failure from error

    async def reload_from_file(self) -> Seq:
        """Take the content of the file as a new change of the document; its seq.

        What the notebook held before stays in its history. Raises NotebookNotFound,
        NotANotebook, NotAllowed, FileUnreadable.
        """
        if self._room.read_only:
            raise StoreTooNew
        async with self._lock:
            self._file.path = self._room.path
            content = await self._file.read()
            if self._room.recovering:
                return await self._begin_lineage(content)
            facts: list[Event] = []

            def take_over(document: NotebookDocument) -> None:
                before = document.to_notebook()
                replace_content(document, content.nb, RELOAD)
                merged = ExternalChangeMerged(
                    path=self._file.path,
                    file_hash=content.hash,
                    cells_changed=count_changed_cells(before, content.nb),
                )
                facts.append(merged)

            given = await self._room.edit(FILE, RELOAD, take_over, extra=facts)
            await self._file_holds(content.hash, given.last)
            self._clear_conditions()
            return given.last

    async def _begin_lineage(self, content: FileContent) -> Seq:
        """The log had lost something that clients may hold: merged with the file's content as new
        text it would stand there twice, so their history ends here."""
        room = self._room
        records = await beginning(
            content.nb, content.hash, room.state, ids=self._ids, clock=self._clock
        )
        given = await room.begin_lineage(records)
        await self._file_holds(content.hash, given.last)
        return given.last

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
                self._say(FileNotWritten(f"The file was not updated: {error!r}"))
                self._retry_later()

    def _retry_later(self) -> None:
        now = self._clock.monotonic()
        self._not_before = now + RETRY_SECONDS
        self._first_change = now - LONGEST_WAIT_SECONDS  # then at once, though people type
        self._wake.set()

    async def _pause(self) -> None:
        """Wait until nobody types, but not for too long; after a failure a little longer."""
        while True:
            pause = max(ON_TIME_SECONDS - self._took, SHORTEST_PAUSE_SECONDS)
            quiet_at = self._last_change + pause
            latest = self._first_change + LONGEST_WAIT_SECONDS
            due_at = max(min(quiet_at, latest), self._not_before)
            remaining = due_at - self._clock.monotonic()
            if remaining <= 0:
                return
            await self._clock.sleep(min(remaining, SHORTEST_PAUSE_SECONDS))

    def _is_due(self) -> bool:
        wanted = (self._autosave or self._wanted) and not self._room.read_only
        return wanted and self._room.changed_seq > self._room.exported_seq

    async def _export(self, overwrite: bool) -> Seq:
        began = self._clock.monotonic()
        self._file.path = self._room.path
        if (
            not overwrite
            and FileChangedOutside.code in self._room.conditions
            and not self._room.recovering
        ):
            await self._file.require(self._known_hash)  # before work that would be for nothing
        nb, upto = await self._notebook()

        async def announce(digest: str) -> None:
            await self._noted(self._catalogue.file_writing(self._id, digest))

        expect = None if overwrite else self._known_hash
        written = await self._file.write(nb, expect=expect, announce=announce)
        if written.changed or upto > self._room.exported_seq or written.hash != self._known_hash:
            exported = Exported(upto=upto, path=self._file.path, file_hash=written.hash)
            given = await self._room.edit(
                SERVER,
                STATE,
                lambda document: tell_exported(document, self._file.path, written.hash),
                extra=[exported],
            )
            await self._file_holds(written.hash, given.last)
        self._wanted = False
        self._not_before = 0.0
        self._took = self._clock.monotonic() - began
        self._clear_conditions()
        if written.warning is not None:
            self._room.conditions.set(HOOK_FAILED, written.warning, "See the server's log.")
        return upto

    async def _notebook(self) -> tuple[dict[str, Any], Seq]:
        """The notebook, all of it durable, and the seq of the newest change in it.

        Raises FileNotWritten when cells are gone that nobody deleted: such a document is damaged
        and must not replace a fuller file.
        """

        def encode(document: NotebookDocument) -> tuple[bytes, frozenset[str]]:
            return document.encode(), frozenset(document.cell_ids)

        (update, cell_ids), state = await self._room.shown_at(encode)
        lost = [cell.id for cell in state.cells if cell.id not in cell_ids]
        if lost:
            raise FileNotWritten(
                f"The document lacks {len(lost)} cells that nobody deleted; the file was kept.",
                hint="Open the notebook anew; if it stays so, restore an earlier moment.",
            )
        return await computed(lambda: notebook_from_update(update)), state.changed_upto

    async def _file_holds(self, file_hash: str, seq: Seq) -> None:
        self._known_hash = file_hash
        seen = self._catalogue.file_seen(
            self._id, file_hash=file_hash, seq=seq, inode=self._file.inode()
        )
        await self._noted(seen)

    async def _noted(self, note: Awaitable[None]) -> None:
        """The catalogue only hastens the next opening: the log knows the same."""
        try:
            await note
        except StoreUnavailable as error:
            logger.warning("The catalogue did not note notebook %s: %s", self._id, error)

    @property
    def _id(self) -> NotebookId:
        return self._room.notebook_id

    def _say(self, error: AnodeError) -> None:
        if error.code not in self._room.conditions:
            logger.warning("Notebook %s was not exported: %s", self._id, error.message)
        for code in (FileChangedOutside.code, FileNotWritten.code):
            if code != error.code:
                self._room.conditions.clear(code)
        self._room.conditions.set(error.code, error.message, error.advice)

    def _clear_conditions(self) -> None:
        for code in (FileChangedOutside.code, FileNotWritten.code, HOOK_FAILED):
            self._room.conditions.clear(code)
