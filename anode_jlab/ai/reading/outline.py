"""A notebook in a few words for each cell."""

from __future__ import annotations

import msgspec

from anode_jlab.ai.reading.view import View, VisibleCell

LINE_CHARACTERS = 60
"""Of a cell's first line: a thousand cells then are some 8000 tokens at most."""


class OutlineCell(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``lines`` of source, of which the first that says something is told; ``outputs`` are counted,
    ``failed`` tells that one is an error."""

    id: str
    kind: str
    first: str
    lines: int = 1
    count: int | None = None
    outputs: int = 0
    failed: bool = False


def outline(view: View) -> tuple[OutlineCell, ...]:
    """All visible cells, in order."""
    return tuple(_line(cell) for cell in view.cells)


def outline_text(view: View, leave_out: frozenset[str] = frozenset()) -> str:
    """The same for a prompt: a line for each cell."""
    return "\n".join(
        f"{cell.id} {cell.kind}{_run(cell)}: {_first(cell)}"
        for cell in view.cells
        if cell.id not in leave_out
    )


def _line(cell: VisibleCell) -> OutlineCell:
    return OutlineCell(
        id=cell.id,
        kind=cell.kind,
        first=_first(cell),
        lines=cell.source.count("\n") + 1,
        count=cell.execution_count,
        outputs=len(cell.outputs),
        failed=_failed(cell),
    )


def _run(cell: VisibleCell) -> str:
    count = "" if cell.execution_count is None else f" [{cell.execution_count}]"
    return count + (" failed" if _failed(cell) else "")


def _failed(cell: VisibleCell) -> bool:
    return any(output.get("output_type") == "error" for output in cell.outputs)


def _first(cell: VisibleCell) -> str:
    line = next((text for text in map(str.strip, cell.source.split("\n", 20)) if text), "")
    return line[:LINE_CHARACTERS]
