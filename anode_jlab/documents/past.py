"""What a document that was loaded from a snapshot does not know: how its cells came to be.

Somebody who was offline meanwhile may have typed into cells that were moved or retyped before the
snapshot was taken. To bring that text to where it belongs, the mender has to know of those clones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from anode_jlab.documents.lineage import DOCUMENT_NAMES, of_last_lineage
from anode_jlab.documents.mend import Memory
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.eventlog.base import EventLog
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.ids import Ids, Seq

EVENTS_LOOKED_AT: Final = 4000
"""So far back the past is read at least: with a fact to each keystroke as many updates as a mender
remembers."""


class Past(NamedTuple):
    """A document at an earlier moment, if it did not begin empty, and the changes since."""

    document: bytes | None
    changes: Sequence[DocumentUpdated]


async def changes_before(log: EventLog, seq: Seq) -> Past | None:
    """What builds the document at ``seq``, the newest of it change by change; None when it was
    purged."""
    snapshot = await log.snapshot_before(Seq(max(seq - EVENTS_LOOKED_AT, 0)))
    after = snapshot.seq if snapshot is not None else Seq(0)
    found = await log.read(after, limit=seq - after, names=DOCUMENT_NAMES)
    snapshot, changes = of_last_lineage(snapshot, (e for e in found if e.seq <= seq))
    if not all(change.update for change in changes):
        return None
    return Past(None if snapshot is None else snapshot.document, changes)


def remembered(past: Past, *, ids: Ids) -> Memory:
    """What a document remembers that went through this. May run in any thread."""
    document = NotebookDocument(ids=ids, mending=True)
    try:
        if past.document is not None:
            document.load(past.document)
        for change in past.changes:
            document.load(change.update, ours=change.is_ours)
        return document.memory()
    finally:
        document.close()
