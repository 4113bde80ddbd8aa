"""Cells over the socket of a kernel: JupyterLab without extensions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise

from bench.cells import PATIENCE_SECONDS, Cells, session
from bench.contenders import HEADERS
from bench.server import Server
from bench.websocket import WebSocket

KERNEL_PROTOCOL = "v1.kernel.websocket.jupyter.org"
"""What JupyterLab speaks with a kernel."""


class KernelSocket:
    """Sends requests and takes outputs as JupyterLab does."""

    def __init__(self, sources: Sequence[str]) -> None:
        self._sources = sources
        self._texts: dict[int, list[str]] = {}
        self._socket: WebSocket | None = None
        self._waiting: dict[str, tuple[int, set[str], asyncio.Event]] = {}
        self._sent = 0

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, server: Server, path: str, sources: Sequence[str]
    ) -> AsyncIterator[Cells]:
        self = cls(sources)
        kernel = await session(server, path)
        address = f"ws://127.0.0.1:{server.port}/api/kernels/{kernel}/channels?session_id=bench"
        headers = HEADERS | {"Sec-WebSocket-Protocol": KERNEL_PROTOCOL}
        self._socket = await WebSocket.connect(address, headers, self._on_frame)
        try:
            await self._run("pass", -1)
            yield self
        finally:
            await self._socket.close()

    async def one_by_one(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            await self._run(self._sources[number], number)

    async def batch(self, numbers: Sequence[int]) -> None:
        asked = [self._ask(self._sources[number], number) for number in numbers]
        async with asyncio.timeout(PATIENCE_SECONDS):
            for ended in asked:
                await ended.wait()

    async def text(self, number: int) -> str:
        return "".join(self._texts.get(number, ()))

    async def _run(self, source: str, number: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._ask(source, number).wait()

    def _ask(self, source: str, number: int) -> asyncio.Event:
        assert self._socket is not None
        self._sent += 1
        request = f"request-{self._sent}"
        self._texts[number] = []
        ended = asyncio.Event()
        self._waiting[request] = (number, set(), ended)
        header = {
            "msg_id": request, "msg_type": "execute_request", "session": "bench",
            "username": "bench", "date": "2026-01-01T00:00:00Z", "version": "5.3",
        }  # fmt: skip
        content = {
            "code": source, "silent": False, "store_history": True, "user_expressions": {},
            "allow_stdin": True, "stop_on_error": True,
        }  # fmt: skip
        parts = [b"shell", *(json.dumps(part).encode() for part in (header, {}, {}, content))]
        self._socket.send(_joined(parts))
        return ended

    def _on_frame(self, frame: bytes) -> None:
        channel, header, parent, _, content = _parts(frame)[:5]
        waiting = self._waiting.get(json.loads(parent).get("msg_id", ""))
        if waiting is None:
            return
        number, heard, ended = waiting
        kind = json.loads(header)["msg_type"]
        if kind == "stream":
            self._texts[number].append(json.loads(content)["text"])
        elif kind == "execute_reply" or (
            kind == "status" and json.loads(content)["execution_state"] == "idle"
        ):
            heard.add(channel.decode())
        if heard >= {"shell", "iopub"}:
            ended.set()


def _joined(parts: Sequence[bytes]) -> bytes:
    """Source: ``serialize_msg_to_ws_v1`` of jupyter_server."""
    count = len(parts) + 1
    offsets = [8 * (count + 1)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    numbers = b"".join(number.to_bytes(8, "little") for number in (count, *offsets))
    return numbers + b"".join(parts)


def _parts(frame: bytes) -> list[bytes]:
    count = int.from_bytes(frame[:8], "little")
    offsets = [int.from_bytes(frame[8 * n : 8 * n + 8], "little") for n in range(1, count + 1)]
    return [frame[start:end] for start, end in pairwise(offsets)]
