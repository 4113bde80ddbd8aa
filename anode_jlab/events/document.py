"""Events about the shared document as a whole."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from anode_jlab.events.event import Event
from anode_jlab.ids import CellId, Lineage, Seq

STATE = "state"
"""Origin of transactions that tell clients about the file: its path, its hash, whether it lags."""

COURTESY = "courtesy"
"""Origin of transactions that give an empty notebook what some clients expect, and take it back."""

BESIDE_CONTENT = frozenset({STATE, COURTESY})
"""Origins of transactions that change nothing a file has to hold: they cause no export."""


class Kind(StrEnum):
    """What a log is about: which roots its document has, and what its file is."""

    NOTEBOOK = "notebook"
    TEXT = "text"


class LineageStarted(Event, frozen=True, kw_only=True):
    """A CRDT history began: the first event of a log, or a new beginning later on.

    ``path`` and ``file_hash`` tell the file it was imported from (hash as
    ``documents.files`` computes it, empty when it is unknown). ``forked_from`` is the id of the
    notebook that this one is a copy of, or the lineage that went before in the same log.
    """

    event_name: ClassVar[str] = "v1.LineageStarted"
    lineage: Lineage
    path: str
    file_hash: str = ""
    forked_from: str | None = None


class KindSet(Event, frozen=True, kw_only=True):
    """This is the log of another kind of document than a notebook, from its beginning on.

    The document of a ``text`` has the root ``source``, a Y.Text with the lines of the file, ended
    by line feeds.
    """

    event_name: ClassVar[str] = "v1.KindSet"
    kind: Kind


class DocumentUpdated(Event, frozen=True, kw_only=True):
    """A transaction changed the document: its own Yjs v1 update, as raw bytes.

    On the wire and in the schema the bytes are called ``bytes``.
    ``client`` is the server's number of the connection (0: made by the server itself) and
    ``origin`` the tag of the transaction (``peer``, ``import``, ``repair``, ``reload`` ...).
    """

    event_name: ClassVar[str] = "v1.DocumentUpdated"
    update: bytes = msgspec.field(name="bytes")
    client: int
    origin: str

    @property
    def is_ours(self) -> bool:
        """Whether a server made it, which knew all that was there."""
        return self.client == 0


class SnapshotTaken(Event, frozen=True, kw_only=True):
    """A snapshot of document and state was stored; opening replays only what came after."""

    event_name: ClassVar[str] = "v1.SnapshotTaken"
    upto: Seq
    size: int


class Exported(Event, frozen=True, kw_only=True):
    """The notebook's file was written: it holds the document as it was at ``upto``."""

    event_name: ClassVar[str] = "v1.Exported"
    upto: Seq
    path: str
    file_hash: str


class ExternalChangeMerged(Event, frozen=True, kw_only=True):
    """Content of the file, changed by another program, was taken into the document.

    ``complete`` tells that the document then read as the file: nothing of ours waits to be written.
    ``cells`` are the cells that came, moved or changed, in the order of the notebook (not those
    that went), and ``versions`` those of them that hold the file's version of a cell whose text
    both sides had changed at one place.
    """

    event_name: ClassVar[str] = "v1.ExternalChangeMerged"
    path: str
    file_hash: str
    cells_changed: int
    complete: bool = True
    cells: tuple[CellId, ...] = ()
    versions: tuple[CellId, ...] = ()


class ConflictMarkersFound(Event, frozen=True, kw_only=True):
    """The content that was just taken from the file is that of both sides of a merge, brought
    together: the file has conflict markers, until it is written or changed."""

    event_name: ClassVar[str] = "v1.ConflictMarkersFound"
    path: str
    file_hash: str


class Restored(Event, frozen=True, kw_only=True):
    """The content of an earlier moment was brought back by a new change."""

    event_name: ClassVar[str] = "v1.Restored"
    seq: Seq


class PathChanged(Event, frozen=True, kw_only=True):
    """The notebook's file was renamed or moved; the notebook is the same."""

    event_name: ClassVar[str] = "v1.PathChanged"
    old_path: str
    new_path: str


class LogRecovered(Event, frozen=True, kw_only=True):
    """A damaged log was rebuilt from its good beginning.

    Events after ``good_upto`` up to ``lost_upto`` are lost (none, when the two are the same); their
    seqs are not given again. ``kept`` is the folder beside the log that holds the damaged one.
    """

    event_name: ClassVar[str] = "v1.LogRecovered"
    good_upto: Seq
    lost_upto: Seq
    reason: str
    kept: str


class HistoryPurged(Event, frozen=True, kw_only=True):
    """The bytes of all document updates from ``from`` to ``to`` (seqs, inclusive) were removed.

    The events keep their place and their hashes; what the notebook was at those moments cannot be
    told any more.
    """

    event_name: ClassVar[str] = "v1.HistoryPurged"
    first: Seq = msgspec.field(name="from")
    last: Seq = msgspec.field(name="to")
