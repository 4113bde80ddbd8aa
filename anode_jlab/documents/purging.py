"""Makes a stretch of the history unreadable, while the notebook goes on from after it."""

from __future__ import annotations

import asyncio

from anode_jlab.documents.history import document_at
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import BadRequest, Gone, SeqNotFound
from anode_jlab.eventlog.base import EventLog, Snapshot
from anode_jlab.events.document import HistoryPurged
from anode_jlab.ids import Ids, Seq
from anode_jlab.materializers.loading import state_at
from anode_jlab.materializers.state import encode


def wanted_purge(first: int, last: int, *, head: Seq) -> HistoryPurged:
    """The event for a stretch that somebody wants to be purged from a log with this head.

    Raises BadRequest, and SeqNotFound when there is no such stretch.
    """
    if first > last:
        raise BadRequest(f"The stretch ends with event {last}, before it begins with {first}.")
    if first < 1 or last > head:
        raise SeqNotFound(f"The notebook has the events 1 to {head}.")
    return HistoryPurged(first=Seq(first), last=Seq(last))


async def purges_of(log: EventLog) -> list[HistoryPurged]:
    """What was purged, or was to be, in the order of the log."""
    found = await log.read(Seq(0), names=frozenset({HistoryPurged.event_name}))
    return [e.event for e in found if isinstance(e.event, HistoryPurged)]


async def carry_out(log: EventLog, purge: HistoryPurged, *, epoch: int, ids: Ids) -> int:
    """Remove the bytes that a logged purge is about; how many updates had any.

    May be called again, after it was interrupted or done. ``EventLog.reclaim`` then clears what is
    left in free pages.
    """
    after = Seq(purge.last + 1)
    taken = await log.snapshot_before(after)
    if taken is None or taken.seq != after:
        try:
            snapshot = await _snapshot(log, after, ids)
        except Gone:  # it was done long ago, and the snapshot of then was thinned out
            return 0
        await log.put_snapshot(snapshot, epoch=epoch)
    purged = 0
    while count := await log.purge(purge.first, purge.last, epoch=epoch):
        purged += count
    return purged


async def _snapshot(log: EventLog, seq: Seq, ids: Ids) -> Snapshot:
    """Document and state at ``seq``, without the text that was deleted before."""
    past = await document_at(log, seq, ids=ids)
    try:
        document = await asyncio.to_thread(_without_deleted, past.encode(), ids)
    finally:
        past.close()
    return Snapshot(seq=seq, document=document, state=encode(await state_at(log, seq)))


def _without_deleted(update: bytes, ids: Ids) -> bytes:
    document = NotebookDocument(ids=ids)
    try:
        document.load(update)
        return document.encode()
    finally:
        document.close()
