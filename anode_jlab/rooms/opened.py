"""What a room is made of: a document that was loaded (or imported) and is ours to append to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from anode_jlab.documents.kind import AnyKind
from anode_jlab.documents.large_outputs import INLINE_ONLY, LargeOutputs
from anode_jlab.documents.notebook_kind import NOTEBOOKS
from anode_jlab.documents.shared import SharedDocument
from anode_jlab.eventlog.base import EventLog, Lease
from anode_jlab.ids import Lineage, NotebookId, Seq
from anode_jlab.materializers.state import NotebookState
from anode_jlab.rooms.conditions import Condition
from anode_jlab.rooms.file_state import FileState
from anode_jlab.rooms.keeping import KEEP_ALL, Keeping


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedNotebook:
    """Document and state at ``head``, all of it durable; the room closes document, lease and log.

    ``tail_updates`` and ``tail_bytes`` count what came after the newest snapshot, which is at
    ``snapshot_seq`` (0: there is none).
    ``recovered_at`` is the seq of the last ``LogRecovered`` that lost something (0: there is none).
    ``file_state`` is what the opener found out about the file; only the exporter reads it.
    """

    notebook_id: NotebookId
    path: str
    lineage: Lineage
    document: SharedDocument
    log: EventLog
    lease: Lease
    state: NotebookState
    head: Seq
    exported_seq: Seq
    file_state: FileState | None = None
    tail_updates: int = 0
    tail_bytes: int = 0
    conditions: tuple[Condition, ...] = ()
    recovered_at: Seq = Seq(0)
    snapshot_seq: Seq = Seq(0)
    keeping: Keeping = KEEP_ALL
    kind: AnyKind = NOTEBOOKS
    large: LargeOutputs = INLINE_ONLY


class NotebookExporter(Protocol):
    """The port to the notebook's file; ``rooms.exporter.Exporter`` implements it."""

    async def export_now(self, overwrite: bool = False) -> Seq:
        """Write the file; the seq whose document it now holds. Raises FileChangedOutside (unless
        ``overwrite``) and FileNotWritten."""
        ...

    async def reload_from_file(self) -> Seq:
        """Make the file's content the notebook's, as a new change; the seq of that."""
        ...

    async def look_at_file(self) -> None:
        """See now whether another program changed the file, and take in what it wrote."""
        ...

    async def file_deleted(self) -> None:
        """The file was deleted, and what comes to its path is another notebook."""
        ...


class NotebookOpener(Protocol):
    """The port to files and store behind ``Rooms``; ``rooms.opening.Opener`` implements it."""

    async def load(self, notebook_id: NotebookId) -> OpenedNotebook:
        """Make a notebook ready for a room. Raises NotebookNotFound, NotANotebook,
        HeldElsewhere, StoreDamaged, StoreTooNew, StoreUnavailable; then nothing is held."""
        ...
