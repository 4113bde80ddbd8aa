"""From a path to the live notebook at it, as it is in its file at this moment."""

from __future__ import annotations

import logging

from anode_jlab.errors import AnodeError, NotebookNotFound, RoomClosed
from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.events.document import Kind
from anode_jlab.rooms.opening import Opener
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.rooms import Rooms

logger = logging.getLogger(__name__)


class Arrivals:
    """Finds the room for somebody who comes with a path."""

    def __init__(self, *, opener: Opener, catalogue: Catalogue, rooms: Rooms) -> None:
        self._opener = opener
        self._catalogue = catalogue
        self._rooms = rooms

    async def room_at(self, path: str, kind: Kind = Kind.NOTEBOOK) -> Room:
        """The notebook's room. It may have lived on without anybody while the file was changed or
        renamed; and people may still be in one whose file was deleted.

        Raises what ``Opener.identify`` and ``Rooms.open`` raise.
        """
        try:
            notebook = await self._opener.identify(path, kind)
        except NotebookNotFound:
            room = self._rooms.inhabited_at(await self._opener.one_path(path), kind)
            if room is None:
                raise
            return room
        was_open = self._rooms.get(notebook) is not None
        room = await self._rooms.open(notebook)
        if was_open:
            await self._catch_up(room)
        return room

    async def take_over(self, path: str, kind: Kind = Kind.NOTEBOOK) -> Room:
        """As ``room_at``, also while another server of the same person has the notebook.

        Raises HeldByAnother when it is another person's.
        """
        notebook = await self._opener.identify(path, kind)
        if self._rooms.get(notebook) is None:
            await self._opener.take_over(notebook)
        return await self.room_at(path, kind)

    async def _catch_up(self, room: Room) -> None:
        entry = await self._catalogue.get(room.notebook_id)
        try:
            if entry is not None and entry.path:
                await room.moved(entry.path)
            await room.exporter.look_at_file()
        except RoomClosed:
            raise
        except AnodeError as error:
            logger.info("The file of notebook %s was not looked at: %r", room.notebook_id, error)
