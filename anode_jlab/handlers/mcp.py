"""anode/mcp: the notebooks' tools for outside agents, by the Model Context Protocol over HTTP.

Stateless: each POST is answered with JSON, there is no session and no stream. Who comes in has
Jupyter's own token; what the agent may do is what the token's owner may, and people are asked as
for the assistant in the notebook.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from anode_jlab.ai.failures import AssistantOff
from anode_jlab.ai.mcp import messages
from anode_jlab.ai.mcp.messages import Request, RpcError
from anode_jlab.ai.mcp.server import Caller
from anode_jlab.errors import TooLarge
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.assistant import Mode
from anode_jlab.handlers.access import is_stable, requires
from anode_jlab.handlers.base import AnodeHandler

MCP = "anode/mcp"
"""Below the server's base URL."""

LARGEST_BODY_BYTES = 8 << 20
"""A cell's text, with room to spare."""

TOKEN = Actor(kind=ActorKind.API, id="token", name="Token")
"""Who comes with a token that names nobody: the same at each request."""

_GENERIC = ("python", "node", "undici", "mozilla", "axios", "go-http", "bun", "deno", "curl")
"""User agents that name a library and not a program."""


class McpQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``mode``: what the agent does without asking; ``name``: as what people see it."""

    mode: Mode = Mode.EDIT
    name: str = ""


class McpHandler(AnodeHandler):
    """``anode/mcp``"""

    def check_request(self) -> None:
        """The query is read by ``post``."""

    @requires("read", "contents")
    async def post(self) -> None:
        if len(self.request.body) > LARGEST_BODY_BYTES:
            raise TooLarge("The request is larger than any tool takes.")
        if not self.services.assistant.is_enabled:
            raise AssistantOff
        caller = await self._caller()
        try:
            requests, is_batch = messages.decode(self.request.body)
        except RpcError as error:
            self.reply(messages.refusal(error), status=400)
            return
        told = await asyncio.gather(*(self._answer(request, caller) for request in requests))
        answers = [one for one in told if one is not None]
        if not answers:
            self.set_status(202)
            self.finish()
        else:
            self.reply(answers if is_batch else answers[0])

    @requires("read", "contents")
    async def get(self) -> None:
        """There is no stream of ours to listen to; clients then do without."""
        self.set_header("Allow", "POST")
        self.set_status(405)
        self.finish()

    delete = get

    async def _caller(self) -> Caller:
        query = self.query(McpQuery)
        person = self.actor if is_stable(self) else TOKEN
        name = (query.name or _program(self.request.headers.get("User-Agent", "")))[:64]
        assistant = Actor(kind=ActorKind.ASSISTANT, id=person.id, name=name)
        return Caller(
            person=person, assistant=assistant, role=await self.role(), mode=self._most(query.mode)
        )

    def _most(self, mode: Mode) -> Mode:
        """No more than the administrator lets assistants do."""
        return min(mode, self.services.assistant.limits.max_mode, key=list(Mode).index)

    async def _answer(self, request: Request | RpcError, caller: Caller) -> Any:
        if isinstance(request, RpcError):
            return messages.refusal(request)
        try:
            result = await self.services.mcp.answer(request, caller)
        except RpcError as error:
            return messages.refusal(error, request.id)
        return None if request.id is None else messages.answer(request.id, result)


def _program(agent: str) -> str:
    """The name of the program in a user agent, if it has one of its own."""
    product = agent.split(" ", 1)[0].split("/", 1)[0]
    if not product or product.lower().startswith(_GENERIC):
        return "Agent"
    return product
