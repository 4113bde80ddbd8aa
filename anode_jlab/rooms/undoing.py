"""Takes back what another program's change of the file, or a restore, did to a notebook."""

from __future__ import annotations

import asyncio
from typing import Any

from anode_jlab.documents.shared import SharedDocument
from anode_jlab.errors import SeqNotFound
from anode_jlab.eventlog.base import EventLog
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.document import DocumentUpdated, ExternalChangeMerged, Restored
from anode_jlab.events.event import Envelope
from anode_jlab.ids import Ids, Seq
from anode_jlab.rooms.room import Room

UNDO = "restore"
"""Origin of the transaction."""

SPANS = (100, 1000, 10_000)
"""How far to look back for the change of a merge, in steps: its facts stand in between."""

_TAKEN_BACK = (ExternalChangeMerged, Restored)
_NAMES = frozenset(
    {DocumentUpdated.event_name, ExternalChangeMerged.event_name, Restored.event_name}
)


async def take_back(room: Room, seq: Seq, actor: Actor, ids: Ids) -> None:
    """Take back the change that was taken from the file at ``seq``, or with which an earlier moment
    was brought back there, as a new change by ``actor``.

    What people did since then stays: the way back is merged as the change itself was.
    Raises SeqNotFound when no such change is there, Gone when its moment was purged.
    """
    found = await room.log.read(Seq(seq - 1), limit=1)
    if not found or not isinstance(found[0].event, _TAKEN_BACK):
        raise SeqNotFound(f"Nothing was taken from the file or brought back at {seq}.")
    update = await _update_of(room.log, found[0])
    if update is None:
        return
    kind = room.kind
    before = await kind.at(room.log, Seq(update - 1))
    after = await kind.at(room.log, seq)

    def way() -> Any:
        return kind.change(kind.base(after), before, path=room.path, ids=ids)

    way_back = await asyncio.to_thread(way)

    def go_back(document: SharedDocument) -> None:
        kind.merge(document, way_back, UNDO)

    await room.edit(actor, UNDO, go_back, extra=[Restored(seq=Seq(update - 1))])


async def _update_of(log: EventLog, mark: Envelope) -> Seq | None:
    """The seq of the update that belongs to a merge or a restore, if it changed the document."""
    seq = mark.seq
    for span in (*SPANS, seq):
        after = max(seq - 1 - span, 0)
        for envelope in reversed(await log.read(Seq(after), limit=span, names=_NAMES)):
            if envelope.seq >= seq:
                continue
            if isinstance(envelope.event, _TAKEN_BACK):
                return None
            if isinstance(mark.event, Restored) and envelope.actor.kind is not ActorKind.SERVER:
                return envelope.seq if _is_of(envelope, mark) else None
            if envelope.actor.kind is ActorKind.FILE:
                return envelope.seq
        if after == 0:
            break
    return None


def _is_of(envelope: Envelope, restored: Envelope) -> bool:
    """Whether this last update before a restore is that of the restore."""
    event = envelope.event
    return (
        isinstance(event, DocumentUpdated)
        and event.origin == UNDO
        and envelope.actor == restored.actor
    )
