"""What a document that was loaded from a snapshot does not know: how its cells came to be.

Somebody who was offline meanwhile may have typed into cells that were moved or retyped before the
snapshot was taken. To bring that text to where it belongs, the mender has to know of those clones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from anode_jlab.documents.lineage import DOCUMENT_NAMES, of_last_lineage
from anode_jlab.documents.mend import Memory
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.eventlog.base import EventLog
from anode_jlab.ids import Ids, Seq

EVENTS_LOOKED_AT: Final = 4000
"""So far back the past is read at least: with a fact to each keystroke as many updates as a mender
remembers."""


async def updates_before(log: EventLog, seq: Seq) -> list[bytes]:
    """Updates that build the document at ``seq``, the newest of them one by one; none when they
    were purged."""
    snapshot = await log.snapshot_before(Seq(max(seq - EVENTS_LOOKED_AT, 0)))
    after = snapshot.seq if snapshot is not None else Seq(0)
    found = await log.read(after, limit=seq - after, names=DOCUMENT_NAMES)
    snapshot, updates = of_last_lineage(snapshot, (e for e in found if e.seq <= seq))
    if not all(updates):
        return []
    return updates if snapshot is None else [snapshot.document, *updates]


def remembered(updates: Sequence[bytes], *, ids: Ids) -> Memory:
    """What a document remembers after these updates. May run in any thread."""
    document = NotebookDocument(ids=ids, mending=True)
    try:
        for update in updates:
            document.load(update)
        return document.memory()
    finally:
        document.close()
