"""A new CRDT history in the same log: where the old one must not be merged with any more."""

from __future__ import annotations

import asyncio

from anode_jlab.clock import Clock
from anode_jlab.documents.kind import AnyKind
from anode_jlab.events.actor import FILE, SERVER
from anode_jlab.events.document import LineageStarted
from anode_jlab.events.event import Record
from anode_jlab.ids import Ids
from anode_jlab.materializers.notebook import NotebookState
from anode_jlab.rooms.scribe import Scribe
from anode_jlab.rooms.taken_out import taken_out

IMPORT = "import"
"""Origin of the transaction that makes a document out of a file."""


async def beginning(
    kind: AnyKind,
    content: object,
    file_hash: str,
    state: NotebookState,
    *,
    ids: Ids,
    clock: Clock,
) -> list[Record]:
    """The records with which a notebook's log goes on in a new lineage, with this content.

    ``file_hash`` is the hash of the file that holds it, empty when none does.
    """
    started = LineageStarted(
        lineage=ids.lineage(),
        path=state.path,
        file_hash=file_hash,
        forked_from=state.lineage,
    )
    scribe = Scribe(clock, state)
    update = await asyncio.to_thread(kind.begin, content, ids=ids)
    document = kind.new(ids=ids)
    try:
        changes = document.apply(update, origin=IMPORT, author=FILE)
    finally:
        document.close()
    outside = scribe.facts(taken_out(kind, content, state), FILE)
    return [
        *scribe.facts([started], SERVER),
        *outside,
        *scribe.changes(changes, FILE, None, IMPORT),
    ]
