"""A websocket client that costs the machine as little as possible: the servers are measured."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

BINARY, CLOSE, PING, PONG = 0x2, 0x8, 0x9, 0xA
FINAL = 0x80
MASKED = 0x80

NORMAL = (1000).to_bytes(2)

GOODBYE_SECONDS = 2.0

ZERO_MASK = b"\0\0\0\0"
"""A client must mask; with this key the masking costs us nothing and the server as much as ever."""


class RefusedError(RuntimeError):
    """The server did not upgrade the connection."""


class WebSocket(asyncio.Protocol):
    """One connection. ``on_frame`` gets the payload of every data frame, at once."""

    def __init__(self) -> None:
        self.on_frame: Callable[[bytes], None] = _ignore
        self.frames = 0
        """Data frames received."""
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the connection is gone."""
        self._upgraded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._open = False

    @classmethod
    async def connect(
        cls, url: str, headers: Mapping[str, str], on_frame: Callable[[bytes], None]
    ) -> WebSocket:
        """Upgrade a connection; frames that come with the answer already go to ``on_frame``."""
        parts = urlsplit(url)
        loop = asyncio.get_running_loop()
        assert parts.hostname is not None
        assert parts.port is not None
        _, self = await loop.create_connection(cls, parts.hostname, parts.port)
        self.on_frame = on_frame
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        lines = [
            f"GET {target} HTTP/1.1",
            f"Host: {parts.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        self._write("\r\n".join([*lines, "", ""]).encode())
        await self._upgraded
        return self

    def send(self, payload: bytes) -> None:
        """Send one binary frame."""
        self._write(_frame(BINARY, payload))

    async def close(self) -> None:
        """Say goodbye and wait until the server has said it too."""
        if self._transport is None or self.closed.done():
            return
        self._write(_frame(CLOSE, NORMAL))
        await asyncio.wait([self.closed], timeout=GOODBYE_SECONDS)
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._upgraded.done():
            self._upgraded.set_exception(RefusedError("the connection was closed"))
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        if not self._open and not self._take_answer():
            return
        at = 0
        while (end := self._take_frame(at)) != at:
            at = end
        del buffer[:at]

    def _take_answer(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        status = bytes(self._buffer[: self._buffer.find(b"\r\n")])
        del self._buffer[: end + 4]
        self._open = b" 101 " in status
        if self._open:
            self._upgraded.set_result(None)
        else:
            self._upgraded.set_exception(RefusedError(status.decode(errors="replace")))
        return self._open

    def _take_frame(self, at: int) -> int:
        """Deal with the frame at ``at``; the offset behind it; ``at`` when it is not all here."""
        buffer = self._buffer
        if len(buffer) < at + 2:
            return at
        start, size = at + 2, buffer[at + 1]
        if size > 125:
            width = 2 if size == 126 else 8
            start += width
            if len(buffer) < start:
                return at
            size = int.from_bytes(buffer[at + 2 : start])
        end = start + size
        if len(buffer) < end:
            return at
        kind = buffer[at]
        payload = bytes(buffer[start:end])
        if kind == FINAL | PING:
            self._write(_frame(PONG, payload))
        elif kind == FINAL | CLOSE:
            if self._transport is not None:
                self._transport.close()
        elif kind != FINAL | PONG:
            self.frames += 1
            self.on_frame(payload)
        return end

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)


def _frame(kind: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((FINAL | kind, MASKED | size)) + ZERO_MASK + payload
    if size < 1 << 16:
        return bytes((FINAL | kind, MASKED | 126)) + size.to_bytes(2) + ZERO_MASK + payload
    return bytes((FINAL | kind, MASKED | 127)) + size.to_bytes(8) + ZERO_MASK + payload


def _ignore(_: bytes) -> None:
    """Before somebody listens."""
