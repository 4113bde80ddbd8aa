"""The socket where clients of jupyter-collaboration tell each other who is on the server."""

from __future__ import annotations

import asyncio

from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.websocket import WebSocketMixin
from tornado.web import HTTPError
from tornado.websocket import WebSocketHandler

from anode_jlab.errors import AnodeError, BadFrame
from anode_jlab.handlers.access import identity_of
from anode_jlab.handlers.base import Door
from anode_jlab.handlers.connection import PING_SECONDS
from anode_jlab.handlers.send_queue import SendQueue
from anode_jlab.handlers.tornado_transport import TornadoTransport
from anode_jlab.rooms.collaboration import KEEP_ALIVE_SECONDS, NOBODY, ending
from anode_jlab.rooms.lobby import LARGEST_FRAME_BYTES
from anode_jlab.rooms.peer import Peer


class LobbySocket(WebSocketMixin, WebSocketHandler, Door):
    """``api/collaboration/room/JupyterLab:globalAwareness``: awareness only, no session."""

    ping_interval = PING_SECONDS
    ping_timeout = PING_SECONDS
    max_message_size = 2 * LARGEST_FRAME_BYTES

    _queue: SendQueue
    _peer: Peer | None = None

    @ws_authenticated
    async def get(self) -> None:
        if not self.check_origin():
            raise HTTPError(403, "This origin may not connect.")
        await self.role()
        async with (
            SendQueue(
                TornadoTransport(self),
                limit_bytes=self.services.config.send_queue_bytes,
                overflowed=lambda _: self._queue.close(*ending(BadFrame("Too slow."), "")),
                drained=lambda: None,
            ) as self._queue,
            asyncio.TaskGroup() as tasks,
        ):
            beat = tasks.create_task(self._keep_alive())
            try:
                await super().get()
            finally:
                beat.cancel()
                self._leave()

    async def open(self) -> None:
        super(WebSocketMixin, self).open()
        user = identity_of(self, self.person)
        self._peer = self.services.lobby.connect(self.actor, user, self._queue)
        self._queue.bound()

    def on_message(self, message: str | bytes) -> None:
        if self._peer is None:
            return
        try:
            if isinstance(message, str):
                raise BadFrame("Frames are binary.")
            self.services.lobby.receive(self._peer, message)
        except AnodeError as error:
            self._leave()
            self._queue.close(*ending(error, ""))

    def on_close(self) -> None:
        self._leave()
        super().on_close()

    def _leave(self) -> None:
        if self._peer is not None:
            self.services.lobby.disconnect(self._peer)
            self._peer = None

    async def _keep_alive(self) -> None:
        while True:
            await self.services.clock.sleep(KEEP_ALIVE_SECONDS)
            self._queue.send(NOBODY)
