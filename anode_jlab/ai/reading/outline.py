"""A notebook in a few words for each cell."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from anode_jlab.ai.reading.tokens import BYTES_PER_TOKEN, tokens
from anode_jlab.ai.reading.view import View, VisibleCell

LINE_CHARACTERS = 60
"""Of a cell's first line."""

MOST_TOKENS = 8000
"""Of an outline in a prompt. Larger notebooks are told with less of each line, and then by their
headings: the tool of this name tells the rest."""

WIDTHS = (LINE_CHARACTERS, 24, 8)
"""Characters of a first line, as many as fit."""


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
    """The same for a prompt: a line for each cell, shorter ones the more there are."""
    cells = [cell for cell in view.cells if cell.id not in leave_out]
    for width in WIDTHS:
        text = "\n".join(
            f"{cell.id} {cell.kind}{_run(cell)}: {_first(cell)[:width]}" for cell in cells
        )
        if tokens(text) <= MOST_TOKENS:
            return text
    return _headings(cells)


def _headings(cells: Sequence[VisibleCell]) -> str:
    """The cells that begin with a heading and those that failed, and how many are in between."""
    lines: list[str] = []
    between = 0
    for cell in cells:
        if not (_first(cell).startswith("#") and cell.type == "markdown") and not _failed(cell):
            between += 1
            continue
        lines += [f"({between} cells)"] * bool(between)
        lines.append(f"{cell.id} {cell.kind}{_run(cell)}: {_first(cell)}")
        between = 0
    text = "\n".join([*lines, f"({between} cells)"])
    return text[: int(MOST_TOKENS * BYTES_PER_TOKEN)] if tokens(text) > MOST_TOKENS else text


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
