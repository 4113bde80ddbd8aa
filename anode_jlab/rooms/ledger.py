"""What a room has made durable: head, state, and how much of it no snapshot holds yet."""

from __future__ import annotations

from anode_jlab.events.document import (
    BESIDE_CONTENT,
    DocumentUpdated,
    Exported,
    ExternalChangeMerged,
    HistoryPurged,
    PathChanged,
)
from anode_jlab.events.event import Envelope
from anode_jlab.ids import Seq
from anode_jlab.materializers.state import NotebookState, StateBuilder
from anode_jlab.rooms.opened import OpenedNotebook

SNAPSHOT_UPDATES = 1000
SNAPSHOT_BYTES = 1 << 20
"""A tail of this size makes opening slower than the snapshot costs."""

SNAPSHOT_AT_ONCE_FACTOR = 4
"""While people type without a pause, the tail may grow this much before a snapshot is forced."""


class Ledger:
    """Follows the log by the envelopes that were committed."""

    def __init__(self, opened: OpenedNotebook) -> None:
        self._builder = StateBuilder(opened.state)
        self.notebook_id = opened.notebook_id
        self.head: Seq = opened.head
        self.path = opened.path
        self.exported_seq: Seq = opened.exported_seq
        self.changed_seq: Seq = opened.state.changed_upto
        """Seq of the newest change of the document."""
        self.tail_updates = opened.tail_updates
        self.tail_bytes = opened.tail_bytes
        self.snapshot_seq: Seq = opened.snapshot_seq
        """Seq of the newest snapshot, 0 when there is none."""
        self.purges: list[HistoryPurged] = []
        """Purges that were logged since the room was opened and are not carried out yet."""
        self.changed = False
        """Whether the document changed since the room was opened."""

    @property
    def state(self) -> NotebookState:
        """The materialised state at ``head``."""
        return self._builder.state()

    @property
    def wants_snapshot(self) -> bool:
        """Whether the tail is long enough for a snapshot at a quiet moment."""
        return self.tail_updates >= SNAPSHOT_UPDATES or self.tail_bytes >= SNAPSHOT_BYTES

    @property
    def needs_snapshot(self) -> bool:
        """Whether the tail is so long that no quiet moment is waited for."""
        return (
            self.tail_updates >= SNAPSHOT_UPDATES * SNAPSHOT_AT_ONCE_FACTOR
            or self.tail_bytes >= SNAPSHOT_BYTES * SNAPSHOT_AT_ONCE_FACTOR
        )

    def apply(self, envelope: Envelope) -> None:
        """Take note of a committed event."""
        self._builder.apply(envelope)
        self.head = envelope.seq
        event = envelope.event
        kind = type(event)
        if kind is DocumentUpdated:
            assert isinstance(event, DocumentUpdated)
            if event.origin not in BESIDE_CONTENT:
                self.changed_seq = envelope.seq
            self.tail_updates += 1
            self.tail_bytes += len(event.update)
            self.changed = True
        elif kind is Exported:
            assert isinstance(event, Exported)
            self.exported_seq = max(self.exported_seq, event.upto)
        elif kind is ExternalChangeMerged:
            assert isinstance(event, ExternalChangeMerged)
            if event.complete:
                self.exported_seq = envelope.seq
        elif kind is PathChanged:
            assert isinstance(event, PathChanged)
            self.path = event.new_path
        elif kind is HistoryPurged:
            assert isinstance(event, HistoryPurged)
            self.purges.append(event)

    def snapshot_taken(self, seq: Seq, updates: int, size: int) -> None:
        """A snapshot now holds the first ``updates`` updates (``size`` bytes) of the tail."""
        self.snapshot_seq = seq
        self.tail_updates -= updates
        self.tail_bytes -= size
