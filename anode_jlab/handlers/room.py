"""The native socket: from an HTTP upgrade to a peer of a room, and frames to and fro."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, ClassVar

import msgspec
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.websocket import WebSocketMixin
from tornado.web import HTTPError
from tornado.websocket import WebSocketHandler

from anode_jlab.errors import BadFrame, NotAllowed, RoomClosed
from anode_jlab.handlers.access import identity_of, role_of
from anode_jlab.handlers.base import Door
from anode_jlab.handlers.operation import Operation
from anode_jlab.handlers.send_queue import SendQueue
from anode_jlab.handlers.tornado_transport import TornadoTransport
from anode_jlab.ids import Lineage, NotebookId, Seq
from anode_jlab.rooms.peer import Peer, PeerOptions
from anode_jlab.rooms.protocol import CloseCode, close_code, close_reason
from anode_jlab.rooms.roles import Role
from anode_jlab.rooms.room import Room

FRAME_OVERHEAD_BYTES = 1024
"""What a frame may have around the largest update; more ends the connection while it is read."""


PING_SECONDS = 15.0
"""Browsers answer pings even in a tab whose timers are throttled, so ghosts are gone in 30 s."""


class RoomQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client asks for when it connects, see ``rooms.peer.PeerOptions``."""

    lineage: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")] | None = None
    after: Annotated[int, msgspec.Meta(ge=0)] | None = None
    names: str | None = None
    autosave: bool | None = None

    def options(self) -> PeerOptions:
        names = None if self.names is None else frozenset(self.names.split(","))
        return PeerOptions(
            lineage=None if self.lineage is None else Lineage(self.lineage),
            after=None if self.after is None else Seq(self.after),
            names=names,
            autosave=self.autosave,
        )


class RoomSocket(WebSocketMixin, WebSocketHandler, Door):
    """``anode/api/notebooks/{id}/room``

    Nothing is opened before identity, origin and rights were checked; then the room decides frame
    by frame by the role that the connection has at that moment.
    """

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="The room of a notebook, as a websocket (see the protocol's reference)",
            query=RoomQuery,
            status=101,
        )
    }

    _options: PeerOptions
    _role: Role
    _queue: SendQueue
    _room: Room | None = None
    _peer: Peer | None = None

    ping_interval = PING_SECONDS
    ping_timeout = PING_SECONDS

    @property
    def max_message_size(self) -> int:
        return self.services.config.max_step2_bytes + FRAME_OVERHEAD_BYTES

    @ws_authenticated
    async def get(self, notebook_id: str) -> None:
        if not self.check_origin():
            raise HTTPError(403, "This origin may not connect.")
        self._role = await self.role()
        self._options = self.query(RoomQuery).options()
        # The upgrade's coroutine lasts as long as the connection and owns what belongs to it.
        async with self._connection():
            await super().get(notebook_id)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[None]:
        async with (
            SendQueue(
                TornadoTransport(self),
                limit_bytes=self.services.config.send_queue_bytes,
                overflowed=self._overflowed,
                drained=self._drained,
            ) as self._queue,
            asyncio.TaskGroup() as tasks,
        ):
            watch = tasks.create_task(self._watch_role())
            try:
                yield
            finally:
                watch.cancel()
                self._leave()

    async def open(self, notebook_id: str) -> None:
        # Past the mixin's pings: it counts in milliseconds what tornado takes for seconds.
        super(WebSocketMixin, self).open(notebook_id)
        self.set_nodelay(True)
        try:
            try:
                await self._enter(NotebookId(notebook_id))
            except RoomClosed:
                # It went between the opening and the connect: the next one is a fresh one.
                await self._enter(NotebookId(notebook_id))
        except BaseException as error:
            self._fail(error)

    async def _enter(self, notebook: NotebookId) -> None:
        room = await self.services.rooms.open(notebook)
        self._peer = await room.connect(
            actor=self.actor,
            user=identity_of(self, self.person),
            role=self._role,
            outbox=self._queue,
            options=self._options,
        )
        self._room = room
        self._queue.bound()

    async def on_message(self, message: str | bytes) -> None:
        if self._room is None or self._peer is None:
            return
        try:
            if isinstance(message, str):
                raise BadFrame("Frames are binary.")
            await self._room.receive(self._peer, message)
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
        code = close_code(error)
        if code is CloseCode.RESTART:
            self.log.error("A connection of %s failed", self.request.path, exc_info=error)
        self._queue.close(code, close_reason(error))

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
