"""What waits for the log, and which records one commit makes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from anode_jlab.eventlog.base import SeqRange
from anode_jlab.events.content import CellSourceChanged
from anode_jlab.events.event import Record
from anode_jlab.ids import CellId, Seq
from anode_jlab.rooms.peer import Peer


@dataclass(slots=True, eq=False)
class Write:
    """Records to be committed together, in this place of the order.

    ``sender`` is the connection whose frame (its ``ordinal``-th) they come from, None for changes
    made by the server; ``size`` counts bytes of updates; ``done`` is told when the records are
    durable and were broadcast. ``since`` is when the frame came, in monotonic seconds.
    """

    records: Sequence[Record]
    size: int
    sender: Peer | None = None
    ordinal: int = 0
    done: asyncio.Future[SeqRange] | None = None
    since: float = 0.0


@dataclass(slots=True, eq=False)
class Show:
    """Something to let out once all that stands before it is durable: ``then`` gets the seq of
    the last of that."""

    then: Callable[[Seq], None]
    failed: Callable[[BaseException], None] | None = None


@dataclass(slots=True, eq=False)
class Dealt:
    """A frame that changed nothing: acked when all that stands before it is durable."""

    sender: Peer
    ordinal: int


Entry = Write | Show | Dealt


@dataclass(frozen=True, slots=True)
class Packed:
    """The records of one append, and where in it the records of each Write end."""

    records: list[Record]
    ends: list[int]


def pack(entries: Sequence[Entry]) -> Packed:
    """The records of a batch in order, with the typing of one client in one cell summed up.

    The sum stands where the client's last change of that cell in the batch stood, so that it still
    comes before whatever followed that.
    """
    writes = [entry for entry in entries if type(entry) is Write]
    if len(writes) == 1 and len(writes[0].records) <= 2:
        records = list(writes[0].records)
        return Packed(records, [len(records)])
    slots: list[Record | None] = []
    slot_ends: list[int] = []
    latest: dict[tuple[int | None, str, CellId], int] = {}
    for write in writes:
        for record in write.records:
            event = record.event
            if type(event) is CellSourceChanged:
                key = (record.client, record.actor.id, event.cell_id)
                earlier = latest.get(key)
                if earlier is not None:
                    record = _summed(slots[earlier], record, event)
                    slots[earlier] = None
                latest[key] = len(slots)
            slots.append(record)
        slot_ends.append(len(slots))
    return _without_holes(slots, slot_ends)


def _summed(earlier: Record | None, later: Record, event: CellSourceChanged) -> Record:
    assert earlier is not None
    assert isinstance(earlier.event, CellSourceChanged)
    total = CellSourceChanged(
        cell_id=event.cell_id,
        inserted=earlier.event.inserted + event.inserted,
        deleted=earlier.event.deleted + event.deleted,
        length=event.length,
    )
    return Record(
        event=total, actor=later.actor, time=later.time, client=later.client, cause=later.cause
    )


def _without_holes(slots: list[Record | None], slot_ends: list[int]) -> Packed:
    records: list[Record] = []
    ends: list[int] = []
    start = 0
    for end in slot_ends:
        records.extend(record for record in slots[start:end] if record is not None)
        ends.append(len(records))
        start = end
    return Packed(records, ends)
