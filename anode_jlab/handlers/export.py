"""POST notebooks/{id}/export and /reload: document to file and back, when a person says so."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from anode_jlab.errors import FileChangedOutside, FileNotWritten, NotANotebook, NotebookNotFound
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation, Position
from anode_jlab.ids import NotebookId
from anode_jlab.rooms.room import Room


class Export(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``overwrite`` writes the file even though another program changed it."""

    overwrite: bool = False


class Reload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Takes no fields."""


def position_of(room: Room) -> Position:
    """Where the notebook is now."""
    return Position(
        id=room.notebook_id, path=room.path, seq=room.saved_seq, exported_seq=room.exported_seq
    )


class ExportHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/export``: what Ctrl-S means."""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Write the notebook's file now",
            body=Export,
            reply=Position,
            errors=(NotebookNotFound, FileChangedOutside, FileNotWritten),
        )
    }

    @requires("write", "contents")
    async def post(self, notebook_id: str) -> None:
        wanted = self.body(Export)
        room = await self.services.rooms.open(NotebookId(notebook_id))
        await room.flush()
        await room.exporter.export_now(overwrite=wanted.overwrite)
        self.reply(position_of(room))


class ReloadHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/reload``: the file's content as a new change."""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Take the content of the file, changed by another program, into the notebook",
            body=Reload,
            reply=Position,
            errors=(NotebookNotFound, NotANotebook),
        )
    }

    @requires("write", "contents")
    async def post(self, notebook_id: str) -> None:
        self.body(Reload)
        room = await self.services.rooms.open(NotebookId(notebook_id))
        await room.exporter.reload_from_file()
        self.reply(position_of(room))
