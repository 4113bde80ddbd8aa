"""The notebook as it was at any moment of its log."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from pycrdt import Doc

from anode_jlab.documents import ipynb
from anode_jlab.documents.lineage import DOCUMENT_NAMES, of_last_lineage
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.shared import SharedDocument
from anode_jlab.documents.text_document import TextDocument
from anode_jlab.errors import Gone, SeqNotFound
from anode_jlab.eventlog.base import EventLog, Snapshot
from anode_jlab.events.document import HistoryPurged
from anode_jlab.ids import Ids, RandomIds, Seq


async def document_at(log: EventLog, seq: Seq, *, ids: Ids) -> NotebookDocument:
    """The document after the event ``seq``, built from the nearest snapshot in another thread.

    Raises SeqNotFound, and Gone when it was lost or purged.
    """
    snapshot, updates = await _until(log, seq)
    return await asyncio.to_thread(_notebook, snapshot, updates, ids)


async def notebook_at(log: EventLog, seq: Seq, *, with_ids: bool | None = None) -> dict[str, Any]:
    """Notebook JSON after the event ``seq``; ``with_ids`` as in `ipynb.to_notebook`.

    Raises SeqNotFound, and Gone when it was lost or purged.
    """
    doc = await doc_at(log, seq)
    return await asyncio.to_thread(ipynb.to_notebook, doc, with_ids=with_ids)


async def doc_at(log: EventLog, seq: Seq) -> Doc[Any]:
    """The bare document after the event ``seq``: it may be carried on by applying later updates.

    Raises as `notebook_at`.
    """
    snapshot, updates = await _until(log, seq)

    def build() -> Doc[Any]:
        # Nobody watches it: recording what each update does takes several times as long.
        doc: Doc[Any] = Doc()
        if snapshot is not None:
            doc.apply_update(snapshot.document)
        for update in updates:
            doc.apply_update(update)
        return doc

    return await asyncio.to_thread(build)


async def text_at(log: EventLog, seq: Seq) -> str:
    """The text of a file after the event ``seq``; before the first, it was empty.

    Raises SeqNotFound, and Gone when it was lost or purged.
    """
    if seq == 0:
        return ""
    snapshot, updates = await _until(log, seq)

    def convert() -> str:
        document = TextDocument(ids=RandomIds(), keep_deleted=True)
        _fill(document, snapshot, updates)
        try:
            return document.text
        finally:
            document.close()

    return await asyncio.to_thread(convert)


async def _until(log: EventLog, seq: Seq) -> tuple[Snapshot | None, Sequence[bytes]]:
    """The nearest snapshot, and the document updates after it up to ``seq``."""
    found = await log.read(Seq(seq - 1), limit=1) if seq > 0 else []
    if not found:
        raise SeqNotFound(f"The notebook has no event {seq}.")
    if found[0].seq != seq:
        raise Gone(f"The event {seq} was lost when the log was damaged.")
    purged = await log.read(Seq(0), names=frozenset({HistoryPurged.event_name}))
    for event in (envelope.event for envelope in purged):
        if isinstance(event, HistoryPurged) and event.first <= seq <= event.last:
            raise Gone
    snapshot = await log.snapshot_before(seq)
    after = snapshot.seq if snapshot is not None else Seq(0)
    if after == seq:
        return snapshot, ()
    events = await log.read(after, limit=seq - after, names=DOCUMENT_NAMES)
    envelopes = [envelope for envelope in events if envelope.seq <= seq]
    snapshot, changes = of_last_lineage(snapshot, envelopes)
    updates = [change.update for change in changes]
    if not all(updates):  # the snapshot after the purged stretch went in the course of time
        raise Gone
    return snapshot, updates


def _notebook(snapshot: Snapshot | None, updates: Sequence[bytes], ids: Ids) -> NotebookDocument:
    document = NotebookDocument(ids=ids, keep_deleted=True)
    _fill(document, snapshot, updates)
    return document


def _fill(document: SharedDocument, snapshot: Snapshot | None, updates: Sequence[bytes]) -> None:
    if snapshot is not None:
        document.load(snapshot.document)
    for update in updates:
        document.load(update)
