"""Tools that read the notebook: its cells, outputs, variables and past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta

from anode_jlab.ai.reading.outline import outline
from anode_jlab.ai.reading.outputs import OutputSummary, joined, summaries, summary
from anode_jlab.ai.reading.pictures import picture_of
from anode_jlab.ai.reading.view import View, VisibleCell, view_of
from anode_jlab.ai.tools.spec import Arguments, Call, Kind, Tool, ToolResult, told
from anode_jlab.errors import BadRequest

MOST_MATCHES = 50
MOST_CELLS = 100
"""Of one answer."""

SNIPPET_CHARACTERS = 200
"""Of a line that was found."""

LONGEST_TEXT = 20_000
"""Characters of an output that is read as a whole."""

Outputs: TypeAlias = Sequence[Mapping[str, Any]]

CellRef = Annotated[str, Meta(description="The cell's id, as outline tells it.")]


class NoArguments(Arguments, frozen=True, kw_only=True):
    """None."""


class ReadCells(Arguments, frozen=True, kw_only=True):
    """Which cells."""

    cell_ids: Annotated[
        tuple[str, ...], Meta(min_length=1, max_length=MOST_CELLS, description="Ids of cells.")
    ]
    outputs: Annotated[bool, Meta(description="Whether to tell their outputs, shortened.")] = True


class ReadOutput(Arguments, frozen=True, kw_only=True):
    """Which output."""

    cell_id: CellRef
    index: Annotated[int, Meta(ge=0, description="Which output of the cell, from 0.")] = 0
    start: Annotated[int, Meta(ge=0, description="From which character on.")] = 0


class ReadImage(Arguments, frozen=True, kw_only=True):
    """Which picture."""

    cell_id: CellRef
    index: Annotated[int, Meta(ge=0, description="Which output of the cell, from 0.")] = 0


class Search(Arguments, frozen=True, kw_only=True):
    """What for."""

    pattern: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=500,
            description="Text to look for; letter case does not count.",
        ),
    ]
    outputs: Annotated[bool, Meta(description="Whether to look into outputs, too.")] = False


class CellText(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A cell as it is read. ``base_seq`` belongs to a change of it."""

    id: str
    kind: str
    index: int
    source: str
    base_seq: int
    count: int | None = None
    outputs: tuple[OutputSummary, ...] = ()


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A line that was found; ``output`` is null in a source."""

    cell_id: str
    line: int
    text: str
    output: int | None = None


def cell_text(view: View, cell: VisibleCell, *, outputs: bool = True) -> CellText:
    """A cell as tools tell it."""
    shown = summaries(cell.outputs, view.covered) if outputs else ()
    return CellText(
        id=cell.id,
        kind=cell.kind,
        index=cell.index,
        source=cell.source,
        base_seq=view.seq,
        count=cell.execution_count,
        outputs=shown,
    )


async def seen(call: Call) -> View:
    """The notebook as it may be seen now."""
    return await view_of(await call.reach.rooms.open(call.turn.notebook))


async def _outline(call: Call, args: NoArguments) -> ToolResult:
    view = await seen(call)
    return told({"path": view.path, "base_seq": view.seq, "cells": outline(view)})


async def _read_cells(call: Call, args: ReadCells) -> ToolResult:
    view = await seen(call)
    cells = [view.cell(cell_id) for cell_id in args.cell_ids]
    return told([cell_text(view, cell, outputs=args.outputs) for cell in cells])


async def _read_output(call: Call, args: ReadOutput) -> ToolResult:
    view = await seen(call)
    cell = view.cell(args.cell_id)
    outputs = await whole_outputs(call, cell)
    found = summary(args.index, _chosen(outputs, args.index), view.covered, limit=1 << 62)
    end = args.start + LONGEST_TEXT
    return told(
        msgspec.structs.replace(
            found, text=found.text[args.start : end], omitted=max(0, len(found.text) - end)
        )
    )


async def _read_image(call: Call, args: ReadImage) -> ToolResult:
    view = await seen(call)
    cell = view.cell(args.cell_id)
    outputs = await whole_outputs(call, cell)
    image = picture_of(_chosen(outputs, args.index))
    if image is None:
        hint = "read_cells tells the kinds of each output."
        raise BadRequest(f"Output {args.index} of cell {cell.id} has no picture.", hint=hint)
    return told({"cell_id": cell.id, "index": args.index, "mime": image.mime}, images=(image,))


async def whole_outputs(call: Call, cell: VisibleCell) -> Outputs:
    """The outputs with what is kept beside the document; as a file has them."""
    plain = {"cells": [{"outputs": [dict(output) for output in cell.stored_outputs]}]}
    found = await call.reach.keeper.of(call.turn.notebook).inlined(plain)
    return joined(found["cells"][0]["outputs"])


def _chosen(outputs: Outputs, index: int) -> Mapping[str, Any]:
    if index >= len(outputs):
        raise BadRequest(f"The cell has {len(outputs)} outputs.", hint="They count from 0.")
    return outputs[index]


async def _search(call: Call, args: Search) -> ToolResult:
    view = await seen(call)
    wanted = args.pattern.casefold()
    matches: list[Match] = []
    for match in _found(view, wanted, outputs=args.outputs):
        matches.append(match)
        if len(matches) == MOST_MATCHES:
            break
    return told({"matches": matches, "more": len(matches) == MOST_MATCHES})


def _found(view: View, wanted: str, *, outputs: bool) -> Iterator[Match]:
    for cell in view.cells:
        texts: list[tuple[int | None, str]] = [(None, cell.source)]
        if outputs:
            shown = summaries(cell.outputs, view.covered, limit=LONGEST_TEXT)
            texts += [(one.index, one.text) for one in shown]
        for output, text in texts:
            for number, line in enumerate(text.splitlines(), 1):
                if wanted in line.casefold():
                    cut = line[:SNIPPET_CHARACTERS]
                    yield Match(cell_id=cell.id, line=number, text=cut, output=output)


async def _list_variables(call: Call, args: NoArguments) -> ToolResult:
    runs = await call.reach.executions.of(call.turn.notebook)
    found = await runs.variables()
    if found is None:
        state = "no kernel runs" if runs.runtime.session is None else "the kernel has not told"
        return told({"known": False, "reason": state})
    variables = [
        {"name": one.name, "type": one.full_kind, "shape": one.shape, "bytes": one.size}
        for one in found.variables.largest
    ]
    return told(
        {"known": True, "fresh": found.is_fresh, "count": found.variables.count, "vars": variables}
    )


READ_TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="outline",
        description="List the notebook's cells in order: id, kind, first line, whether it failed.",
        kind=Kind.READ,
        arguments=NoArguments,
        call=_outline,
    ),
    Tool(
        name="read_cells",
        description="Read the whole source of some cells and the beginning of their outputs.",
        kind=Kind.READ,
        arguments=ReadCells,
        call=_read_cells,
    ),
    Tool(
        name="read_output",
        description="Read more of one output of a cell, from a character on.",
        kind=Kind.READ,
        arguments=ReadOutput,
        call=_read_output,
    ),
    Tool(
        name="read_image",
        description="Look at a picture (a plot) that a cell has as an output.",
        kind=Kind.READ,
        arguments=ReadImage,
        call=_read_image,
    ),
    Tool(
        name="list_variables",
        description="List the variables in the kernel: names, types and shapes, not their values.",
        kind=Kind.READ,
        arguments=NoArguments,
        call=_list_variables,
    ),
    Tool(
        name="search",
        description="Find lines in the sources of the cells, and in their outputs if wanted.",
        kind=Kind.READ,
        arguments=Search,
        call=_search,
    ),
)
