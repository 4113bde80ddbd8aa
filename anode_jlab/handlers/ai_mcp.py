"""ai/mcp: the MCP servers that the assistant uses, and a person's agreement to what changed."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from anode_jlab.errors import BadRequest, NotAllowed
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation


class McpToolBody(msgspec.Struct, frozen=True, kw_only=True):
    """A tool; ``changed``: it is not used until somebody agreed to it as it is now."""

    server: str
    name: str
    description: str
    hash: str
    changed: bool


class McpBody(msgspec.Struct, frozen=True, kw_only=True):
    """``servers``: what is wrong with each, empty when nothing is; ``problem``: with the file."""

    problem: str
    servers: dict[str, str]
    tools: tuple[McpToolBody, ...]


class AgreeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tool as it was looked at."""

    server: str
    tool: str
    hash: str


class McpServersHandler(AnodeHandler):
    """``anode/api/ai/mcp``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(summary="MCP servers of the assistant, and their tools", reply=McpBody),
        "post": Operation(
            summary="Agree to a tool that its server changed",
            body=AgreeBody,
            reply=McpBody,
            errors=(BadRequest, NotAllowed),
        ),
    }

    @requires("read", "contents")
    async def get(self) -> None:
        await self._tell()

    @requires("execute", "kernels")
    async def post(self) -> None:
        body = self.body(AgreeBody)
        await self.services.tools.box.servers.agree(body.server, body.tool, body.hash)
        await self._tell()

    async def _tell(self) -> None:
        servers = self.services.tools.box.servers
        found = await servers.tools()
        tools = tuple(
            McpToolBody(
                server=one.server,
                name=one.name,
                description=one.description,
                hash=one.hash,
                changed=not one.is_pinned,
            )
            for one in found
        )
        self.reply(McpBody(problem=servers.problem, servers=dict(servers.problems), tools=tools))
