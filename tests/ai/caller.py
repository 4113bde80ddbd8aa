"""An assistant without a model: calls tools on a notebook as one that a model steers would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from itertools import count
from typing import Any

from anode_jlab.ai.tools.spec import ToolResult, Turn
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.assistant import Mode
from anode_jlab.ids import AssistantRunId, ConversationId, NotebookId
from anode_jlab.services import Services

PATIENCE_SECONDS = 60.0
"""Kernels answer slowly on busy machines."""

ANN = Actor(kind=ActorKind.HUMAN, id="ann", name="Ann")


class Caller:
    """Acts for Ann in one notebook."""

    _numbers = count(1)

    def __init__(
        self,
        services: Services,
        notebook_id: str,
        mode: Mode = Mode.AUTO,
        conversation: str = "talk-1",
    ) -> None:
        self.services = services
        self.turn = Turn(
            notebook=NotebookId(notebook_id),
            actor=ANN,
            run_id=AssistantRunId("run-1"),
            mode=mode,
            conversation=ConversationId(conversation),
        )

    async def result(self, tool: str, **args: Any) -> ToolResult:
        """What a call gave, good or bad."""
        call_id = f"call-{next(self._numbers)}"
        return await self.services.tools.call(self.turn, call_id, tool, args)

    async def __call__(self, tool: str, **args: Any) -> Any:
        """The JSON of a call that went well."""
        result = await self.result(tool, **args)
        assert not result.is_error, result.text
        return json.loads(result.text)

    async def until(self, tool: str, is_right: Callable[[Any], bool], **args: Any) -> Any:
        """Call again and again until it tells what is awaited: kernels take their time."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not is_right(told := await self(tool, **args)):
                await asyncio.sleep(0.05)
        return told

    async def refused(self, tool: str, **args: Any) -> dict[str, Any]:
        """The error of a call that did not."""
        result = await self.result(tool, **args)
        assert result.is_error, result.text
        told: dict[str, Any] = json.loads(result.text)
        return told
