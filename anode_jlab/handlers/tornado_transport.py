"""A tornado websocket as the send queue's transport."""

from __future__ import annotations

import asyncio

from tornado.websocket import WebSocketClosedError, WebSocketHandler, WebSocketProtocol13


class TornadoTransport:
    """Frames to one ``WebSocketHandler``. Errors of a closed socket are its end, not ours."""

    def __init__(self, handler: WebSocketHandler) -> None:
        self._handler = handler

    def busy(self) -> bool:
        connection = self._handler.ws_connection
        return isinstance(connection, WebSocketProtocol13) and connection.stream.writing()

    def write(self, frame: bytes) -> asyncio.Future[None]:
        try:
            under_way = self._handler.write_message(frame, binary=True)
        except WebSocketClosedError:
            nothing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            nothing.set_result(None)
            return nothing
        under_way.add_done_callback(_retrieve)
        return under_way

    def close(self, code: int, reason: str) -> None:
        self._handler.close(code, reason)


def _retrieve(write: asyncio.Future[None]) -> None:
    # Read, so that asyncio does not report it: the end of the connection is told by on_close.
    if not write.cancelled():
        write.exception()
