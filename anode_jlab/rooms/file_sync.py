"""Makes one room's notebook and its file agree: writes it, and takes in what others wrote."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from anode_jlab.clock import Clock
from anode_jlab.documents.document_file import FileContent, Written
from anode_jlab.documents.shared import SharedDocument
from anode_jlab.documents.workbench import computed
from anode_jlab.errors import (
    FileChangedOutside,
    FileDeleted,
    FileNotValid,
    FileNotWritten,
    NotebookNotFound,
    NotOfItsKind,
    StoreUnavailable,
)
from anode_jlab.eventlog.catalogue import Catalogue, written_mark
from anode_jlab.events.actor import FILE, SERVER
from anode_jlab.events.document import STATE, Exported, ExternalChangeMerged
from anode_jlab.events.event import Event
from anode_jlab.ids import CellId, NotebookId, Seq
from anode_jlab.rooms.bases import Bases
from anode_jlab.rooms.comparing import MERGE, RELOAD, markers_found
from anode_jlab.rooms.file_place import FilePlace
from anode_jlab.rooms.new_lineage import beginning
from anode_jlab.rooms.opened import OpenedNotebook
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.state_map import tell_exported
from anode_jlab.rooms.taken_out import taken_out

logger = logging.getLogger(__name__)

MOST_MERGES = 3
"""Another program may write again while its last change is taken in; then the next try is later."""

SETTLE_SECONDS = 0.2
"""A file that was not written for so long is taken for whole."""

UNKNOWN = -1
"""No number of changes: the document may hold more than the file."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """The document at one durable moment, ``upto`` the seq of the newest change in it."""

    content: Any
    parts: tuple[CellId, ...]
    upto: Seq
    changes: int


class FileSync:
    """The file work of one room. It is not for two callers at once: the exporter takes turns."""

    def __init__(
        self,
        room: Room,
        opened: OpenedNotebook,
        *,
        catalogue: Catalogue,
        bases: Bases,
        clock: Clock,
    ) -> None:
        if opened.file_state is None:
            raise ValueError("a notebook without a file has nothing to export to")
        self.warning: str | None = None
        """What a save hook complained of that ran after the last write."""
        self.took = 0.0
        """How many seconds the last write took."""
        self._room = room
        self._catalogue = catalogue
        self._bases = bases
        self._clock = clock
        self._document_ids = opened.document.ids
        self._kind = opened.kind
        self._file = opened.file_state.file
        self.place = FilePlace(room, self._kind, self._file, catalogue, gone=opened.file_state.gone)
        self._known_hash = opened.file_state.known_hash
        is_clean = opened.state.changed_upto <= opened.exported_seq
        self._clean_at = opened.document.changes if is_clean else UNKNOWN
        self._may_hold_bases = True

    async def export(self, overwrite: bool) -> Seq:
        """Write the file; the seq that it holds then. What another program wrote into it is taken
        into the document first, unless ``overwrite``.

        Raises FileChangedOutside when that cannot be, FileDeleted, FileNotWritten.
        """
        self._file.path = self._room.path
        if self.place.gone:
            if not overwrite:
                raise FileDeleted(f"The file {self.path} was deleted; nothing was written.")
            await self.place.take_again(self._known_hash)
        elif overwrite and FileDeleted.code in self._room.conditions:
            # "Save again" was said of no file: one that came since is somebody's work.
            overwrite = await self._file.current_hash() is None
        for _ in range(MOST_MERGES):
            try:
                return await self._write(overwrite)
            except FileChangedOutside as error:
                if not await self.merge():
                    raise error
        raise FileChangedOutside(f"The file {self._file.path} is being changed again and again.")

    async def merge(self) -> bool:
        """Take what another program wrote into the file into the document, three-way.

        False when it cannot be merged: the file is gone (and was not renamed), or nothing tells
        what it held before, or the document itself waits for what a damaged log lost.
        Raises FileNotValid when it is not of its kind, NotAllowed and FileUnreadable when it
        cannot be read; then nothing was changed.
        """
        self._file.path = self._room.path
        if self._room.read_only or self._room.recovering or self.place.gone:
            return False
        try:
            content = await self._whole()
        except NotebookNotFound:
            return await self.follow()
        except NotOfItsKind as error:
            raise FileNotValid.because(error) from error
        if content.hash == self._known_hash:
            return True
        change = await self._change(content)
        if change is None:
            return False
        base = await computed(lambda: self._kind.base_after(change))
        await self._bases.keep(self._id, content.hash, base)
        seq = (
            self._room.head
            if self._kind.is_no_change(change) and not content.conflicted
            else await self._take(content, change)
        )
        await self._file_holds(content.hash, seq)
        self._may_hold_bases = True
        return True

    async def reload(self) -> Seq:
        """Make the notebook read as the file, as a new change; the seq of that.

        Raises NotebookNotFound, NotOfItsKind, NotAllowed, FileUnreadable.
        """
        self._file.path = self._room.path
        if self.place.gone:
            raise NotebookNotFound(f"The file {self.path} was deleted.")
        content = await self._file.read()
        if self._room.recovering:
            return await self._begin_lineage(content)
        facts: list[Event] = []

        def take_over(document: SharedDocument) -> None:
            before, changes = self._kind.content(document), document.changes
            self._kind.replace(document, content.value, RELOAD)
            merged = ExternalChangeMerged(
                path=self._file.path,
                file_hash=content.hash,
                cells_changed=self._kind.count_changes(before, content.value),
            )
            facts.extend(self._facts(content, merged))
            self._clean_at = changes + 1

        given = await self._room.edit(FILE, RELOAD, take_over, extra=facts)
        await self._file_holds(content.hash, given.last)
        return given.last

    async def _begin_lineage(self, content: FileContent[Any]) -> Seq:
        """The log had lost something that clients may hold: merged with the file's content as new
        text it would stand there twice, so their history ends here."""
        room = self._room
        records = await beginning(
            self._kind,
            content.value,
            content.hash,
            room.state,
            ids=self._document_ids,
            clock=self._clock,
        )
        given = await room.begin_lineage(records)
        await self._file_holds(content.hash, given.last)
        return given.last

    @property
    def is_conflicted(self) -> bool:
        """Whether the file has the conflict markers of a merge."""
        return self._room.state.conflicted

    # --- looking ---------------------------------------------------------------------------------

    @property
    def path(self) -> str:
        """The path of the file, in the contents API."""
        return self._room.path

    @property
    def is_local(self) -> bool:
        """Whether looking at the file costs next to nothing."""
        return self._file.is_local

    async def stamp(self) -> str | None:
        """A mark that is another one after the file was written; None when there is no file."""
        self._file.path = self._room.path
        return await self._file.stamp()

    async def is_known(self) -> bool:
        """Whether the file holds the bytes that were last read or written here."""
        is_known = await self._file.holds(self._known_hash)
        if is_known:
            self.place.note()
        return is_known

    async def came_back(self) -> bool:
        """Whether the deleted file is there again, as it was."""
        return await self.place.came_back(self._known_hash)

    async def follow(self) -> bool:
        """Whether the file was renamed in its folder; then the notebook moves along."""
        return await self.place.follow(self._known_hash)

    # --- inside ----------------------------------------------------------------------------------

    async def _whole(self) -> FileContent[Any]:
        """What the file holds, once nobody is in the middle of writing it."""
        while True:
            stamp = None if self._kind.shows_torn else await self._file.stamp()
            content = await self._file.read()
            if stamp is None or content.hash == self._known_hash:
                return content
            await self._clock.sleep(SETTLE_SECONDS)
            if stamp == await self._file.stamp():
                return content

    async def _change(self, content: FileContent[Any]) -> Any:
        """What the file's content changes in what it held before; None when nobody knows that."""
        room = self._room
        base = await self._bases.find(
            self._kind, self._id, self._known_hash, room.log, room.state.exported_upto
        )
        if base is None:
            return None
        return await computed(
            lambda: self._kind.change(
                base, content.value, path=self._file.path, ids=self._document_ids
            )
        )

    async def _take(self, content: FileContent[Any], change: Any) -> Seq:
        facts: list[Event] = []

        def take(document: SharedDocument) -> None:
            changes = document.changes
            complete = changes == self._clean_at
            result = self._kind.merge(document, change, MERGE)
            merged = ExternalChangeMerged(
                path=self._file.path,
                file_hash=content.hash,
                cells_changed=result.changed,
                complete=complete,
                cells=result.parts,
                versions=result.versions,
            )
            facts.extend(self._facts(content, merged))
            self._clean_at = changes + 1 if complete else UNKNOWN

        given = await self._room.edit(FILE, MERGE, take, extra=facts)
        logger.info("Notebook %s took in a change of its file.", self._id)
        return given.last

    def _facts(self, content: FileContent[Any], merged: Event) -> list[Event]:
        """What is to be told of a change that the file brings."""
        outside = taken_out(self._kind, content.value, self._room.state)
        return [*outside, merged, *markers_found(content, self._file.path)]

    async def _write(self, overwrite: bool) -> Seq:
        began = self._clock.monotonic()
        self._file.path = self._room.path
        told = self._room.conditions
        is_told = FileChangedOutside.code in told or FileDeleted.code in told
        if is_told and not overwrite and not self._room.recovering:
            await self._file.require(self._known_hash)  # before work that would be for nothing
        shown = await self._shown()

        async def announce(digest: str) -> None:
            mark = written_mark(digest, shown.upto)
            await self._noted(self._catalogue.file_writing(self._id, mark))

        expect = None if overwrite else self._known_hash
        written = await self._file.write(shown.content, expect=expect, announce=announce)
        await self._keep_held(written, shown)
        upto = shown.upto
        if written.changed or upto > self._room.exported_seq or written.hash != self._known_hash:
            exported = Exported(upto=upto, path=self._file.path, file_hash=written.hash)
            given = await self._room.edit(
                SERVER,
                STATE,
                lambda document: tell_exported(document, self._file.path, written.hash),
                extra=[exported],
            )
            await self._file_holds(written.hash, given.last)
        self._clean_at = shown.changes
        self.warning = written.warning
        self.took = self._clock.monotonic() - began
        return upto

    async def _keep_held(self, written: Written[Any], shown: _Shown) -> None:
        """Keep what the file holds if it is not the document, and forget what it held before."""
        held = written.content
        base = None
        if held is not None:
            base = await computed(lambda: self._kind.base_held(held, shown.parts))
        if base is not None:
            await self._bases.keep(self._id, written.hash, base)
            self._may_hold_bases = True
        if self._may_hold_bases:
            await self._bases.forget_but(self._id, written.hash)
            self._may_hold_bases = held is not None

    async def _shown(self) -> _Shown:
        """The notebook, all of it durable.

        Raises FileNotWritten when cells are gone that nobody deleted: such a document is damaged
        and must not replace a fuller file.
        """

        def encode(document: SharedDocument) -> tuple[bytes, tuple[CellId, ...], int]:
            return document.encode(), self._kind.parts(document), document.changes

        (update, parts, changes), state = await self._room.shown_at(encode)
        lost = self._kind.lost(parts, state)
        if lost:
            raise FileNotWritten(
                f"The document lacks {lost} cells that nobody deleted; the file was kept.",
                hint="Open the notebook anew; if it stays so, restore an earlier moment.",
            )
        content = await computed(lambda: self._kind.to_file(update))
        return _Shown(content, parts, state.changed_upto, changes)

    async def _file_holds(self, file_hash: str, seq: Seq) -> None:
        self._known_hash = file_hash
        self.place.note()
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
