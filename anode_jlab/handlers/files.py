"""POST and GET files: from a path to a text file's room, and all text files that have a log."""

from __future__ import annotations

from typing import ClassVar

from anode_jlab.errors import HeldElsewhere, NotAText, NotebookNotFound, TextTooLarge
from anode_jlab.events.document import Kind
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.notebooks import (
    Listed,
    ListQuery,
    Opened,
    OpenNotebook,
    arrived,
    listed,
    opened,
)
from anode_jlab.handlers.operation import Operation


class FilesHandler(AnodeHandler):
    """``anode/api/files``; what follows a file's id is below ``notebooks/{id}``, as with notebooks.

    Runs and runtimes are for notebooks only.
    """

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Look up the text file at a path; its log begins with the first look",
            body=OpenNotebook,
            reply=Opened,
            errors=(NotebookNotFound, NotAText, TextTooLarge, HeldElsewhere),
        ),
        "get": Operation(
            summary="All text files that have a log", query=ListQuery, reply=tuple[Listed, ...]
        ),
    }

    @requires("read", "contents")
    async def post(self) -> None:
        role = await self.role()
        wanted = self.body(OpenNotebook)
        room = await arrived(self.services, wanted, role, Kind.TEXT)
        self.reply(opened(room, role))

    @requires("read", "contents")
    async def get(self) -> None:
        query = self.query(ListQuery)
        self.reply(await listed(self.services, Kind.TEXT, query, self.actor))
