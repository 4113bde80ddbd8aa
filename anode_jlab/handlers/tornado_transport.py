"""A tornado websocket as the send queue's transport.

Frames go to the stream as RFC 6455 (section 5.2) has them: whole, binary, unmasked, uncompressed.
``write_message`` would make a task for each, which costs more than all the rest of sending it.
"""

from __future__ import annotations

import asyncio
from struct import pack

from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketHandler, WebSocketProtocol13

FINAL_BINARY = 0x82
"""First byte of a frame that is a whole binary message."""


class TornadoTransport:
    """Frames to one ``WebSocketHandler``. Errors of a closed socket are its end, not ours."""

    def __init__(self, handler: WebSocketHandler) -> None:
        self._handler = handler

    def busy(self) -> bool:
        connection = self._handler.ws_connection
        return isinstance(connection, WebSocketProtocol13) and connection.stream.writing()

    def write(self, frame: bytes) -> asyncio.Future[None]:
        connection = self._handler.ws_connection
        if not isinstance(connection, WebSocketProtocol13) or connection.is_closing():
            return _nothing()
        try:
            under_way = connection.stream.write(_header(len(frame)) + frame)
        except StreamClosedError:
            return _nothing()
        under_way.add_done_callback(_retrieve)
        return under_way

    def close(self, code: int, reason: str) -> None:
        self._handler.close(code, reason)


def _header(size: int) -> bytes:
    if size < 126:
        return bytes((FINAL_BINARY, size))
    if size < 1 << 16:
        return pack("!BBH", FINAL_BINARY, 126, size)
    return pack("!BBQ", FINAL_BINARY, 127, size)


def _nothing() -> asyncio.Future[None]:
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    done.set_result(None)
    return done


def _retrieve(write: asyncio.Future[None]) -> None:
    # Read, so that asyncio does not report it: the end of the connection is told by on_close.
    if not write.cancelled():
        write.exception()
