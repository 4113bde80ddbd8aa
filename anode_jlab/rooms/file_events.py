"""Follows what people do to files through the server: renames and deletions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anode_jlab.documents.contents import ContentsPort
from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.rooms.rooms import Rooms


class FileEvents:
    """Listener of the contents manager's events. What is done past it the watchers find out."""

    def __init__(self, catalogue: Catalogue, rooms: Rooms, contents: ContentsPort) -> None:
        self._catalogue = catalogue
        self._rooms = rooms
        self._contents = contents

    async def __call__(self, logger: object, schema_id: str, data: Mapping[str, Any]) -> None:
        """One event, in jupyter_server's schema ``contents_service/v1``."""
        match data["action"]:
            case "rename" if data["source_path"] != data["path"]:
                new = await self._place(data["path"])
                await self._deleted(new)
                await self._renamed(await self._place(data["source_path"]), new)
            case "delete":
                await self._deleted(await self._place(data["path"]))

    async def _place(self, path: str) -> str:
        """A link that is renamed or deleted leaves the file that it names where it is."""
        return await self._contents.one_path(path, follow=False)

    async def _renamed(self, old: str, new: str) -> None:
        for entry in await self._catalogue.rename(old, new):
            room = self._rooms.get(entry.notebook)
            if room is not None:
                await room.moved(entry.path)

    async def _deleted(self, path: str) -> None:
        """Who is in such a notebook goes on; without anybody its room closes."""
        for entry in await self._catalogue.vacate(path):
            room = self._rooms.get(entry.notebook)
            if room is None:
                continue
            await room.exporter.file_deleted()
            if not room.peers:
                room.closing.set()
