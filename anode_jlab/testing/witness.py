"""Checks everything that leaves a server against what a crash at that moment would leave behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pycrdt import Doc

from anode_jlab.documents.update_shape import STEP2_LIMITS, read_shape
from anode_jlab.eventlog.memory import MemoryEventStore
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.ids import NotebookId, Seq
from anode_jlab.rooms import frames, protocol
from anode_jlab.rooms.delete_set import DeleteSet
from anode_jlab.rooms.guard import Vector


class Witness:
    """Follows a store in memory; ``complaints`` is empty as long as nothing undurable was seen."""

    def __init__(self, store: MemoryEventStore, notebook: NotebookId) -> None:
        self.complaints: list[str] = []
        self._store = store
        self._notebook = notebook
        self._doc: Doc[Any] = Doc()
        self._seq = Seq(0)
        self._deleted: DeleteSet | None = None

    def document(self) -> Doc[Any]:
        """The document that the log alone makes, up to this moment."""
        for envelope in self._store.stored(self._notebook, self._seq):
            self._seq = envelope.seq
            if isinstance(envelope.event, DocumentUpdated):
                self._doc.apply_update(envelope.event.update)
                self._deleted = None
        return self._doc

    def saw(self, data: bytes) -> None:
        """A frame left the server."""
        frame = protocol.decode_server(data)
        if isinstance(frame, frames.Step1):
            self._saw_clocks(Vector.decode(frame.vector), "step1")
        elif isinstance(frame, frames.Step2 | frames.Update):
            self._saw_update(frame.update, type(frame).__name__)
        elif isinstance(frame, frames.Hello | frames.Ack):
            self._saw_seq(frame.seq, type(frame).__name__)
        elif isinstance(frame, frames.Events):
            for envelope in frame.envelopes:
                seq = envelope["seq"]
                assert isinstance(seq, int)
                self._saw_seq(seq, "Events")

    def _saw_update(self, update: bytes, where: str) -> None:
        shape = read_shape(update, STEP2_LIMITS)
        self._saw_clocks(shape.ends, where)
        if shape.deletions:
            doc = self.document()
            if self._deleted is None:
                everything = read_shape(doc.get_update(doc.get_state()), STEP2_LIMITS)
                self._deleted = DeleteSet(everything.deletions)
            if not all(self._deleted.covers(deletion) for deletion in shape.deletions):
                self.complaints.append(f"{where} told of deletions that are not durable")

    def _saw_clocks(self, ends: Mapping[int, int], where: str) -> None:
        durable = Vector.decode(self.document().get_state())
        if any(durable.get(client, 0) < end for client, end in ends.items()):
            self.complaints.append(f"{where} told of content that is not durable")

    def _saw_seq(self, seq: int, where: str) -> None:
        self.document()
        if seq > self._seq:
            self.complaints.append(f"{where} told of seq {seq} when {self._seq} was durable")
