"""How tools change a cell: only as it was known to who calls, and only what may be seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import unified_diff
from types import MappingProxyType
from typing import Any

import msgspec

from anode_jlab.ai.reading.view import View, VisibleCell, is_hidden, unseen
from anode_jlab.ai.tools.read_tools import cell_text, seen
from anode_jlab.ai.tools.spec import Call, ToolResult, told
from anode_jlab.documents import one_cell
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import BadRequest, NotPossibleNow
from anode_jlab.eventlog.base import SeqRange
from anode_jlab.events import content
from anode_jlab.ids import CellId, Seq

ORIGIN = "assistant"
"""Of the transactions."""

CHANGES = frozenset(
    kind.event_name
    for kind in (
        content.CellCreated,
        content.CellDeleted,
        content.CellTypeChanged,
        content.CellIdReplaced,
        content.CellSourceChanged,
    )
)
"""What makes another cell of it than the one that was read."""


class Stale(NotPossibleNow):
    """The cell was changed since it was read."""

    code = "stale"
    hint = "This is the cell as it is now; decide anew, with its base_seq."

    more: Mapping[str, Any] = MappingProxyType({})
    """What else the model is told."""

    @classmethod
    def of(cls, view: View, cell: VisibleCell) -> Stale:
        """The cell is told as it is now."""
        error = cls(f"Cell {cell.id} was changed since it was read.")
        error.more = {"cell": msgspec.to_builtins(cell_text(view, cell, outputs=False))}
        return error


async def current(call: Call, cell_id: str, base: Seq | None) -> tuple[View, VisibleCell]:
    """The cell, if it still is the one of ``base``. Raises CellNotFound, Stale, BadRequest."""
    view = await seen(call)
    cell = view.cell(cell_id)
    if base is None:
        return view, cell
    if base > view.seq:
        raise BadRequest(f"There is no moment {base} yet.", hint="Take base_seq from an answer.")
    room = await call.reach.rooms.open(call.turn.notebook)
    for envelope in await room.log.read(base, names=CHANGES):
        if getattr(envelope.event, "cell_id", None) == cell.id and envelope.seq <= view.seq:
            raise Stale.of(view, cell)
    return view, cell


async def change(
    call: Call, cell_id: str, apply: Callable[[NotebookDocument, CellId], None]
) -> SeqRange:
    """Change a cell that is still the one that was allowed to be changed. Raises as ``current``."""
    view, cell = await current(call, cell_id, call.base)
    room = await call.reach.rooms.open(call.turn.notebook)

    def checked(document: NotebookDocument) -> None:
        require_same(document, view, cell)
        apply(document, cell.id)

    return await room.edit(call.turn.assistant, ORIGIN, checked)


def require_same(document: NotebookDocument, view: View, cell: VisibleCell) -> None:
    """Somebody may have typed since the view was made. Raises CellNotFound, Stale."""
    now = {"metadata": one_cell.metadata_of(document, cell.id)}
    if is_hidden(now):
        raise unseen(cell.id)
    if one_cell.source_of(document, cell.id) != cell.source:
        raise Stale.of(view, cell)


def changed(call: Call, cell_id: str, given: SeqRange, **more: Any) -> ToolResult:
    """What a change is answered with: ``base_seq`` is for the next one."""
    events = tuple(Seq(seq) for seq in range(given.first, given.last + 1))
    return told({"cell_id": cell_id, "base_seq": given.last, **more}, events=events)


def diff_of(before: str, after: str, name: str) -> str:
    """A unified diff, as people read it on the card."""
    lines = unified_diff(
        before.splitlines(), after.splitlines(), f"cell {name}", f"cell {name}", lineterm="", n=3
    )
    return "\n".join(lines)
