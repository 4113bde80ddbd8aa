"""Tools that read what lies beside the notebook, and what happened to it."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from anode_jlab.ai.reading.file_text import FileReader
from anode_jlab.ai.reading.past import MOST_FACTS, facts
from anode_jlab.ai.tools.read_tools import seen
from anode_jlab.ai.tools.spec import Arguments, Call, Kind, Tool, ToolResult, told

MOST_ENTRIES = 500
"""Of a folder."""

LONGEST_TEXT = 20_000
"""Characters of one answer."""


class ListFiles(Arguments, frozen=True, kw_only=True):
    """Where."""

    path: Annotated[str, Meta(max_length=4096, description="A folder; empty for the root.")] = ""


class ReadFile(Arguments, frozen=True, kw_only=True):
    """Which file."""

    path: Annotated[str, Meta(min_length=1, max_length=4096, description="Path of a text file.")]
    start: Annotated[int, Meta(ge=0, description="From which character on.")] = 0


class History(Arguments, frozen=True, kw_only=True):
    """Whose history."""

    cell_id: Annotated[str | None, Meta(description="Of this cell only.")] = None
    limit: Annotated[int, Meta(ge=1, le=MOST_FACTS, description="How many, the newest.")] = 30


async def _list_files(call: Call, args: ListFiles) -> ToolResult:
    entries = await call.reach.folders.entries(args.path)
    return told({"entries": entries[:MOST_ENTRIES], "more": len(entries) > MOST_ENTRIES})


async def _read_file(call: Call, args: ReadFile) -> ToolResult:
    view = await seen(call)
    reader = FileReader(call.reach.folders, call.reach.catalogue, call.reach.rooms)
    text = await reader.read(args.path, view)
    end = args.start + LONGEST_TEXT
    omitted = max(0, len(text) - end)
    return told({"path": args.path, "text": text[args.start : end], "omitted": omitted})


async def _history(call: Call, args: History) -> ToolResult:
    room = await call.reach.rooms.open(call.turn.notebook)
    view = await seen(call)
    if args.cell_id is not None:
        view.cell(args.cell_id)
    return told({"events": await facts(room, view, cell_id=args.cell_id, limit=args.limit)})


FILE_TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="list_files",
        description="List a folder of the server; nothing outside of its root is seen.",
        kind=Kind.READ,
        arguments=ListFiles,
        call=_list_files,
    ),
    Tool(
        name="read_file",
        description="Read a text file of the server, or the cells of another notebook.",
        kind=Kind.READ,
        arguments=ReadFile,
        call=_read_file,
    ),
    Tool(
        name="history",
        description="Who changed or ran which cell, and when; the newest last.",
        kind=Kind.READ,
        arguments=History,
        call=_history,
    ),
)
