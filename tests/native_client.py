"""A client of the native socket as a browser would be one: for tests and benchmarks.

It keeps a real ``pycrdt`` document, counts its frames as ACK does, keeps what is not acknowledged
and exchanges state vectors on every (re)connect. Offsets are those of pycrdt (UTF-8 bytes).

    async with NativeClient(address, notebook_id) as client:
        client.insert(cell_id, 0, "x = 1")
        await client.acked()
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import urlencode

from pycrdt import Array, Doc, Map, Text
from tornado.httpclient import HTTPRequest
from tornado.websocket import (
    WebSocketClientConnection,
    WebSocketClosedError,
    websocket_connect,
)

from tests.frames import (
    PING,
    STEP1,
    STEP2,
    UPDATE,
    awareness_frame,
    new_cell,
    read_varuint,
    sync_frame,
)
from tests.server_address import ServerAddress

KEEP_ALIVE_SECONDS = 15.0
"""PROTOCOL: whoever sent nothing for 15 s sends a PING."""

MAX_FRAME_BYTES = 128 << 20
"""More than the server ever sends in one frame."""


class SocketClosedError(Exception):
    """The server closed the socket: ``code`` and ``reason`` as it gave them."""

    def __init__(self, code: int | None, reason: str | None) -> None:
        super().__init__(f"socket closed: {code} {reason or ''}")
        self.code = code
        self.reason = reason


class NativeClient:
    """One connection (or several in a row) of one document to a notebook's room."""

    def __init__(
        self,
        address: ServerAddress,
        notebook_id: str,
        *,
        after: int | None = None,
        names: tuple[str, ...] = (),
        autosave: bool | None = None,
        headers: dict[str, str] | None = None,
        patience: float = 60.0,
    ) -> None:
        self.address = address
        self.patience = patience
        """Seconds that any wait may take before it fails with TimeoutError."""
        self.notebook_id = notebook_id
        self._query: dict[str, str] = {}
        if after is not None:
            self._query["after"] = str(after)
        if names:
            self._query["names"] = ",".join(names)
        if autosave is not None:
            self._query["autosave"] = "1" if autosave else "0"
        self._headers = headers
        self.doc: Doc[Any] = Doc()
        self._cells: Array[Any] = self.doc.get("cells", type=Array)
        self._meta: Map[Any] = self.doc.get("meta", type=Map)
        self._own = self.doc.observe(self._on_transaction)
        self.hello: dict[str, Any] = {}
        self.denied: dict[str, Any] | None = None
        self.events: list[dict[str, Any]] = []
        self.streams: list[dict[str, Any]] = []
        self.notice: dict[str, Any] = {}
        self.state: dict[str, Any] | None = None
        self.awareness: dict[int, dict[str, Any]] = {}
        self.acked_seq = 0
        self.frames_acked = 0
        self.frames_sent = 0
        self.updates_received = 0
        self.answers: list[int] = []
        """Types of all frames received on the present connection, in order."""
        self.on_applied: Callable[[bytes], None] | None = None
        """Called with each update of others after it was applied: for stop watches."""
        self.on_ack: Callable[[int, int], None] | None = None
        """Called with (ordinal of the frame, seq) for each ACK."""
        self._socket: WebSocketClientConnection | None = None
        self._changed = asyncio.Event()
        self._applying = False
        self._synced = False
        self._awareness_clock = 0
        self._keep_alive: asyncio.Task[None] | None = None
        self._end: SocketClosedError | None = None

    # --- the connection -----------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def connect(self, *, wait: bool = True, frozen: bool = False) -> None:
        """Open a socket; with ``wait`` return only when both sides have all of each other.

        A ``frozen`` client takes nothing from its socket until ``thaw``.
        """
        query = dict(self._query)
        if self.hello:
            query["lineage"] = self.hello["lineage"]
        url = self.address.socket_url(f"anode/api/notebooks/{self.notebook_id}/room")
        headers = self.address.headers if self._headers is None else self._headers
        request = HTTPRequest(f"{url}?{urlencode(query)}", headers=headers, connect_timeout=30)
        self.frames_sent = self.frames_acked = 0
        self._synced = False
        self._end = None
        self.answers = []
        self._socket = await websocket_connect(
            request,
            on_message_callback=None if frozen else self._on_message,
            max_message_size=MAX_FRAME_BYTES,
        )
        self._keep_alive = asyncio.create_task(self._ping())
        self.send_raw(sync_frame(STEP1, self.doc.get_state()))
        if wait and not frozen:
            await self.until(lambda: self._synced)
            await self.acked()

    async def thaw(self, until: Callable[[], bool]) -> None:
        """Take frames from a frozen socket, one at a time, until ``until()``."""
        async with asyncio.timeout(self.patience):
            while not until() and self._socket is not None and self._end is None:
                self._on_message(await self._socket.read_message())

    async def reconnect(self) -> None:
        """Come back with the same document, as a tab does after an interruption."""
        await self.drop()
        await self.connect()

    async def drop(self) -> None:
        """Lose the connection without a word; the document and what is unacknowledged stay."""
        if self._keep_alive is not None:
            self._keep_alive.cancel()
            await asyncio.gather(self._keep_alive, return_exceptions=True)
            self._keep_alive = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def close(self) -> None:
        await self.drop()

    @property
    def connected(self) -> bool:
        return self._socket is not None and self._end is None

    async def closed(self) -> SocketClosedError:
        """Wait until the server has closed the socket; how it did."""
        await self._wait(lambda: self._end is not None)
        assert self._end is not None
        return self._end

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until ``true()``; raises SocketClosedError when the server closes before."""
        await self._wait(lambda: true() or self._end is not None)
        if not true():
            assert self._end is not None
            raise self._end

    async def acked(self) -> int:
        """Wait until every frame sent so far is durable; the seq the server told."""
        target = self.frames_sent
        await self.until(lambda: self.frames_acked >= target)
        return self.acked_seq

    async def _wait(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(self.patience):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(KEEP_ALIVE_SECONDS)
            self.send_raw(bytes((PING,)))

    @property
    def conditions(self) -> list[dict[str, Any]]:
        """What the server says is wrong with the notebook at the moment."""
        found: list[dict[str, Any]] = self.notice.get("conditions", [])
        return found

    # --- frames -------------------------------------------------------------------------------

    def send_raw(self, frame: bytes) -> None:
        """Send one frame as it is (it is not counted: for frames that are no step2 or update)."""
        if self._socket is not None and self._end is None:
            with contextlib.suppress(WebSocketClosedError):
                # Awaiting the write would only wait for the kernel's buffer.
                self._socket.write_message(frame, binary=True).add_done_callback(forget_failure)

    def send_counted(self, kind: int, update: bytes) -> None:
        """Send a step2 or update frame, which ACK will count."""
        if self.connected:
            self.frames_sent += 1
            self.send_raw(sync_frame(kind, update))

    def set_awareness(self, state: dict[str, Any] | None, client: int | None = None) -> None:
        self._awareness_clock += 1
        entry = (client or self.doc.client_id, self._awareness_clock, state)
        self.send_raw(awareness_frame([entry]))

    def _on_transaction(self, event: Any) -> None:
        if not self._applying:
            self.send_counted(UPDATE, event.update)

    def _on_message(self, message: str | bytes | None) -> None:
        if message is None:
            if self._socket is not None:
                self._end = SocketClosedError(self._socket.close_code, self._socket.close_reason)
        elif isinstance(message, bytes):
            self._receive(message)
        self._changed.set()

    def _receive(self, frame: bytes) -> None:
        kind, at = read_varuint(frame, 0)
        self.answers.append(kind)
        match kind:
            case 0:
                self._receive_sync(frame, at)
            case 1:
                self._receive_awareness(frame, at)
            case 16:
                self.hello = json.loads(frame[at:])
            case 17:
                self.frames_acked, at = read_varuint(frame, at)
                self.acked_seq, at = read_varuint(frame, at)
                if self.on_ack is not None:
                    self.on_ack(self.frames_acked, self.acked_seq)
            case 18:
                self.events.extend(json.loads(frame[at:]))
            case 19:
                self.state = json.loads(frame[at:])
            case 20:
                self.denied = json.loads(frame[at:])
            case 22:
                self.streams.append(json.loads(frame[at:]))
            case 23:
                self.notice = json.loads(frame[at:])

    def _receive_sync(self, frame: bytes, at: int) -> None:
        kind, at = read_varuint(frame, at)
        size, at = read_varuint(frame, at)
        payload = frame[at : at + size]
        if kind == STEP1:
            self.send_counted(STEP2, self.doc.get_update(payload))
            return
        self._applying = True
        try:
            self.doc.apply_update(payload)
        finally:
            self._applying = False
        if kind == STEP2:
            self._synced = True
        self.updates_received += 1
        if self.on_applied is not None:
            self.on_applied(payload)

    def _receive_awareness(self, frame: bytes, at: int) -> None:
        _, at = read_varuint(frame, at)
        count, at = read_varuint(frame, at)
        for _ in range(count):
            client, at = read_varuint(frame, at)
            _, at = read_varuint(frame, at)
            size, at = read_varuint(frame, at)
            state = json.loads(frame[at : at + size])
            at += size
            if state is None:
                self.awareness.pop(client, None)
            else:
                self.awareness[client] = state

    # --- the notebook -------------------------------------------------------------------------

    @property
    def cell_ids(self) -> list[str]:
        return [str(cell["id"]) for cell in self._cells]

    def source(self, cell: int | str) -> str:
        return str(self._cell(cell)["source"])

    @property
    def sources(self) -> list[str]:
        return [str(cell["source"]) for cell in self._cells]

    def text(self, cell: int | str) -> Text:
        """The live text of a cell; keep it when typing much (an id costs a search)."""
        found: Text = self._cell(cell)["source"]
        return found

    def insert(self, cell: int | str, at: int, text: str) -> None:
        """Type ``text`` at byte ``at``: one transaction, one update frame."""
        self.text(cell).insert(at, text)

    def append(self, cell: int | str, text: str) -> None:
        source = self.text(cell)
        source.insert(len(source), text)

    def delete(self, cell: int | str, at: int, length: int) -> None:
        with self.doc.transaction():
            del self.text(cell)[at : at + length]

    def add_cell(self, index: int, cell_id: str, source: str = "", kind: str = "code") -> None:
        with self.doc.transaction():
            self._cells.insert(index, new_cell(cell_id, source, kind))

    def delete_cell(self, cell: int | str) -> None:
        with self.doc.transaction():
            del self._cells[self._index(cell)]

    def move_cell(self, cell: int | str, to: int) -> None:
        """Move as JupyterLab does: delete, and insert a clone with the same id."""
        at = self._index(cell)
        old = self._cell(cell)
        clone = new_cell(str(old["id"]), str(old["source"]), str(old["cell_type"]))
        with self.doc.transaction():
            del self._cells[at]
            self._cells.insert(to, clone)

    def set_metadata(self, cell: int | str, key: str, value: Any) -> None:
        self._cell(cell)["metadata"][key] = value

    def _index(self, cell: int | str) -> int:
        return cell if isinstance(cell, int) else self.cell_ids.index(cell)

    def _cell(self, cell: int | str) -> Map[Any]:
        found: Map[Any] = self._cells[self._index(cell)]
        return found


def forget_failure(write: asyncio.Future[None]) -> None:
    """A write that fails ends in ``on_message(None)``; there is nothing more to do here."""
    if not write.cancelled():
        write.exception()
