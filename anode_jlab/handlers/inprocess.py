"""What other server extensions find at ``settings["jupyter_server_ydoc"]``, as with
jupyter-collaboration: documents by path or by the name of their room."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

from anode_jlab.documents.shared import SharedDocument
from anode_jlab.documents.ydoc import Face, copy_of, face_of
from anode_jlab.errors import NotebookNotFound
from anode_jlab.handlers.file_ids import FileIds
from anode_jlab.ids import NotebookId
from anode_jlab.rooms.collaboration import RoomName, kind_of_room
from anode_jlab.rooms.local_copy import LocalCopy
from anode_jlab.services import Services

SETTING: Final = "jupyter_server_ydoc"

NEEDED: Final = "Give either room_id, or path, content_type and file_format."


class RoomNotFound(LookupError):
    """No such room is open."""


@dataclass(frozen=True, slots=True)
class LiveRoom:
    """A room as these programs look at one."""

    room_id: str
    ydoc: object
    _document: Face


class LiveRooms:
    """The rooms that are open, by their names; called ``ywebsocket_server`` there."""

    def __init__(self, documents: InProcessDocuments, ids: FileIds) -> None:
        self._documents = documents
        self._ids = ids

    def room_exists(self, name: str) -> bool:
        """Whether a room is open."""
        try:
            return self._is_open(RoomName.parse(name))
        except NotebookNotFound:
            return False

    def _is_open(self, name: RoomName) -> bool:
        return self._ids.open_room(name.file, name.kind) is not None

    async def get_room(self, name: str) -> LiveRoom:
        """A room with a live copy of its document. Raises RoomNotFound."""
        document = await self._documents.get_document(room_id=name, copy=False)
        if document is None:
            raise RoomNotFound(name)
        return LiveRoom(name, document.ydoc, document)


class InProcessDocuments:
    """The part of jupyter-collaboration's ``YDocExtension`` that others call."""

    disable_rtc = False

    def __init__(self, services: Services, settings: Mapping[str, Any]) -> None:
        self._services = services
        self._ids = FileIds(services, settings)
        self._copies: set[asyncio.Task[None]] = set()
        self.ywebsocket_server = LiveRooms(self, self._ids)

    def install(self, settings: MutableMapping[str, Any]) -> None:
        """Stand where jupyter-collaboration would."""
        settings[SETTING] = self

    async def get_document(
        self,
        *,
        path: str | None = None,
        content_type: str | None = None,
        file_format: str | None = None,
        room_id: str | None = None,
        copy: bool = True,
        create: bool = False,
    ) -> Face | None:
        """A document as jupyter_ydoc shows it; None when it is not open and not to be opened.

        With ``copy`` it stands for itself. Without, it is live: it follows the room, and changes
        of it become everybody's. Raises ValueError for arguments that name nothing or too much.
        """
        name = await self._name(path, content_type, file_format, room_id)
        notebook = await self._find(name)
        if notebook is None or (not create and self._services.rooms.get(notebook) is None):
            return None
        if copy:
            room = await self._services.rooms.open(notebook)
            return copy_of(await room.shown(SharedDocument.encode), name.type)
        return await self._live(notebook, name.type)

    async def close(self) -> None:
        """Live copies are live no more."""
        for task in tuple(self._copies):
            task.cancel()
        if self._copies:
            await asyncio.wait(self._copies)

    async def _live(self, notebook: NotebookId, kind: str) -> Face:
        live, doc = LocalCopy.of(self._services.rooms, notebook)
        task = asyncio.create_task(live.run(), name=f"copy of {notebook}")
        self._copies.add(task)
        task.add_done_callback(self._copies.discard)
        synced = asyncio.create_task(live.synced.wait())
        await asyncio.wait([task, synced], return_when=asyncio.FIRST_COMPLETED)
        if not synced.done():
            synced.cancel()
            raise RoomNotFound(notebook)
        return face_of(doc, kind)

    async def _name(
        self, path: str | None, content_type: str | None, file_format: str | None, name: str | None
    ) -> RoomName:
        if name is not None:
            if any(value is not None for value in (path, content_type, file_format)):
                raise ValueError(NEEDED)
            return RoomName.parse(name)
        if path is None or content_type is None or file_format is None:
            raise ValueError(NEEDED)
        kind = kind_of_room(file_format, content_type)
        file = await self._services.opener.identify(path, kind)
        return RoomName(file_format, content_type, file)

    async def _find(self, name: RoomName) -> NotebookId | None:
        try:
            return await self._ids.find(name.file, name.kind)
        except NotebookNotFound:
            return None
