"""Cells by the servers of other projects, as their own front ends ask for them.

Neither tells its clients over a socket when a run has ended: the one is asked for it again and
again, of the other the kernel is listened to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from jupyter_client.asynchronous.client import AsyncKernelClient

from bench.cells import PATIENCE_SECONDS, Cells, cell_id, session
from bench.connection import Connection
from bench.contenders import Contender, Documents, NbModel
from bench.seat import Seat
from bench.server import Server

LOOK_SECONDS = 0.01
"""How often it is asked whether a run has ended: more often would slow the server down."""


@asynccontextmanager
async def _seated(
    contender: Contender, server: Server, path: str
) -> AsyncIterator[tuple[Connection, str, str]]:
    """A connection, the kernel and the document's id of a notebook that somebody has open."""
    seat = Seat()
    room = await contender.room(server, path)
    await seat.join(room, ask=True)
    try:
        kernel = await session(server, path)
        async with Connection(server.port) as connection:
            yield connection, kernel, room.rpartition("/")[2].partition("?")[0]
    finally:
        await seat.leave()


class Requests:
    """jupyter-server-nbmodel beside jupyter-collaboration: code, and the cell that it is of."""

    def __init__(
        self, connection: Connection, kernel: str, document: str, sources: Sequence[str]
    ) -> None:
        self._connection = connection
        self._route = f"api/kernels/{kernel}/execute"
        self._document = document
        self._sources = sources

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, contender: NbModel, server: Server, path: str, sources: Sequence[str]
    ) -> AsyncIterator[Cells]:
        """In a notebook that somebody has open."""
        async with _seated(contender, server, path) as (connection, kernel, document):
            self = cls(connection, kernel, document, sources)
            await self.batch([0])
            yield self

    async def one_by_one(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            await self._ended(await self._ask(number))

    async def batch(self, numbers: Sequence[int]) -> None:
        for request in [await self._ask(number) for number in numbers]:
            await self._ended(request)

    async def text(self, number: int) -> str | None:
        return None

    async def _ask(self, number: int) -> str:
        metadata = {"cell_id": cell_id(number), "document_id": self._document}
        body = {"code": self._sources[number], "metadata": metadata}
        asked = await self._connection.json("POST", self._route, body)
        request: str = asked["request_url"].lstrip("/")
        return request

    async def _ended(self, request: str) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await self._connection.ask("GET", request))[0] == 202:
                await asyncio.sleep(LOOK_SECONDS)


class Room:
    """jupyter-server-documents: cells of a room by their ids."""

    def __init__(
        self,
        connection: Connection,
        client: AsyncKernelClient,
        kernel: str,
        document: str,
        sources: Sequence[str],
    ) -> None:
        self._connection = connection
        self._client = client
        self._route = f"api/kernels/{kernel}/execute"
        self._document = document
        self._sources = sources

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, contender: Documents, server: Server, path: str, sources: Sequence[str]
    ) -> AsyncIterator[Cells]:
        """In a notebook that somebody has open."""
        async with _seated(contender, server, path) as (connection, kernel, document):
            client = AsyncKernelClient()
            client.load_connection_file(str(_connection_file(server.place, kernel)))
            client.start_channels(hb=False, stdin=False)
            try:
                await client.wait_for_ready(timeout=PATIENCE_SECONDS)
                self = cls(connection, client, kernel, document, sources)
                await self.batch([0])
                yield self
            finally:
                client.stop_channels()

    async def one_by_one(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            await self.batch([number])

    async def batch(self, numbers: Sequence[int]) -> None:
        cells = [
            {"cell_id": cell_id(number), "source_hash": murmur(self._sources[number])}
            for number in numbers
        ]
        body = {"document_id": self._document, "cells": cells}
        await self._connection.json("POST", self._route, body)
        for _ in numbers:
            await self._idle()

    async def text(self, number: int) -> str | None:
        return None

    async def _idle(self) -> None:
        while True:
            message = await self._client.get_iopub_msg(timeout=PATIENCE_SECONDS)
            is_run = message["parent_header"].get("msg_type") == "execute_request"
            if is_run and message["content"].get("execution_state") == "idle":
                return


def _connection_file(place: Path, kernel: str) -> Path:
    return place / "runtime" / f"kernel-{kernel}.json"


def murmur(source: str) -> str:
    """MurmurHash2 with seed 0, in decimal: how this server is told which text was meant.

    Source: Austin Appleby's public description of the function.
    """
    data, factor, mask = source.encode(), 0x5BD1E995, 0xFFFFFFFF
    value = len(data) & mask
    whole = len(data) // 4 * 4
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little") * factor & mask
        word = (word ^ word >> 24) * factor & mask
        value = value * factor & mask ^ word
    if rest := data[whole:]:
        value = (value ^ int.from_bytes(rest, "little")) * factor & mask
    value = (value ^ value >> 13) * factor & mask
    return str(value ^ value >> 15)
