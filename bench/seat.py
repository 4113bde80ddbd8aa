"""One client in a room: joins as a browser does, sends keystrokes, times those of others."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from time import monotonic

from bench.contenders import HEADERS, Contender
from bench.lib0 import (
    ACK,
    AWARENESS,
    EMPTY_UPDATE,
    STEP1,
    STEP2,
    SYNC,
    UPDATE,
    read_varuint,
    sync_frame,
    sync_payload,
)
from bench.marks import marks
from bench.server import Server
from bench.websocket import WebSocket

JOIN_SECONDS = 120.0
"""A first opening of a big notebook on a loaded machine."""


LEAVING_SECONDS = 0.02


class Seat:
    """A connection that is in sync. ``document`` is what the server sent to bring it there."""

    def __init__(self) -> None:
        self.document = EMPTY_UPDATE
        self.on_update: Callable[[bytes], None] | None = None
        """Called with each update of others."""
        self.on_ack: Callable[[int], None] | None = None
        """Called with the number of this client's keystrokes that are durable."""
        self.on_other: Callable[[bytes], None] | None = None
        """Called with each frame in which others say where they are."""
        self._answers = 0
        self._socket: WebSocket | None = None
        self._synced = asyncio.Event()

    async def join(self, address: str, *, ask: bool) -> None:
        """Connect; with ``ask`` return once the server has sent the whole document."""
        self._socket = await WebSocket.connect(address, HEADERS, self._on_frame)
        if ask:
            self._socket.send(sync_frame(STEP1, b"\x00"))
            async with asyncio.timeout(JOIN_SECONDS):
                await self._synced.wait()

    @property
    def socket(self) -> WebSocket:
        assert self._socket is not None
        return self._socket

    async def leave(self) -> None:
        """Close the connection, and let the server notice it before the next one goes:
        jupyter-collaboration keeps a room for ever when its last two clients leave at once."""
        await self.socket.close()
        await asyncio.sleep(LEAVING_SECONDS)

    def _on_frame(self, frame: bytes) -> None:
        if frame[0] == ACK and self.on_ack is not None:
            self.on_ack(read_varuint(frame, 1)[0] - self._answers)
        if frame[0] == AWARENESS and self.on_other is not None:
            self.on_other(frame)
        if frame[0] != SYNC:
            return
        if frame[1] == UPDATE:
            if self.on_update is not None:
                self.on_update(sync_payload(frame))
        elif frame[1] == STEP2:
            self.document = sync_payload(frame)
            self._synced.set()
        elif self._socket is not None:
            self._answers += 1
            self._socket.send(sync_frame(STEP2, EMPTY_UPDATE))


async def open_notebook(contender: Contender, server: Server, path: str) -> Seat:
    """All that stands between a click and a document in the browser, less the browser's work."""
    seat = Seat()
    await seat.join(await contender.room(server, path), ask=contender.has_document)
    return seat


@asynccontextmanager
async def seats(
    contender: Contender, server: Server, paths: Iterable[str]
) -> AsyncIterator[list[Seat]]:
    """One client for each path (which may repeat), one after another; they leave at the end."""
    joined: list[Seat] = []
    try:
        for path in paths:
            seat = await open_notebook(contender, server, path)
            joined.append(seat)
        yield joined
    finally:
        for seat in joined:
            await seat.leave()


class Watch:
    """When each keystroke of each typist left, and how long it took to every reader."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        """Seconds, one for each pair of keystroke and reader."""
        self.acked: list[float] = []
        """Seconds until the server told who typed that it is durable; a server may never."""
        self._sent: dict[int, list[float]] = {}
        self._wanted = 0
        self._enough = asyncio.Event()

    def typist(self, client: int) -> None:
        """Keystrokes of this Yjs client count, from its first one on."""
        self._sent[client] = []

    def sent(self, client: int) -> None:
        """The next keystroke of the client leaves now."""
        self._sent[client].append(monotonic())

    async def until(self, count: int, seconds: float) -> None:
        """Wait until so many keystrokes have arrived, but not longer than this."""
        self._wanted = count
        self._enough.clear()
        if len(self.delays) < count:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._enough.wait(), seconds)

    def writer(self, client: int) -> Callable[[int], None]:
        """An ``on_ack`` for the seat of a typist."""
        upto = 0

        def acked(count: int) -> None:
            nonlocal upto
            now = monotonic()
            self.acked.extend(now - at for at in self._sent[client][upto:count])
            upto = max(upto, count)

        return acked

    def reader(self) -> Callable[[bytes], None]:
        """An ``on_update`` for one seat."""
        upto: dict[int, int] = {}

        def arrived(update: bytes) -> None:
            now = monotonic()
            for client, end in marks(update):
                sent = self._sent.get(client)
                seen = upto.get(client, 0)
                if sent is not None and end > seen:
                    upto[client] = end
                    self.delays.extend(now - at for at in sent[seen:end])
            if len(self.delays) >= self._wanted:
                self._enough.set()

        return arrived
