"""Takes back what an assistant changed, by new changes: what people did since then stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from anode_jlab.documents import one_cell
from anode_jlab.documents.history import notebook_at
from anode_jlab.documents.merge_text import merge_text
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import BadRequest, CellNotFound
from anode_jlab.eventlog.base import EventLog
from anode_jlab.events.actor import Actor
from anode_jlab.events.tools import ToolCallCompleted, ToolCallProposed
from anode_jlab.ids import AssistantRunId, CallId, CellId, Seq
from anode_jlab.rooms.room import Room

ORIGIN = "revert"
"""Of the transactions."""

_NAMES = frozenset({ToolCallProposed.event_name, ToolCallCompleted.event_name})


class Why(StrEnum):
    """Why something of the assistant stays."""

    EDITED = "edited"
    """Somebody changed the same place since then."""

    GONE = "gone"
    """The cell is not there any more."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A cell that stays as it is."""

    cell_id: CellId
    reason: Why


class Reverted(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken back, and what was not. ``seq`` is the head of the log then."""

    reverted: tuple[CellId, ...]
    kept: tuple[Kept, ...]
    seq: Seq


@dataclass(frozen=True, slots=True)
class _Span:
    """What one call did: the content before and after it."""

    before: Mapping[CellId, _Placed]
    after: Mapping[CellId, _Placed]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A plain cell and the id of the one before it."""

    cell: Mapping[str, Any]
    behind: CellId | None


async def revert(
    room: Room,
    actor: Actor,
    *,
    call_ids: Collection[CallId] = (),
    run_id: AssistantRunId | None = None,
) -> Reverted:
    """Take back these calls, or all of a run, the newest first. Runs of cells cannot be taken back.

    Raises BadRequest when none of them changed anything.
    """
    spans = await _spans_of(room.log, call_ids, run_id)
    if not spans:
        raise BadRequest("None of these calls changed the notebook.", hint="Name others.")
    reverted: dict[CellId, None] = {}
    kept: dict[CellId, Kept] = {}
    for first, last in reversed(spans):
        span = _Span(
            _cells(await notebook_at(room.log, Seq(first - 1), with_ids=True)),
            _cells(await notebook_at(room.log, last, with_ids=True)),
        )
        for cell_id in _touched(span):
            why = await _take_back(room, actor, span, cell_id)
            if why is None:
                reverted[cell_id] = None
            else:
                kept[cell_id] = Kept(cell_id=cell_id, reason=why)
    return Reverted(
        reverted=tuple(id_ for id_ in reverted if id_ not in kept),
        kept=tuple(kept.values()),
        seq=room.head,
    )


async def _spans_of(
    log: EventLog, call_ids: Collection[CallId], run_id: AssistantRunId | None
) -> list[tuple[Seq, Seq]]:
    wanted, spans = set(call_ids), []
    for envelope in await log.read(Seq(0), names=_NAMES):
        event = envelope.event
        if isinstance(event, ToolCallProposed):
            if run_id is not None and event.run_id == run_id:
                wanted.add(event.call_id)
        elif isinstance(event, ToolCallCompleted) and event.call_id in wanted and event.events:
            spans.append((event.events[0], event.events[-1]))
    return spans


def _cells(nb: Mapping[str, Any]) -> dict[CellId, _Placed]:
    placed, behind = {}, None
    for cell in nb["cells"]:
        cell_id = CellId(cell["id"])
        placed[cell_id] = _Placed(cell, behind)
        behind = cell_id
    return placed


def _touched(span: _Span) -> list[CellId]:
    """The cells that a call changed itself: not those that stand elsewhere because others came."""
    both = span.before.keys() & span.after.keys()
    changed = {id_ for id_ in both if _content(span.before[id_]) != _content(span.after[id_])}
    came_or_went = span.before.keys() ^ span.after.keys()
    stayed = [[id_ for id_ in side if id_ in both] for side in (span.before, span.after)]
    touched = changed | came_or_went | _moved(*stayed)
    return [id_ for id_ in dict.fromkeys((*span.after, *span.before)) if id_ in touched]


def _content(placed: _Placed) -> tuple[str, str]:
    return placed.cell["cell_type"], placed.cell["source"]


def _moved(before: Sequence[CellId], after: Sequence[CellId]) -> set[CellId]:
    """The one cell whose move makes the one order of the other; no tool moves more."""
    for cell_id in before:
        rest = [id_ for id_ in before if id_ != cell_id]
        if before != after and rest == [id_ for id_ in after if id_ != cell_id]:
            return {cell_id}
    return set()


async def _take_back(room: Room, actor: Actor, span: _Span, cell_id: CellId) -> Why | None:
    found: list[Why | None] = []

    def take_back(document: NotebookDocument) -> None:
        found.append(_undo(document, span, cell_id))

    await room.edit(actor, ORIGIN, take_back)
    return found[-1]


def _undo(document: NotebookDocument, span: _Span, cell_id: CellId) -> Why | None:
    before, after = span.before.get(cell_id), span.after.get(cell_id)
    is_there = document.cell(cell_id) is not None
    if before is None:
        return _uncreate(document, cell_id, after) if is_there and after is not None else None
    if after is None:
        if not is_there:
            one_cell.put_back(document, before.cell, after=_anchor(document, span.before, cell_id))
        return None
    if not is_there:
        return Why.GONE
    return _unchange(document, cell_id, span)


def _uncreate(document: NotebookDocument, cell_id: CellId, after: _Placed) -> Why | None:
    if one_cell.source_of(document, cell_id) != after.cell["source"]:
        return Why.EDITED
    one_cell.delete(document, cell_id)
    return None


def _unchange(document: NotebookDocument, cell_id: CellId, span: _Span) -> Why | None:
    before, after = span.before[cell_id], span.after[cell_id]
    now = one_cell.source_of(document, cell_id)
    source = merge_text(after.cell["source"], now, before.cell["source"], prose=False)
    if source.clash:
        return Why.EDITED
    if before.cell["cell_type"] != after.cell["cell_type"]:
        if one_cell.type_of(document, cell_id) != after.cell["cell_type"]:
            return Why.EDITED
        place = _behind(document, cell_id)
        one_cell.delete(document, cell_id)
        one_cell.put_back(document, {**before.cell, "source": source.text}, after=place)
        return None
    if source.text != now:
        one_cell.write(document, cell_id, source.text)
    if before.behind != after.behind and _content(before) == _content(after):
        if _behind(document, cell_id) != after.behind:
            return Why.EDITED
        anchor = _anchor(document, span.before, cell_id)
        one_cell.move(document, cell_id, after=anchor, first=anchor is None)
    return None


def _anchor(
    document: NotebookDocument, placed: Mapping[CellId, _Placed], cell_id: CellId
) -> CellId | None:
    """The nearest cell before this one that is still there; None for the top."""
    behind = placed[cell_id].behind
    while behind is not None and document.cell(behind) is None:
        behind = placed[behind].behind
    return behind


def _behind(document: NotebookDocument, cell_id: CellId) -> CellId | None:
    """Which cell this one stands behind now. Raises CellNotFound."""
    ids: Iterable[CellId] = document.cell_ids
    previous: CellId | None = None
    for other in ids:
        if other == cell_id:
            return previous
        previous = other
    raise CellNotFound(f"There is no cell {cell_id}.")
