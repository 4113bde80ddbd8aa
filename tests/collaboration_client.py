"""A client of jupyter-collaboration's routes, written after its contract and not after our code.

async with CollaborationClient(address, "a.ipynb") as client:
    client.cells[0]["source"] += "1"
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from functools import partial
from typing import Any, Self
from urllib.parse import quote, urlencode

from pycrdt import Array, Doc, Map, Text
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

from tests.frames import (
    AWARENESS,
    STEP1,
    STEP2,
    SYNC,
    UPDATE,
    awareness_frame,
    read_varuint,
    sync_frame,
    varuint,
)
from tests.native_client import SocketClosedError, forget_failure
from tests.server_address import ServerAddress

RAW = 2
PATIENCE_SECONDS = 60.0
GLOBAL_AWARENESS = "JupyterLab:globalAwareness"


class CollaborationClient:
    """One document on one connection to the room of a file, or to the global awareness."""

    def __init__(
        self, address: ServerAddress, path: str, *, room: str = "", kind: str = "json:notebook"
    ) -> None:
        self.address = address
        self.path = path
        self.kind = kind
        self.room = room
        self.session: dict[str, str] = {}
        self.doc: Doc[Any] = Doc()
        self.cells: Array[Any] = self.doc.get("cells", type=Array)
        self.meta: Map[Any] = self.doc.get("meta", type=Map)
        self.state: Map[Any] = self.doc.get("state", type=Map)
        self._own = self.doc.observe(self._on_transaction)
        self.kinds: list[int] = []
        """Types of all frames received, in order; SYNC as (0, subtype)."""
        self.first = b""
        self.awareness: dict[int, dict[str, Any]] = {}
        self.answers: list[dict[str, Any]] = []
        self._socket: WebSocketClientConnection | None = None
        self._connection = 0
        self._changed = asyncio.Event()
        self._applying = False
        self._clock = 0
        self.synced = False
        self.end: SocketClosedError | None = None

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    async def open_session(self, status: int = 200) -> dict[str, str]:
        """PUT session; the status must be ``status`` (201 is as good as 200)."""
        form, kind = self.kind.split(":")
        response = await self.address.fetch(
            "PUT",
            f"api/collaboration/session/{quote(self.path)}",
            {"format": form, "type": kind},
        )
        if response.code != status and not (status == 200 and response.code == 201):
            raise AssertionError(f"{response.code} instead of {status}: {response.body[:500]!r}")
        answer: dict[str, str] = json.loads(response.body)
        return answer

    async def connect(self, *, wait: bool = True, session_id: str | None = None) -> None:
        """Open a socket; with ``wait`` return when both sides have all of each other."""
        query: dict[str, str] = {}
        if self.room != GLOBAL_AWARENESS:
            self.session = await self.open_session()
            self.room = ":".join(self.session[key] for key in ("format", "type", "fileId"))
            query["sessionId"] = self.session["sessionId"] if session_id is None else session_id
        url = self.address.socket_url(f"api/collaboration/room/{quote(self.room, safe=':')}")
        request = HTTPRequest(f"{url}?{urlencode(query)}", headers=self.address.headers)
        self.end, self.synced = None, False
        self._connection += 1
        listener = partial(self._on_message, self._connection)
        self._socket = await websocket_connect(request, on_message_callback=listener)
        if self.room == GLOBAL_AWARENESS:
            return
        self.send(sync_frame(STEP1, self.doc.get_state()))
        if wait:
            await self.until(lambda: self.synced)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def closed(self) -> SocketClosedError:
        """Wait until the server has closed the socket; how it did."""
        await self._wait(lambda: self.end is not None)
        assert self.end is not None
        return self.end

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until ``true()``; raises SocketClosedError when the server closes before."""
        await self._wait(lambda: true() or self.end is not None)
        if not true():
            assert self.end is not None
            raise self.end

    async def save(self, number: int) -> str:
        """Ask for the file to be written; the status that the server answers."""
        self.send(bytes((RAW,)) + varuint(4) + b"save" + varuint(number))
        await self.until(lambda: any(a["responseTo"] == number for a in self.answers))
        [answer] = [a for a in self.answers if a["responseTo"] == number]
        assert set(answer) == {"type", "responseTo", "status"}
        assert answer["type"] == "save"
        return str(answer["status"])

    def send(self, frame: bytes) -> None:
        if self._socket is not None and self.end is None:
            with contextlib.suppress(WebSocketClosedError):
                self._socket.write_message(frame, binary=True).add_done_callback(forget_failure)

    def tell(self, state: dict[str, Any] | None) -> None:
        """Say something about oneself."""
        self._clock += 1
        self.send(awareness_frame([(self.doc.client_id, self._clock, state)]))

    def text(self, cell: int) -> Text:
        found: Text = self.cells[cell]["source"]
        return found

    @property
    def sources(self) -> list[str]:
        return [str(cell["source"]) for cell in self.cells]

    async def _wait(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    def _on_transaction(self, event: Any) -> None:
        if not self._applying:
            self.send(sync_frame(UPDATE, event.update))

    def _on_message(self, connection: int, message: str | bytes | None) -> None:
        """``connection`` tells a socket's end that comes late from that of the next one."""
        if message is None:
            if self._socket is not None and connection == self._connection:
                self.end = SocketClosedError(self._socket.close_code, self._socket.close_reason)
        elif isinstance(message, bytes):
            self.first = self.first or message
            self.kinds.append(message[0])
            self._receive(message)
        self._changed.set()

    def _receive(self, frame: bytes) -> None:
        if frame[0] == SYNC:
            self._receive_sync(frame)
        elif frame[0] == AWARENESS:
            self._receive_awareness(frame)
        elif frame[0] == RAW:
            size, at = read_varuint(frame, 1)
            assert len(frame) == at + size
            self.answers.append(json.loads(frame[at:].decode("ascii")))

    def _receive_sync(self, frame: bytes) -> None:
        size, at = read_varuint(frame, 2)
        payload = frame[at : at + size]
        if frame[1] == STEP1:
            self.send(sync_frame(STEP2, self.doc.get_update(payload)))
            return
        self._applying = True
        try:
            self.doc.apply_update(payload)
        finally:
            self._applying = False
        self.synced = self.synced or frame[1] == STEP2

    def _receive_awareness(self, frame: bytes) -> None:
        _, at = read_varuint(frame, 1)
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
