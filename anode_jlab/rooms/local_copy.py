"""A live copy of a room's document inside this process, for other server extensions.

What is written into it goes the way of everybody's changes: guard, log, broadcast.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from typing import Any, Self

from pycrdt import Doc

from anode_jlab.documents.native import NativeTransactionEvent, observe_updates
from anode_jlab.errors import AnodeError
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.ids import NotebookId
from anode_jlab.rooms import protocol
from anode_jlab.rooms.frames import Step1, Step2, Update
from anode_jlab.rooms.peer import Peer
from anode_jlab.rooms.protocol import CloseCode
from anode_jlab.rooms.roles import Role
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.rooms import Rooms

logger = logging.getLogger(__name__)

EXTENSION = Actor(kind=ActorKind.API, id="extension", name="Server extension")
"""Who writes into a copy: code of the server's own process, nobody in particular."""

SIGN_OF_LIFE_SECONDS = 15.0
"""A room ends connections that it hears nothing from."""


class LocalCopy:
    """Keeps one Doc and its room the same for as long as somebody holds the Doc.

    ``run`` is its task. When the room closes (a restart, a discard) it is opened again. The Doc is
    to be used on the event loop's thread, or under the caller's own lock.
    """

    @classmethod
    def of(cls, rooms: Rooms, notebook: NotebookId) -> tuple[Self, Doc[Any]]:
        """A copy and its Doc, which the caller has to hold."""
        doc: Doc[Any] = Doc()
        return cls(rooms, notebook, doc), doc

    def __init__(self, rooms: Rooms, notebook: NotebookId, doc: Doc[Any]) -> None:
        self.synced = asyncio.Event()
        """The Doc has everything."""
        self._rooms = rooms
        self._notebook = notebook
        self._doc = weakref.ref(doc)
        self._loop = asyncio.get_running_loop()
        self._frames: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._applying = False
        self._end: int | None = None
        # Past pycrdt's own `observe`, whose subscription would hold the Doc for ever.
        self._subscription = observe_updates(doc, self._on_transaction)
        weakref.finalize(doc, self._gone)

    async def run(self) -> None:
        """Serve until nobody holds the Doc any more. Never raises for what happens in a room."""
        while self._doc() is not None:
            try:
                room = await self._rooms.open(self._notebook)
                await self._serve(room)
            except AnodeError as error:
                logger.info("A copy of %s is not live any more: %s", self._notebook, error.message)
                break
            if self._end not in (None, CloseCode.RESTART, CloseCode.TOO_LARGE):
                logger.warning("A copy of %s was closed with %s.", self._notebook, self._end)
                break

    async def _serve(self, room: Room) -> None:
        self._frames, self._end = asyncio.Queue(), None
        peer = await room.connect(
            actor=EXTENSION, user={"name": EXTENSION.name}, role=Role.OWNER, outbox=self
        )
        try:
            doc = self._doc()
            if doc is None:
                return
            await room.receive(peer, protocol.encode(Step1(doc.get_state())))
            del doc
            await self._pass_on(room, peer)
        finally:
            room.disconnect(peer)

    async def _pass_on(self, room: Room, peer: Peer) -> None:
        while self._end is None:
            try:
                async with asyncio.timeout(SIGN_OF_LIFE_SECONDS):
                    frame = await self._frames.get()
            except TimeoutError:
                room.heard(peer)
                continue
            if frame is None:
                return
            await room.receive(peer, frame)

    # --- the room's side -------------------------------------------------------------------------

    def send(self, frame: bytes) -> None:
        if frame[0] > 0:  # presence and our own frames mean nothing to a copy
            return
        message, doc = protocol.decode_client(frame), self._doc()
        if doc is None:
            return
        if isinstance(message, Step1):
            self._frames.put_nowait(protocol.encode(Step2(doc.get_update(message.vector))))
        elif isinstance(message, Step2 | Update):
            self._apply(doc, message.update)
            if isinstance(message, Step2):
                self.synced.set()

    def close(self, code: int, reason: str) -> None:
        self._end = code
        self._frames.put_nowait(None)

    def _apply(self, doc: Doc[Any], update: bytes) -> None:
        self._applying = True
        try:
            doc.apply_update(update)
        finally:
            self._applying = False

    # --- the holder's side -----------------------------------------------------------------------

    def _on_transaction(self, event: NativeTransactionEvent) -> None:
        if not self._applying:
            frame = protocol.encode_update(event.update)
            self._loop.call_soon_threadsafe(self._frames.put_nowait, frame)

    def _gone(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.close, CloseCode.GOING_AWAY, "")
