"""Tools that change the notebook's cells."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

from anode_jlab.ai.tools.changing import ORIGIN, change, changed, current, diff_of
from anode_jlab.ai.tools.read_tools import CellRef, seen
from anode_jlab.ai.tools.spec import Arguments, Call, Kind, Preview, Tool, ToolResult
from anode_jlab.documents import one_cell
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import BadRequest
from anode_jlab.ids import CellId, Seq

LONGEST_SOURCE = 1_000_000
"""Characters of a cell."""

MOST_EDITS = 100

CellType: TypeAlias = Literal["code", "markdown", "raw"]

Source = Annotated[str, Meta(max_length=LONGEST_SOURCE, description="The cell's whole text.")]

BaseSeq = Annotated[
    int, Meta(ge=0, description="The base_seq of the answer in which you read the cell.")
]

After = Annotated[
    str | None, Meta(description="Id of the cell to put it behind; else it comes last.")
]

First = Annotated[bool, Meta(description="Whether it comes first, instead.")]


class CreateCell(Arguments, frozen=True, kw_only=True):
    """What and where."""

    source: Source
    type: CellType = "code"
    after: After = None
    first: First = False


class Replacement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``old`` becomes ``new``; it must stand in the text once."""

    old: Annotated[str, Meta(min_length=1, description="Text that stands in the cell once.")]
    new: Annotated[str, Meta(description="What comes in its place.")]


class ModifyCell(Arguments, frozen=True, kw_only=True):
    """What becomes of it."""

    cell_id: CellRef
    base_seq: BaseSeq
    source: Source | None = None
    edits: Annotated[
        tuple[Replacement, ...],
        Meta(max_length=MOST_EDITS, description="Or single replacements, one after another."),
    ] = ()


class DeleteCell(Arguments, frozen=True, kw_only=True):
    """Which."""

    cell_id: CellRef
    base_seq: BaseSeq


class MoveCell(Arguments, frozen=True, kw_only=True):
    """Where to."""

    cell_id: CellRef
    after: After = None
    first: First = False


class SetType(Arguments, frozen=True, kw_only=True):
    """Which type."""

    cell_id: CellRef
    base_seq: BaseSeq
    type: CellType


# --- create --------------------------------------------------------------------------------------


async def _preview_create(call: Call, args: CreateCell) -> Preview:
    view = await seen(call)
    if args.after is not None:
        view.cell(args.after)
    return Preview(base=view.seq, diff=diff_of("", args.source, "new"))


async def _create(call: Call, args: CreateCell) -> ToolResult:
    after = await _anchor(call, args.after)
    room = await call.reach.rooms.open(call.turn.notebook)
    new = call.reach.ids.cell()

    def create(document: NotebookDocument) -> None:
        one_cell.create(document, new, args.type, args.source, after=after, first=args.first)

    return changed(call, new, await room.edit(call.turn.assistant, ORIGIN, create))


async def _anchor(call: Call, after: str | None) -> CellId | None:
    return None if after is None else (await seen(call)).cell(after).id


# --- modify --------------------------------------------------------------------------------------


async def _preview_modify(call: Call, args: ModifyCell) -> Preview:
    _, cell = await current(call, args.cell_id, Seq(args.base_seq))
    after = modified(cell.source, args)
    diff = diff_of(cell.source, after, cell.id)
    return Preview(base=Seq(args.base_seq), cell_id=cell.id, diff=diff)


async def _modify(call: Call, args: ModifyCell) -> ToolResult:
    def modify(document: NotebookDocument, cell_id: CellId) -> None:
        one_cell.write(document, cell_id, modified(one_cell.source_of(document, cell_id), args))

    return changed(call, args.cell_id, await change(call, args.cell_id, modify))


def modified(source: str, args: ModifyCell) -> str:
    """The text that a cell with this one gets. Raises BadRequest."""
    if (args.source is None) == (not args.edits):
        raise BadRequest("Give either source or edits.", hint="One of the two, not both.")
    after = source if args.source is None else args.source
    for edit in args.edits:
        times = after.count(edit.old)
        if times != 1:
            hint = "Give more of the text around it, so that it stands there once."
            raise BadRequest(f"{edit.old!r} stands in the cell {times} times.", hint=hint)
        after = after.replace(edit.old, edit.new)
    if after == source:
        raise BadRequest("That changes nothing.", hint="The cell reads so already.")
    if len(after) > LONGEST_SOURCE:
        raise BadRequest("The cell would become too long.")
    return after


# --- delete, move, type --------------------------------------------------------------------------


async def _preview_delete(call: Call, args: DeleteCell) -> Preview:
    _, cell = await current(call, args.cell_id, Seq(args.base_seq))
    diff = diff_of(cell.source, "", cell.id)
    return Preview(base=Seq(args.base_seq), cell_id=cell.id, diff=diff)


async def _delete(call: Call, args: DeleteCell) -> ToolResult:
    return changed(call, args.cell_id, await change(call, args.cell_id, one_cell.delete))


async def _preview_move(call: Call, args: MoveCell) -> Preview:
    view = await seen(call)
    if args.after is not None:
        view.cell(args.after)
    return Preview(base=view.seq, cell_id=view.cell(args.cell_id).id)


async def _move(call: Call, args: MoveCell) -> ToolResult:
    if args.after == args.cell_id:
        raise BadRequest("A cell cannot be put behind itself.")
    move = partial(one_cell.move, after=await _anchor(call, args.after), first=args.first)
    return changed(call, args.cell_id, await change(call, args.cell_id, move))


async def _preview_type(call: Call, args: SetType) -> Preview:
    _, cell = await current(call, args.cell_id, Seq(args.base_seq))
    if cell.type == args.type:
        raise BadRequest(f"The cell is {args.type} already.")
    return Preview(base=Seq(args.base_seq), cell_id=cell.id)


async def _set_type(call: Call, args: SetType) -> ToolResult:
    retype = partial(one_cell.set_type, cell_type=args.type)
    return changed(call, args.cell_id, await change(call, args.cell_id, retype))


WRITE_TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="create_cell",
        description="Add a cell with this text. It is not run.",
        kind=Kind.EDIT,
        arguments=CreateCell,
        call=_create,
        preview=_preview_create,
    ),
    Tool(
        name="modify_cell",
        description="Change a cell's text: as a whole (source), or by replacements (edits).",
        kind=Kind.EDIT,
        arguments=ModifyCell,
        call=_modify,
        preview=_preview_modify,
    ),
    Tool(
        name="delete_cell",
        description="Delete a cell.",
        kind=Kind.EDIT,
        arguments=DeleteCell,
        call=_delete,
        preview=_preview_delete,
        always_asks=True,
    ),
    Tool(
        name="move_cell",
        description="Put a cell behind another one, last or first.",
        kind=Kind.EDIT,
        arguments=MoveCell,
        call=_move,
        preview=_preview_move,
    ),
    Tool(
        name="set_type",
        description="Make code, markdown or raw of a cell; outputs go when it is no code any more.",
        kind=Kind.EDIT,
        arguments=SetType,
        call=_set_type,
        preview=_preview_type,
    ),
)
