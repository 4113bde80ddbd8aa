"""A notebook on its way to its room: what is held of it, and how far its log is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from anode_jlab.documents.document_file import DocumentFile
from anode_jlab.documents.kind import AnyKind
from anode_jlab.documents.shared import SharedDocument
from anode_jlab.errors import AnodeError, FileConflicted
from anode_jlab.eventlog.base import EventLog, Lease
from anode_jlab.eventlog.catalogue import CatalogueEntry
from anode_jlab.events.document import (
    DocumentUpdated,
    Exported,
    ExternalChangeMerged,
    LineageStarted,
)
from anode_jlab.events.event import Envelope, Record
from anode_jlab.ids import Seq
from anode_jlab.materializers.state import NotebookState, replay
from anode_jlab.rooms.conditions import Condition
from anode_jlab.rooms.file_state import FileState
from anode_jlab.rooms.keeping import KEEP_ALL, Keeping
from anode_jlab.rooms.opened import OpenedNotebook

TELLING_THE_FILE = frozenset(
    kind.event_name for kind in (LineageStarted, Exported, ExternalChangeMerged)
)
"""Events that tell which bytes the file holds."""


@dataclass(slots=True)
class Loading:
    """A notebook on its way: what is held, and how far the log is."""

    entry: CatalogueEntry
    kind: AnyKind
    file: DocumentFile[Any]
    log: EventLog
    lease: Lease
    document: SharedDocument
    state: NotebookState
    head: Seq
    keeping: Keeping = KEEP_ALL
    tail_updates: int = 0
    tail_bytes: int = 0
    snapshot_seq: Seq = Seq(0)
    is_readable: bool = True
    """False: all that could tell the document was purged or lost."""

    @property
    def path(self) -> str:
        """Where the file is, or was when it was deleted."""
        return self.entry.path or self.entry.former

    @property
    def is_gone(self) -> bool:
        """Whether the file was deleted: then what is at its path now is somebody else's."""
        return not self.entry.path

    async def known_hash(self) -> str:
        """Hash of the bytes last read or written: the catalogue's, unless the log knows newer.

        Empty, which no file has, when the log lost what its document has in common with the file.
        """
        state, entry = self.state, self.entry
        is_told = entry.file_seq >= max(state.exported_upto, state.recovered_at)
        if entry.file_hash and is_told and not await self._tells_newer():
            return entry.file_hash
        return state.file_hash if state.exported_upto or not state.recovered_at else ""

    async def _tells_newer(self) -> bool:
        """Whether the log knows of bytes in the file that the catalogue does not know of."""
        after = self.entry.file_seq
        return bool(await self.log.read(after, limit=1, names=TELLING_THE_FILE))

    @property
    def has_no_beginning(self) -> bool:
        """The log lost all that the document began with: nothing could be merged with it."""
        if not self.is_readable:
            return True
        return self.lacks_something and not (self.has_content or self.state.exported_upto)

    @property
    def has_content(self) -> bool:
        """Whether the document has anything in it."""
        return not self.kind.is_empty(self.document)

    @property
    def lacks_something(self) -> bool:
        """The log was damaged, and what it lost has not come back yet."""
        return self.state.exported_upto < self.state.recovered_at

    @property
    def has_unexported(self) -> bool:
        """Whether the log holds changes that were never in the file."""
        return self.state.changed_upto > self.state.exported_upto

    async def append(self, records: Sequence[Record]) -> None:
        """Append, and bring state and head up to it."""
        given = await self.log.append(records, epoch=self.lease.epoch, expect_head=self.head)
        envelopes = [
            Envelope(
                seq=Seq(given.first + place),
                time=record.time,
                actor=record.actor,
                event=record.event,
                client=record.client,
                cause=record.cause,
            )
            for place, record in enumerate(records)
        ]
        self.state = replay(envelopes, self.state)
        self.head = given.last
        self.count(envelopes)

    def count(self, envelopes: Sequence[Envelope]) -> None:
        """Count what the next opening has to replay."""
        for envelope in envelopes:
            if isinstance(envelope.event, DocumentUpdated):
                self.tail_updates += 1
                self.tail_bytes += len(envelope.event.update)

    def opened(self, known_hash: str, now: float, trouble: AnodeError | None) -> OpenedNotebook:
        """What its room is made of; ``trouble`` is why the file does not follow, at ``now``."""
        state = self.state
        assert state.lineage is not None  # the first event of every log sets it
        conditions: tuple[Condition, ...] = ()
        if trouble is None and state.conflicted:
            trouble = FileConflicted()
        if trouble is not None:
            code, message, hint = trouble.code, trouble.message, trouble.advice
            conditions = (Condition(code=code, message=message, hint=hint, since=now),)
        return OpenedNotebook(
            notebook_id=self.entry.notebook,
            path=self.path,
            lineage=state.lineage,
            document=self.document,
            log=self.log,
            lease=self.lease,
            state=state,
            head=self.head,
            exported_seq=state.exported_upto,
            file_state=FileState(file=self.file, known_hash=known_hash, gone=self.is_gone),
            tail_updates=self.tail_updates,
            tail_bytes=self.tail_bytes,
            recovered_at=state.recovered_at,
            snapshot_seq=self.snapshot_seq,
            keeping=self.keeping,
            kind=self.kind,
            large=self.file.large,
            conditions=conditions,
        )
