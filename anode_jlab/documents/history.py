"""The notebook as it was at any moment of its log."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import SeqNotFound
from anode_jlab.eventlog.base import EventLog, Snapshot
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.events.event import Envelope
from anode_jlab.ids import Ids, RandomIds, Seq


async def document_at(log: EventLog, seq: Seq, *, ids: Ids) -> NotebookDocument:
    """The document after the event ``seq``, built from the nearest snapshot in another thread.

    Raises SeqNotFound.
    """
    snapshot, envelopes = await _until(log, seq)
    return await asyncio.to_thread(_build, snapshot, envelopes, ids)


async def notebook_at(log: EventLog, seq: Seq, *, with_ids: bool | None = None) -> dict[str, Any]:
    """Notebook JSON after the event ``seq``; ``with_ids`` as in `ipynb.to_notebook`.

    Raises SeqNotFound.
    """
    snapshot, envelopes = await _until(log, seq)

    def convert() -> dict[str, Any]:
        document = _build(snapshot, envelopes, RandomIds())
        try:
            return document.to_notebook(with_ids=with_ids)
        finally:
            document.close()

    return await asyncio.to_thread(convert)


async def _until(log: EventLog, seq: Seq) -> tuple[Snapshot | None, Sequence[Envelope]]:
    """The nearest snapshot, and the document updates after it up to ``seq``."""
    if seq < 1 or not await log.read(Seq(seq - 1), limit=1):
        raise SeqNotFound(f"The notebook has no event {seq}.")
    snapshot = await log.snapshot_before(seq)
    after = snapshot.seq if snapshot is not None else Seq(0)
    if after == seq:
        return snapshot, ()
    updates = await log.read(
        after, limit=seq - after, names=frozenset({DocumentUpdated.event_name})
    )
    return snapshot, [envelope for envelope in updates if envelope.seq <= seq]


def _build(snapshot: Snapshot | None, envelopes: Sequence[Envelope], ids: Ids) -> NotebookDocument:
    document = NotebookDocument(ids=ids, keep_deleted=True)
    if snapshot is not None:
        document.load(snapshot.document)
    for envelope in envelopes:
        if isinstance(envelope.event, DocumentUpdated):
            document.load(envelope.event.update)
    return document
