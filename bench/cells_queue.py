"""Cells of the notebook by their ids, the ends over the room's socket: this extension."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bench.cells import PATIENCE_SECONDS, Cells, cell_id, text_of
from bench.connection import Connection
from bench.contenders import HEADERS
from bench.lib0 import STEP1, sync_frame
from bench.server import Server
from bench.websocket import WebSocket

EVENTS = 18
"""Type of the frames with what happened."""


class Queue:
    """Asks as a page of this extension does."""

    def __init__(self, connection: Connection, notebook: str) -> None:
        self._connection = connection
        self._route = f"anode/api/notebooks/{notebook}"
        self._waiting: dict[str, asyncio.Event] = {}
        self._asked = 0

    @classmethod
    @asynccontextmanager
    async def opened(cls, server: Server, path: str) -> AsyncIterator[Cells]:
        async with Connection(server.port) as connection:
            opened = await connection.json("POST", "anode/api/notebooks", {"path": path})
            self = cls(connection, opened["id"])
            query = f"after={opened['seq']}&names=ExecutionCompleted"
            address = f"ws://127.0.0.1:{server.port}/{self._route}/room?{query}"
            socket = await WebSocket.connect(address, HEADERS, self._on_frame)
            socket.send(sync_frame(STEP1, b"\x00"))
            try:
                await connection.json("POST", f"{self._route}/runtime", {"action": "start"})
                yield self
            finally:
                await socket.close()

    async def one_by_one(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            await self.batch([number])

    async def batch(self, numbers: Sequence[int]) -> None:
        cells, ended = [], []
        for number in numbers:
            self._asked += 1
            execution = f"run-{self._asked}"
            cells.append({"cell_id": cell_id(number), "execution_id": execution})
            ended.append(asyncio.Event())
            self._waiting[execution] = ended[-1]
        await self._connection.json("POST", f"{self._route}/executions", {"cells": cells})
        async with asyncio.timeout(PATIENCE_SECONDS):
            for event in ended:
                await event.wait()

    async def text(self, number: int) -> str:
        document = await self._connection.json("GET", f"{self._route}/document")
        return text_of(document["cells"][number])

    def _on_frame(self, frame: bytes) -> None:
        if frame[0] != EVENTS:
            return
        for envelope in json.loads(frame[1:]):
            if envelope["name"] == "v1.ExecutionCompleted":
                event = self._waiting.pop(envelope["data"]["execution_id"], None)
                if event is not None:
                    event.set()
