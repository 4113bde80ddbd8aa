"""Other people's MCP servers, as ``mcp.json`` names them: their tools, pinned as they were first
seen.

A server may change what its tools say of themselves at any time, and what a tool says is read by
the model. So a tool whose name, description or schema changed is not offered until a person agreed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from anode_jlab._version import __version__
from anode_jlab.ai.canonical import Canonical
from anode_jlab.ai.mcp.transports import Http, McpFailed, Program, Transport
from anode_jlab.clock import Clock
from anode_jlab.errors import BadRequest

LIST_SECONDS = 10.0
"""How long a server may take to start and to tell its tools; it must not hold up an answer."""

CALL_SECONDS = 300.0

AGAIN_SECONDS = 60.0
"""After which a server is asked anew: for its tools, or whether it answers by now."""

VERSION = "2025-06-18"

MOST_TOOLS = 200
"""Of one server."""

PINS = "mcp-pins.json"

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,40}")

logger = logging.getLogger(__name__)


class ServerSetting(msgspec.Struct, frozen=True):
    """An entry of ``mcp.json``: a program, or a URL. Keys that others know are passed over."""

    command: str = ""
    args: tuple[str, ...] = ()
    env: dict[str, str] = msgspec.field(default_factory=dict)
    url: str = ""
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    disabled: bool = False

    def transport(self) -> Transport:
        """A way to it, not yet open. Raises McpFailed."""
        if self.command:
            return Program((self.command, *self.args), self.env)
        if self.url.startswith(("https://", "http://")):
            return Http(self.url, self.headers)
        raise McpFailed("Its entry in mcp.json has neither a command nor a URL.")


class _File(msgspec.Struct, frozen=True):
    servers: dict[str, ServerSetting] = msgspec.field(name="mcpServers", default_factory=dict)


class ServerTool(msgspec.Struct, frozen=True, kw_only=True):
    """A tool as a server tells of it. ``hash`` is of all of it; ``is_pinned``: as it was agreed
    to."""

    server: str
    name: str
    description: str
    schema: dict[str, Any]
    hash: str
    is_pinned: bool


@dataclass(slots=True, eq=False)
class _Server:
    name: str
    setting: ServerSetting
    transport: Transport | None = None
    tools: tuple[ServerTool, ...] = ()
    problem: str = ""
    asked_at: float = float("-inf")
    number: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class McpServers:
    """All that are configured; each is started when its tools are first asked for."""

    def __init__(self, file: Path, store_dir: Path, clock: Clock) -> None:
        self._file = file
        self._pins = store_dir / PINS
        self._clock = clock
        self._servers: dict[str, _Server] = {}
        self._read = ""
        self.problem = ""
        """What is wrong with the file."""

    async def tools(self) -> list[ServerTool]:
        """The tools of all servers that answer; the others have a ``problems`` entry."""
        for gone in self._look_at_file():
            if gone.transport is not None:
                await gone.transport.close()
        await asyncio.gather(*(self._refresh(server) for server in self._servers.values()))
        return [tool for server in self._servers.values() for tool in server.tools]

    @property
    def problems(self) -> Mapping[str, str]:
        """What is wrong, by the names of servers; empty for one that is well."""
        return {name: server.problem for name, server in self._servers.items()}

    async def call(self, tool: ServerTool, args: Mapping[str, Any]) -> dict[str, Any]:
        """The result of a call, as the server gives it. Raises McpFailed."""
        server = self._servers.get(tool.server)
        if server is None or server.transport is None:
            raise McpFailed(f"There is no connection to {tool.server}.")
        params = {"name": tool.name, "arguments": dict(args)}
        return await self._ask(server, "tools/call", params, CALL_SECONDS)

    async def agree(self, server: str, tool: str, hash: str) -> None:
        """Pin a tool as it is now. Raises BadRequest when it is another one than was looked at."""
        found = next((t for t in await self.tools() if (t.server, t.name) == (server, tool)), None)
        if found is None or found.hash != hash:
            raise BadRequest(f"{server} has no tool {tool} of this form.", hint="Look at it again.")
        pins = self._known_pins()
        pins[f"{server}/{tool}"] = hash
        self._pin(pins)
        self._servers[server].asked_at = float("-inf")

    async def close(self) -> None:
        """End all connections."""
        for server in self._servers.values():
            if server.transport is not None:
                await server.transport.close()
        self._servers.clear()

    def _look_at_file(self) -> list[_Server]:
        """Take up what the file says now; the servers that are not in use any more."""
        try:
            text = self._file.read_text(encoding="utf-8")
        except OSError:
            text = "{}"
        if text == self._read:
            return []
        self._read = text
        try:
            settings = msgspec.json.decode(text, type=_File).servers
        except msgspec.MsgspecError as error:
            self.problem = f"{self._file} is not understood: {error}"
            logger.warning("%s", self.problem)
            return []
        self.problem = ""
        gone = [one for one in self._servers.values() if settings.get(one.name) != one.setting]
        for server in gone:
            del self._servers[server.name]
        for name, setting in settings.items():
            if _NAME.fullmatch(name) and name not in self._servers:
                self._servers[name] = _Server(name, setting)
        return gone

    async def _refresh(self, server: _Server) -> None:
        async with server.lock:
            now = self._clock.monotonic()
            if server.setting.disabled or now - server.asked_at < AGAIN_SECONDS:
                return
            server.asked_at = now
            try:
                if server.transport is None:
                    await self._connect(server)
                found = await self._ask(server, "tools/list", {}, LIST_SECONDS)
                server.tools, server.problem = self._pinned(server, found), ""
            except McpFailed as error:
                server.tools, server.problem = (), error.message
                logger.warning("MCP server %s: %s", server.name, error.message)
                if server.transport is not None:
                    await server.transport.close()
                server.transport = None

    async def _connect(self, server: _Server) -> None:
        server.transport = server.setting.transport()
        hello = {
            "protocolVersion": VERSION,
            "capabilities": {},
            "clientInfo": {"name": "anode_jlab", "version": __version__},
        }
        await self._ask(server, "initialize", hello, LIST_SECONDS)
        note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        await server.transport.tell(note)

    async def _ask(
        self, server: _Server, method: str, params: Mapping[str, Any], seconds: float
    ) -> dict[str, Any]:
        assert server.transport is not None
        server.number += 1
        message = {"jsonrpc": "2.0", "id": server.number, "method": method, "params": params}
        answer = await server.transport.ask(message, seconds)
        result = answer.get("result")
        if not isinstance(result, dict):
            told = answer.get("error")
            said = told.get("message") if isinstance(told, dict) else "no result"
            raise McpFailed(f"{server.name} refused {method}: {said}")
        return result

    def _pinned(self, server: _Server, found: Mapping[str, Any]) -> tuple[ServerTool, ...]:
        """The tools; what is seen for the first time is pinned."""
        pins, before = self._known_pins(), len(self._known_pins())
        tools = []
        listed = found.get("tools")
        for one in listed[:MOST_TOOLS] if isinstance(listed, list) else ():
            if not isinstance(one, dict) or not _NAME.fullmatch(str(one.get("name"))):
                continue
            name, schema = str(one["name"]), one.get("inputSchema")
            schema = schema if isinstance(schema, dict) else {"type": "object"}
            description = str(one.get("description") or "")
            hash_ = Canonical.of([name, description, schema]).hash
            pinned = pins.setdefault(f"{server.name}/{name}", hash_) == hash_
            tools.append(
                ServerTool(
                    server=server.name,
                    name=name,
                    description=description,
                    schema=schema,
                    hash=hash_,
                    is_pinned=pinned,
                )
            )
        if len(pins) != before:
            self._pin(pins)
        return tuple(tools)

    def _known_pins(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self._pins.read_bytes(), type=dict[str, str])
        except (OSError, msgspec.MsgspecError):
            return {}

    def _pin(self, pins: Mapping[str, str]) -> None:
        part = self._pins.with_suffix(".part")
        try:
            self._pins.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(dict(sorted(pins.items())), indent=1), encoding="utf-8")
            part.replace(self._pins)
        except OSError as error:
            raise McpFailed(f"{self._pins} cannot be written: {error}") from error
