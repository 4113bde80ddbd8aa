"""Frames of every length, as a client that others wrote reads them."""

from __future__ import annotations

import asyncio

import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect

from anode_jlab.handlers.tornado_transport import TornadoTransport

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

SIZES = (0, 1, 125, 126, 127, (1 << 16) - 1, 1 << 16, 3 << 20)
"""Both sides of each change of the header's form (RFC 6455, section 5.2)."""


class Sender(WebSocketHandler):
    async def open(self) -> None:
        transport = TornadoTransport(self)
        for size in SIZES:
            await transport.write(b"x" * size)
        transport.close(4400, "all sent")
        await transport.write(b"after the end: nothing")


async def test_frames_arrive_whole_whatever_their_length() -> None:
    socket, port = bind_unused_port()
    server = HTTPServer(Application([("/", Sender)]))
    server.add_socket(socket)
    client = await websocket_connect(f"ws://127.0.0.1:{port}/")
    async with asyncio.timeout(60):
        for size in SIZES:
            assert await client.read_message() == b"x" * size
        assert await client.read_message() is None
    assert client.close_code == 4400
    server.stop()
