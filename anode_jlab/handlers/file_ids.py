"""The ids by which clients of jupyter-collaboration name files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from anode_jlab.errors import NotebookNotFound
from anode_jlab.events.document import Kind
from anode_jlab.ids import NotebookId
from anode_jlab.rooms.room import Room
from anode_jlab.services import Services


class FileIds:
    """From the id in a room's name to the document: ours, or one of a file id service."""

    def __init__(self, services: Services, settings: Mapping[str, Any]) -> None:
        self._services = services
        self._settings = settings

    async def find(self, file_id: str, kind: Kind) -> NotebookId:
        """Raises NotebookNotFound."""
        entry = await self._services.catalogue.get(NotebookId(file_id))
        if entry is not None and entry.kind is kind:
            return entry.notebook
        path = self.path_of(file_id)
        if path is None:
            raise NotebookNotFound
        return await self._services.opener.identify(path, kind)

    def path_of(self, file_id: str) -> str | None:
        """The path that a file id service knows under this id; such ids are only a hint."""
        service = self._settings.get("file_id_manager")
        find: Callable[[str], str | None] | None = getattr(service, "get_path", None)
        return None if find is None else find(file_id)

    def open_room(self, file_id: str, kind: Kind) -> Room | None:
        """The room of a file if it is open; nothing is looked up that would take time."""
        rooms = self._services.rooms
        room = rooms.get(NotebookId(file_id))
        if room is not None:
            return room if room.kind.name is kind else None
        path = self.path_of(file_id)
        live = (rooms.get(notebook) for notebook in rooms.open_ids)
        wanted = (path, kind)
        return next((r for r in live if r is not None and (r.path, r.kind.name) == wanted), None)
