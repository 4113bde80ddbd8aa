"""Calls of outside agents: they go on when an agent has to hang up, and are asked for later."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anode_jlab.ai.presence import Presences
from anode_jlab.ai.tools.record import ending_of
from anode_jlab.ai.tools.registry import Tools
from anode_jlab.ai.tools.spec import ToolResult, Turn, told
from anode_jlab.errors import AnodeError
from anode_jlab.events.tools import ToolCallProposed
from anode_jlab.ids import CallId, NotebookId, Seq

PATIENCE_SECONDS = 45.0
"""After which a call that has not ended is answered with its id: common clients hang up after a
minute."""


class CallNotFound(AnodeError):
    """There is no such call in this notebook."""

    code = "call_not_found"
    hint = "Take call_id from the answer of the call that was to be waited for."


@dataclass(frozen=True, slots=True)
class _Going:
    notebook: NotebookId
    task: asyncio.Task[ToolResult]


class OutsideCalls:
    """Those of one server."""

    def __init__(self, tools: Tools, presences: Presences) -> None:
        self._tools = tools
        self._presences = presences
        self.patience = PATIENCE_SECONDS
        self._going: dict[CallId, _Going] = {}

    async def call(self, turn: Turn, tool: str, args: Mapping[str, Any]) -> ToolResult:
        """The result, or, when that takes longer than ``patience`` seconds, how to wait for it."""
        call_id = CallId(secrets.token_hex(16))
        work = self._work(turn, call_id, tool, dict(args))
        task = asyncio.get_running_loop().create_task(work, name=f"call {call_id}")
        self._going[call_id] = _Going(turn.notebook, task)
        task.add_done_callback(lambda _: self._going.pop(call_id, None))
        return await self._result(turn.notebook, call_id, task)

    async def wait(self, notebook: NotebookId, call_id: str) -> ToolResult:
        """As ``call``, for one that goes on. Raises CallNotFound."""
        known = CallId(call_id)
        going = self._going.get(known)
        if going is not None and going.notebook == notebook:
            return await self._result(notebook, known, going.task)
        room = await self._tools.reach.rooms.open(notebook)
        names = frozenset({ToolCallProposed.event_name})
        proposed = await room.log.read(Seq(0), names=names)
        if not any(getattr(one.event, "call_id", None) == known for one in proposed):
            raise CallNotFound
        ending = asyncio.ensure_future(ending_of(self._tools.reach, notebook, known))
        try:
            return await self._result(notebook, known, ending)
        finally:
            ending.cancel()

    async def close(self) -> None:
        """The server stops: questions stay open, and who asks later is told what came of them."""
        tasks = [going.task for going in self._going.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._presences.close()

    async def _work(self, turn: Turn, call_id: CallId, tool: str, args: Any) -> ToolResult:
        async with self._presences.acting(turn, args.get("cell_id")):
            return await self._tools.call(turn, call_id, tool, args)

    async def _result(
        self,
        notebook: NotebookId,
        call_id: CallId,
        task: asyncio.Future[ToolResult],
    ) -> ToolResult:
        done, _ = await asyncio.wait({task}, timeout=self.patience)
        if done:
            return task.result()
        room = await self._tools.reach.rooms.open(notebook)
        asks = (ask for ask in room.state.tools.approvals if ask.call_id == call_id)
        waits = any(ask.answer is None for ask in asks)
        return told(
            {
                "status": "waiting_for_approval" if waits else "running",
                "call_id": call_id,
                "hint": "A person has to allow this in the notebook. " * waits
                + "Call wait_for_call with this call_id for the result; do not call the tool anew.",
            }
        )
