"""Takes back what another program's change of the file did to a notebook."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from anode_jlab.documents.file_change import FileChange, file_base, file_change
from anode_jlab.documents.history import notebook_at
from anode_jlab.documents.merge import merge_file_change
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import SeqNotFound
from anode_jlab.eventlog.base import EventLog
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.document import DocumentUpdated, ExternalChangeMerged, Restored
from anode_jlab.ids import CellId, Ids, Seq
from anode_jlab.rooms.room import Room

UNDO = "restore"
"""Origin of the transaction."""

SPANS = (100, 1000, 10_000)
"""How far to look back for the change of a merge, in steps: its facts stand in between."""


async def undo_file_change(room: Room, seq: Seq, actor: Actor, ids: Ids) -> None:
    """Take back the change that was taken from the file at ``seq``, as a new change by ``actor``.

    What people did since then stays: the way back is merged as the change itself was.
    Raises SeqNotFound when no such change is there, Gone when its moment was purged.
    """
    found = await room.log.read(Seq(seq - 1), limit=1)
    if not found or not isinstance(found[0].event, ExternalChangeMerged):
        raise SeqNotFound(f"No change of the file was taken in at {seq}.")
    update = await _update_of(room.log, seq)
    if update is None:
        return
    before = await notebook_at(room.log, Seq(update - 1), with_ids=True)
    after = await notebook_at(room.log, seq, with_ids=True)
    way_back = await asyncio.to_thread(_way, after, before, ids)

    def take_back(document: NotebookDocument) -> None:
        merge_file_change(document, way_back, UNDO)

    await room.edit(actor, UNDO, take_back, extra=[Restored(seq=Seq(update - 1))])


async def _update_of(log: EventLog, seq: Seq) -> Seq | None:
    """The seq of the update with which the merge at ``seq`` changed the document, if it did."""
    for span in (*SPANS, seq):
        after = max(seq - 1 - span, 0)
        names = frozenset({DocumentUpdated.event_name, ExternalChangeMerged.event_name})
        for envelope in reversed(await log.read(Seq(after), limit=span, names=names)):
            if envelope.seq >= seq:
                continue
            if isinstance(envelope.event, ExternalChangeMerged):
                return None
            if envelope.actor.kind is ActorKind.FILE:
                return envelope.seq
        if after == 0:
            break
    return None


def _way(here: Mapping[str, Any], there: Mapping[str, Any], ids: Ids) -> FileChange:
    base = file_base(here, [CellId(cell["id"]) for cell in here["cells"]])
    return file_change(base, there, ids=ids)
