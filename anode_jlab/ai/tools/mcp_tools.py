"""Tools of other people's MCP servers: asked for like runs, whatever they say of themselves."""

from __future__ import annotations

import json
from typing import Any

from anode_jlab.ai.mcp.servers import McpServers, ServerTool
from anode_jlab.ai.reading.pictures import MIMES, Image
from anode_jlab.ai.tools.read_tools import seen
from anode_jlab.ai.tools.spec import Call, Given, Kind, Preview, Tool, ToolResult, told
from anode_jlab.errors import NotPossibleNow

PREFIX = "mcp__"
"""Of their names: ``mcp__server__tool``."""

LONGEST_TEXT = 50_000
"""Characters of one part of a result."""


class ToolChanged(NotPossibleNow):
    """The MCP server changed what this tool says of itself."""

    code = "tool_changed"
    hint = "A person has to look at it and agree, in the settings of the assistant."


async def tools_of(servers: McpServers) -> list[Tool[Any]]:
    """All that answer now, those that changed as well: they refuse."""
    return [_tool(servers, one) for one in await servers.tools()]


def name_of(tool: ServerTool) -> str:
    """As which a model knows it."""
    return f"{PREFIX}{tool.server}__{tool.name}"


def _tool(servers: McpServers, one: ServerTool) -> Tool[Any]:
    async def preview(call: Call, args: Given) -> Preview:
        if not one.is_pinned:
            raise ToolChanged
        head = (await call.reach.rooms.open(call.turn.notebook)).head
        shown = json.dumps(args.values, indent=1, ensure_ascii=False)
        return Preview(base=head, diff="\n".join(f"+{line}" for line in shown.splitlines()))

    async def call(call: Call, args: Given) -> ToolResult:
        if not one.is_pinned:
            raise ToolChanged
        return await _result(call, await servers.call(one, args.values))

    return Tool(
        name=name_of(one),
        description=one.description,
        kind=Kind.RUN,
        arguments=Given,
        call=call,
        preview=preview,
        schema=one.schema,
        is_offered=one.is_pinned,
    )


async def _result(call: Call, result: dict[str, Any]) -> ToolResult:
    view = await seen(call)
    parts = [part for part in result.get("content") or () if isinstance(part, dict)]
    texts = [view.covered(str(part.get("text", "")))[:LONGEST_TEXT] for part in parts]
    images = tuple(
        Image(mime=str(part["mimeType"]), data=str(part["data"]))
        for part in parts
        if part.get("type") == "image" and part.get("mimeType") in MIMES and part.get("data")
    )
    shown = told({"content": [text for text in texts if text]})
    return ToolResult(text=shown.text, images=images, is_error=result.get("isError") is True)
