"""All tools by name, and the one walk that every call takes, whoever makes it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from anode_jlab.ai.tools.file_tools import FILE_TOOLS
from anode_jlab.ai.tools.reach import Reach
from anode_jlab.ai.tools.read_tools import READ_TOOLS
from anode_jlab.ai.tools.spec import Kind, Tool, ToolResult, ToolSpec, Turn
from anode_jlab.errors import AnodeError, BadRequest, NotAllowed
from anode_jlab.events.assistant import Mode

logger = logging.getLogger(__name__)


class UnknownTool(BadRequest):
    """There is no such tool."""

    code = "unknown_tool"
    hint = "Call one of the tools that you were told of."


class BadArguments(BadRequest):
    """The arguments do not fit the tool's schema."""

    code = "bad_arguments"
    hint = "Compare them with the tool's schema, then call it again."


class Tools:
    """What assistants and outside agents may call."""

    def __init__(self, reach: Reach, tools: Iterable[Tool[Any]] | None = None) -> None:
        self.reach = reach
        given = (*READ_TOOLS, *FILE_TOOLS) if tools is None else tools
        self._tools: Mapping[str, Tool[Any]] = {tool.name: tool for tool in given}
        self._specs = {name: tool.spec for name, tool in self._tools.items()}

    def offered(self, mode: Mode, model_tools: bool = True) -> list[ToolSpec]:
        """What a model is told of; nothing when it cannot call tools. Every mode has all tools:
        it tells which of them ask first."""
        return list(self._specs.values()) if model_tools else []

    async def call(self, turn: Turn, call_id: str, name: str, args: Any) -> ToolResult:
        """Do what a model asked for. What goes wrong is a result, too: it may try again."""
        try:
            tool = self._found(name)
            arguments = _typed(tool, args)
            _permit(turn, tool.kind)
            result: ToolResult = await tool.call(self.reach, turn, arguments)
        except AnodeError as error:
            return failure(error)
        except Exception:  # the edge of a call: the run goes on and is told
            logger.exception("Tool %s failed in notebook %s", name, turn.notebook)
            return failure(AnodeError())
        return result

    def _found(self, name: str) -> Tool[Any]:
        tool = self._tools.get(name)
        if tool is None:
            raise UnknownTool(f"There is no tool {name}.")
        return tool


def failure(error: AnodeError) -> ToolResult:
    """An error as a model reads it."""
    told = {"error": error.code, "message": error.message, "hint": error.advice}
    return ToolResult(text=msgspec.json.encode(told).decode(), is_error=True)


def _typed(tool: Tool[Any], args: Any) -> Any:
    try:
        return msgspec.convert(args, tool.arguments)
    except msgspec.ValidationError as error:
        raise BadArguments(f"{tool.name}: {error}") from error


def _permit(turn: Turn, kind: Kind) -> None:
    """An assistant may do nothing that the person may not whom it acts for."""
    if kind is Kind.EDIT and not turn.may_write:
        raise NotAllowed("The person who asked may not change this notebook.")
    if kind is Kind.RUN and not turn.may_execute:
        raise NotAllowed("The person who asked may not run code here.")
