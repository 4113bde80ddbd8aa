"""The ids by which clients of jupyter-collaboration name files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from anode_jlab.errors import NotebookNotFound
from anode_jlab.ids import NotebookId
from anode_jlab.rooms.room import Room
from anode_jlab.services import Services


class FileIds:
    """From the id in a room's name to the notebook: ours, or one of a file id service."""

    def __init__(self, services: Services, settings: Mapping[str, Any]) -> None:
        self._services = services
        self._settings = settings

    async def find(self, file_id: str) -> NotebookId:
        """Raises NotebookNotFound."""
        if await self._services.catalogue.get(NotebookId(file_id)) is not None:
            return NotebookId(file_id)
        path = self.path_of(file_id)
        if path is None:
            raise NotebookNotFound
        return await self._services.opener.identify(path)

    def path_of(self, file_id: str) -> str | None:
        """The path that a file id service knows under this id; such ids are only a hint."""
        service = self._settings.get("file_id_manager")
        find: Callable[[str], str | None] | None = getattr(service, "get_path", None)
        return None if find is None else find(file_id)

    def open_room(self, file_id: str) -> Room | None:
        """The room of a file if it is open; nothing is looked up that would take time."""
        rooms = self._services.rooms
        room = rooms.get(NotebookId(file_id))
        if room is not None:
            return room
        path = self.path_of(file_id)
        live = (rooms.get(notebook) for notebook in rooms.open_ids)
        return next((found for found in live if found is not None and found.path == path), None)
