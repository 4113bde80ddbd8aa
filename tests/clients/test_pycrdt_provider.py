"""pycrdt's own Provider on our door."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from pycrdt import Array, Doc, Provider, Text
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.collaboration_client import CollaborationClient
from tests.integration.server_process import ServerProcess

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]


class SocketChannel:
    """What Provider needs of a connection (``pycrdt.Channel``)."""

    def __init__(self, socket: WebSocketClientConnection, path: str) -> None:
        self._socket = socket
        self.path = path

    def __aiter__(self) -> SocketChannel:
        return self

    async def __anext__(self) -> bytes:
        return await self.recv()

    async def send(self, message: bytes) -> None:
        await self._socket.write_message(message, binary=True)

    async def recv(self) -> bytes:
        message = await self._socket.read_message()
        if not isinstance(message, bytes):
            raise StopAsyncIteration
        return message


@asynccontextmanager
async def provided(
    server: ServerProcess, path: str = "day.ipynb", kind: str = "json:notebook"
) -> AsyncIterator[Doc[Any]]:
    session = await CollaborationClient(server.address, path, kind=kind).open_session()
    name = f"{kind}:{session['fileId']}"
    query = urlencode({"sessionId": session["sessionId"], "token": server.token})
    url = server.address.socket_url(f"api/collaboration/room/{name}?{query}")
    socket = await websocket_connect(HTTPRequest(url))
    doc: Doc[Any] = Doc()
    async with Provider(doc, SocketChannel(socket, name)):
        yield doc
    socket.close()


async def test_both_ways(server: ServerProcess) -> None:
    async with (
        provided(server) as doc,
        CollaborationClient(server.address, "day.ipynb") as other,
    ):
        cells = doc.get("cells", type=Array)
        changed = asyncio.Event()
        subscription = doc.observe(lambda event: changed.set())
        while len(cells) < 2:
            await changed.wait()
            changed.clear()
        cells[0]["source"].insert(5, "0")
        await other.until(lambda: other.sources[0] == "x = 10")
        changed.clear()
        other.text(1).insert(0, "# ")
        while str(cells[1]["source"]) != "# y = 2":
            await changed.wait()
            changed.clear()
        doc.unobserve(subscription)


async def test_a_text_file(server: ServerProcess) -> None:
    server.write_text("tool.py", "x = 1\n")
    async with (
        provided(server, "tool.py", "text:file") as doc,
        CollaborationClient(server.address, "tool.py", kind="text:file") as other,
    ):
        ours, theirs = (d.get("source", type=Text) for d in (doc, other.doc))
        changed = asyncio.Event()
        subscription = doc.observe(lambda event: changed.set())
        while str(ours) != "x = 1\n":
            await changed.wait()
            changed.clear()
        ours.insert(5, "0")
        await other.until(lambda: str(theirs) == "x = 10\n")
        changed.clear()
        theirs.insert(0, "# ")
        while str(ours) != "# x = 10\n":
            await changed.wait()
            changed.clear()
        doc.unobserve(subscription)
