"""What all sockets to rooms share: from an HTTP upgrade to a peer of a room, and its end."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from jupyter_server.base.websocket import WebSocketMixin
from tornado.web import HTTPError
from tornado.websocket import WebSocketHandler

from anode_jlab.errors import BadFrame, NotAllowed, RoomClosed
from anode_jlab.handlers.access import identity_of, is_stable, role_of
from anode_jlab.handlers.base import Door
from anode_jlab.handlers.send_queue import SendQueue
from anode_jlab.handlers.tornado_transport import TornadoTransport
from anode_jlab.ids import NotebookId
from anode_jlab.rooms.peer import Outbox, Peer, PeerOptions
from anode_jlab.rooms.protocol import CloseCode, close_code, close_reason
from anode_jlab.rooms.roles import Role
from anode_jlab.rooms.room import Room

FRAME_OVERHEAD_BYTES = 1024
"""What a frame may have around the largest update; more ends the connection while it is read."""

PING_SECONDS = 15.0
"""Browsers answer pings even in a tab whose timers are throttled, so ghosts are gone in 30 s."""


AT_ONCE = 32
"""Frames of one connection after which the others get their turn, however fast more come in."""

Rest: TypeAlias = Coroutine[Any, Any, None]
"""What is left to do for a frame."""


class RoomConnection(WebSocketMixin, WebSocketHandler, Door):
    """One socket to one room.

    Nothing is opened before identity, origin and rights were checked; then the room decides frame
    by frame by the role that the connection has at that moment.
    """

    _role: Role
    _queue: SendQueue
    _tasks: asyncio.TaskGroup
    _room: Room | None = None
    _peer: Peer | None = None
    _at_once = 0
    """Frames that were dealt with within the call."""

    ping_interval = PING_SECONDS
    ping_timeout = PING_SECONDS

    @property
    def max_message_size(self) -> int:
        return self.services.config.max_step2_bytes + FRAME_OVERHEAD_BYTES

    # --- what kinds of sockets differ in ---------------------------------------------------------

    @abstractmethod
    async def find(self) -> NotebookId:
        """The notebook that the request is about."""

    def take(self, room: Room, peer: Peer, frame: bytes) -> Rest | None:
        """Deal with one frame; the rest of it where that takes longer, see ``Room.take``."""
        return room.take(peer, frame)

    async def prepare_room(self, room: Room) -> None:
        """Called before the connection enters the room."""

    def wishes(self) -> PeerOptions:
        """What the client asks for."""
        return PeerOptions()

    def outbox(self) -> Outbox:
        """The way out for what the room sends."""
        return self._queue

    def ending(self, error: BaseException) -> tuple[int, str]:
        """Close code and reason that tell the client about an error."""
        return close_code(error), close_reason(error)

    # --- from the request to the room ------------------------------------------------------------

    async def admit(self) -> None:
        """Raise unless this origin and this person may connect."""
        if not self.check_origin():
            raise HTTPError(403, "This origin may not connect.")
        self._role = await self.role()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[None]:
        """The upgrade's coroutine lasts as long as the connection and owns what belongs to it."""
        async with (
            SendQueue(
                TornadoTransport(self),
                limit_bytes=self.services.config.send_queue_bytes,
                overflowed=self._overflowed,
                drained=self._drained,
            ) as self._queue,
            asyncio.TaskGroup() as self._tasks,
        ):
            running = [self._tasks.create_task(work) for work in self.watches()]
            try:
                yield
            finally:
                for task in running:
                    task.cancel()
                self._leave()

    def watches(self) -> Sequence[Coroutine[object, object, None]]:
        """What runs beside the connection until it ends."""
        return (self._watch_role(),)

    async def open(self, **route: str) -> None:
        # Past the mixin's pings: it counts in milliseconds what tornado takes for seconds.
        super(WebSocketMixin, self).open(**route)
        self.set_nodelay(True)
        try:
            notebook = await self.find()
            try:
                await self._enter(notebook)
            except RoomClosed:
                # It went between the opening and the connect: the next one is a fresh one.
                await self._enter(notebook)
        except BaseException as error:
            self._fail(error)

    async def _enter(self, notebook: NotebookId) -> None:
        room = await self.services.rooms.open(notebook)
        await self.prepare_room(room)
        stable = is_stable(self)
        self.services.occupancy.check(room.peers, self.actor, stable=stable)
        self._peer = await room.connect(
            actor=self.actor,
            user=identity_of(self, self.person),
            role=self._role,
            outbox=self.outbox(),
            options=self.wishes(),
            stable=stable,
        )
        self._room = room
        self._queue.bound()

    def on_message(self, message: str | bytes) -> Rest | None:
        # Without a rest there is no task for the frame, and the next one is read at once.
        if self._room is None or self._peer is None:
            return None
        try:
            if isinstance(message, str):
                raise BadFrame("Frames are binary.")
            rest = self.take(self._room, self._peer, message)
        except BaseException as error:
            self._fail(error)
            return None
        if rest is not None:
            return self._finish(rest)
        self._at_once += 1
        return None if self._at_once % AT_ONCE else asyncio.sleep(0)

    async def _finish(self, rest: Rest) -> None:
        try:
            await rest
        except BaseException as error:
            self._fail(error)

    def on_pong(self, data: bytes) -> None:
        super().on_pong(data)  # type: ignore[no-untyped-call]
        if self._room is not None and self._peer is not None:
            self._room.heard(self._peer)

    def on_close(self) -> None:
        self._leave()
        super().on_close()

    def _leave(self) -> None:
        if self._room is not None and self._peer is not None:
            self._room.disconnect(self._peer)
            self._room = self._peer = None

    def _fail(self, error: BaseException) -> None:
        """The edge: an error ends this connection and nobody else's. Panics of the native CRDT
        code are no ``Exception``, so everything but cancellation and exit is caught."""
        if isinstance(error, asyncio.CancelledError | KeyboardInterrupt | SystemExit):
            raise error
        if close_code(error) is CloseCode.RESTART:
            self.log.error("A connection of %s failed", self.request.path, exc_info=error)
        self._queue.close(*self.ending(error))

    def _overflowed(self, dropped: Sequence[bytes]) -> None:
        if self._room is not None and self._peer is not None:
            self._room.lag(self._peer, dropped)

    def _drained(self) -> None:
        try:
            if self._room is not None and self._peer is not None:
                self._room.resync(self._peer)
        except BaseException as error:
            self._fail(error)

    async def _watch_role(self) -> None:
        while True:
            await self.services.clock.sleep(self.services.config.role_check_seconds)
            role = await role_of(self)
            if self._room is None or self._peer is None:
                continue
            if role is None:
                self._fail(NotAllowed())
            elif role is not self._peer.role:
                self._room.set_role(self._peer, role)
