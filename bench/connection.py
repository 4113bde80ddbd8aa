"""Requests over one connection that stays open, as a browser's do."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Self

from bench.contenders import TOKEN


class Connection:
    """An async context manager; one request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()

    async def json(self, method: str, route: str, body: object = None) -> Any:
        """The JSON of an answer. Raises RuntimeError for any other than success."""
        status, content = await self.ask(method, route, body)
        if status >= 300:
            raise RuntimeError(f"{method} {route}: {status} {content[:500]!r}")
        return json.loads(content or b"null")

    async def ask(self, method: str, route: str, body: object = None) -> tuple[int, bytes]:
        """Status and body of an answer."""
        assert self._reader is not None
        assert self._writer is not None
        content = b"" if body is None else json.dumps(body).encode()
        lines = [
            f"{method} /{route} HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            f"Authorization: token {TOKEN}",
            "Content-Type: application/json",
            f"Content-Length: {len(content)}",
        ]
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *rest = head.split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in rest if line)
        return int(first.split()[1]), await self._body(headers)

    async def _body(self, headers: dict[str, str]) -> bytes:
        assert self._reader is not None
        if headers.get("transfer-encoding") != "chunked":
            return await self._reader.readexactly(int(headers.get("content-length", 0)))
        found = b""
        while size := int(await self._reader.readline(), 16):
            found += (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readline()
        return found
