"""Brings an earlier moment back, or some cells of it, beside what people type meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

from anode_jlab.documents.restoring import with_cells_of
from anode_jlab.documents.shared import Reader, SharedDocument
from anode_jlab.errors import BadRequest
from anode_jlab.events.actor import Actor
from anode_jlab.events.document import Kind, Restored
from anode_jlab.ids import CellId, Ids, Seq
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.taken_out import taken_out

RESTORE = "restore"
"""Origin of the transactions."""


async def restore_all(room: Room, content: Any, seq: Seq, actor: Actor) -> None:
    """Make the notebook read as this content, which is that of the moment ``seq``."""

    def bring_back(document: SharedDocument) -> None:
        room.kind.replace(document, content, RESTORE)

    await _edit(room, actor, bring_back, content, seq)


async def restore_beside(
    room: Room,
    content: Any,
    seq: Seq,
    actor: Actor,
    *,
    seen: Seq | None,
    cells: Collection[CellId] | None,
    ids: Ids,
) -> None:
    """The same with what the person saw at ``seen`` (now, without): what others did since stays.

    Only these ``cells`` of the content, when they are given. Raises SeqNotFound when one was not
    there at that moment.
    """
    kind = room.kind
    if cells is not None and kind.name is not Kind.NOTEBOOK:
        raise BadRequest("A text file has no cells.")
    if seen is None:
        before = await room.shown(kind.content)
    else:
        before = await kind.at(room.log, seen)

    def way() -> Any:
        after = content if cells is None else with_cells_of(before, content, cells)
        return kind.change(kind.base(before), after, path=room.path, ids=ids)

    change = await asyncio.to_thread(way)

    def bring_back(document: SharedDocument) -> None:
        kind.merge(document, change, RESTORE)

    await _edit(room, actor, bring_back, content, seq)


async def _edit(room: Room, actor: Actor, bring_back: Reader[None], content: Any, seq: Seq) -> None:
    outside = taken_out(room.kind, content, room.state)
    await room.edit(actor, RESTORE, bring_back, extra=[*outside, Restored(seq=seq)])
