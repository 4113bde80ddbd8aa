"""All tools by name: ours, and those that people wrote in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import msgspec

from anode_jlab.ai.mcp.servers import McpServers
from anode_jlab.ai.reading.view import view_of
from anode_jlab.ai.tools import mcp_tools
from anode_jlab.ai.tools.file_tools import FILE_TOOLS
from anode_jlab.ai.tools.kernel_tools import PREFIX, tools_in
from anode_jlab.ai.tools.mcp_tools import tools_of
from anode_jlab.ai.tools.reach import Reach
from anode_jlab.ai.tools.read_tools import READ_TOOLS
from anode_jlab.ai.tools.run_tools import RUN_TOOLS
from anode_jlab.ai.tools.spec import Given, Kind, Tool, ToolSpec, Turn
from anode_jlab.ai.tools.write_tools import WRITE_TOOLS
from anode_jlab.errors import BadRequest, NotAllowed
from anode_jlab.events.assistant import Mode
from anode_jlab.ids import NotebookId

LONGEST_NAME = 64
"""Providers take no longer names of tools, and refuse a question as a whole that has one."""

TOOLS = (*READ_TOOLS, *FILE_TOOLS, *WRITE_TOOLS, *RUN_TOOLS)


class UnknownTool(BadRequest):
    """There is no such tool."""

    code = "unknown_tool"
    hint = "Call one of the tools that you were told of."


class BadArguments(BadRequest):
    """The arguments do not fit the tool's schema."""

    code = "bad_arguments"
    hint = "Compare them with the tool's schema, then call it again."


class Toolbox:
    """Finds tools, and tells models of them."""

    def __init__(
        self, reach: Reach, servers: McpServers, tools: Iterable[Tool[Any]] = TOOLS
    ) -> None:
        self._reach = reach
        self.servers = servers
        self._tools: Mapping[str, Tool[Any]] = {tool.name: tool for tool in tools}

    def offered(self, mode: Mode, model_tools: bool = True) -> list[ToolSpec]:
        """What a model is told of; nothing when it cannot call tools. Every mode has all tools:
        it tells which of them ask first."""
        return list(self._specs) if model_tools else []

    async def offered_in(
        self, notebook: NotebookId, mode: Mode, model_tools: bool = True, *, servers: bool = True
    ) -> list[ToolSpec]:
        """As ``offered``, with the tools that people wrote in the notebook, and those of MCP
        ``servers``: outside agents have servers of their own."""
        if not model_tools:
            return []
        more = await self._written(notebook)
        if servers:
            more += await tools_of(self.servers)
        return [*self.offered(mode), *(one.spec for one in more if _is_offered(one))]

    async def _written(self, notebook: NotebookId) -> list[Tool[Any]]:
        view = await view_of(await self._reach.rooms.open(notebook))
        return await tools_in(self._reach, view, notebook)

    @cached_property
    def _specs(self) -> tuple[ToolSpec, ...]:
        """Made when somebody first asks for them."""
        return tuple(tool.spec for tool in self._tools.values())

    async def found(self, notebook: NotebookId, name: str) -> Tool[Any]:
        """The tool of this name, ours or one that the notebook's kernel has. Raises UnknownTool."""
        tool = self._tools.get(name)
        if tool is None and name.startswith(PREFIX):
            tool = next((one for one in await self._written(notebook) if one.name == name), None)
        if tool is None and name.startswith(mcp_tools.PREFIX):
            found = await tools_of(self.servers)
            tool = next((one for one in found if one.name == name), None)
        if tool is None:
            raise UnknownTool(f"There is no tool {name}.")
        return tool


def _is_offered(tool: Tool[Any]) -> bool:
    return tool.is_offered and len(tool.name) <= LONGEST_NAME


def typed(tool: Tool[Any], args: Any) -> Any:
    """Arguments as the tool takes them. Raises BadArguments."""
    try:
        if tool.arguments is Given:
            return Given(values=_fitting(tool, msgspec.convert(args, dict[str, Any])))
        return msgspec.convert(args, tool.arguments)
    except msgspec.ValidationError as error:
        raise BadArguments(f"{tool.name}: {error}") from error


def _fitting(tool: Tool[Any], values: dict[str, Any]) -> dict[str, Any]:
    """Arguments with the names that the schema has. Raises BadArguments."""
    schema = tool.schema or {}
    missing = [name for name in schema.get("required", ()) if name not in values]
    is_closed = schema.get("additionalProperties") is False
    known = schema.get("properties", {})
    unknown = [name for name in values if is_closed and name not in known]
    if missing or unknown:
        told = f"missing: {', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'}"
        raise BadArguments(f"{tool.name}: {told}.")
    return values


def permit(turn: Turn, kind: Kind) -> None:
    """An assistant may do nothing that the person may not whom it acts for. Raises NotAllowed."""
    if kind is Kind.EDIT and not turn.may_write:
        raise NotAllowed("The person who asked may not change this notebook.")
    if kind is Kind.RUN and not turn.may_execute:
        raise NotAllowed("The person who asked may not run code here.")
