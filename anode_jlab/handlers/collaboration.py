"""The front door of jupyter-collaboration: its clients find their session and room here.

They are in one room with our own clients, under the same rights and with the same durability.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

import msgspec
from jupyter_server.auth.decorator import ws_authenticated

from anode_jlab.documents import courtesy
from anode_jlab.errors import AnodeError, BadRequest, NotebookNotFound, OtherLineage
from anode_jlab.events.actor import SERVER
from anode_jlab.events.document import COURTESY, Kind
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.connection import Rest, RoomConnection
from anode_jlab.handlers.file_ids import FileIds
from anode_jlab.ids import NotebookId
from anode_jlab.rooms import pace, state_map
from anode_jlab.rooms.collaboration import (
    KEEP_ALIVE_SECONDS,
    NOBODY,
    CollaborationOutbox,
    FrameKind,
    RoomName,
    SaveStatus,
    encode_save_status,
    ending,
    kind_of,
    kind_of_room,
    session_of,
)
from anode_jlab.rooms.peer import Outbox, Peer
from anode_jlab.rooms.room import Room


class SessionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which face of the file is wanted; other fields are theirs and mean nothing to us."""

    format: str
    type: str


class Session(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Names the room, and the lineage that a client of it holds."""

    format: str
    type: str
    file_id: str
    session_id: str


class SessionHandler(AnodeHandler):
    """``api/collaboration/session/{path}``: from a path to a room."""

    @requires("read", "contents")
    async def put(self, path: str) -> None:
        wanted = self._wanted()
        kind = self._kind(wanted)
        is_known = await self.services.opener.is_known(path, kind)
        room = await self.services.arrivals.room_at(path, kind)
        session = Session(
            format=wanted.format,
            type=wanted.type,
            file_id=room.notebook_id,
            session_id=session_of(room.lineage),
        )
        self.reply(session, status=200 if is_known else 201)

    def _wanted(self) -> SessionRequest:
        try:
            wanted = msgspec.json.decode(self.request.body, type=SessionRequest)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BadRequest(f"The body is not understood: {error}") from error
        return wanted

    def _kind(self, wanted: SessionRequest) -> Kind:
        try:
            return kind_of_room(wanted.format, wanted.type)
        except NotebookNotFound as error:
            raise BadRequest(error.message) from error


class CollaborationSocket(RoomConnection):
    """``api/collaboration/room/{format}:{type}:{fileId}``"""

    _name: RoomName
    _session = ""
    _saving: asyncio.Task[None] | None = None

    @ws_authenticated
    async def get(self, room: str) -> None:
        await self.admit()
        self._name = RoomName.parse(room)
        async with self.connection():
            await super().get(room=room)

    async def find(self) -> NotebookId:
        return await FileIds(self.services, self.settings).find(self._name.file, self._name.kind)

    async def prepare_room(self, room: Room) -> None:
        self._session = session_of(room.lineage)
        if self.get_query_argument("sessionId", "") != self._session:
            raise OtherLineage
        if room.read_only:
            return
        if self._role.may_write and room.kind.name is Kind.NOTEBOOK:
            await room.edit(SERVER, COURTESY, courtesy.offer)
        await state_map.tell_file(room, str(self._name), self._name.file, room.state.file_hash)

    def outbox(self) -> Outbox:
        return CollaborationOutbox(self._queue)

    def ending(self, error: BaseException) -> tuple[int, str]:
        return ending(error, self._session)

    def watches(self) -> Sequence[Coroutine[object, object, None]]:
        return (*super().watches(), self._keep_alive())

    def take(self, room: Room, peer: Peer, frame: bytes) -> Rest | None:
        kind, number = kind_of(frame)
        if kind is FrameKind.ORDINARY:
            return room.take(peer, frame)
        pace.spend(peer, len(frame), 0.0, self.services.clock.monotonic())
        if kind is FrameKind.SAVE:
            self._save(room, peer, number)
        return None

    def _save(self, room: Room, peer: Peer, number: int) -> None:
        if not peer.role.may_write:
            self._answer(number, "failed")
        elif self._saving is not None and not self._saving.done():
            self._answer(number, "skipped")
        else:
            self._saving = self._tasks.create_task(self._write_file(room, number))

    async def _write_file(self, room: Room, number: int) -> None:
        try:
            await room.flush()
            await room.exporter.export_now()
        except AnodeError as error:
            self.log.info("A client's save of %s failed: %s", room.path, error.message)
            self._answer(number, "failed")
        else:
            self._answer(number, "success")

    def _answer(self, number: int, status: Any) -> None:
        self._queue.send(encode_save_status(SaveStatus(response_to=number, status=status)))

    async def _keep_alive(self) -> None:
        while True:
            await self.services.clock.sleep(KEEP_ALIVE_SECONDS)
            self._queue.send(NOBODY)
