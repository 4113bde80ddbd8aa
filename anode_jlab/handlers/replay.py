"""GET notebooks/{id}/replay: the history as one HTML page that plays without a server."""

from __future__ import annotations

import asyncio
from functools import cache
from importlib.resources import files
from typing import ClassVar

import msgspec

from anode_jlab.documents.replaying import Film, film_of, stops
from anode_jlab.errors import BadRequest, NotebookNotFound
from anode_jlab.events.document import Kind
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import NotebookId, Seq

MOST_FRAMES = 200
"""Each is built from the snapshot before it: some 20 ms."""


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """``page`` is the HTML, whole: it needs no other file and no network."""

    page: str
    frames: int


class ReplayHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/replay``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="The history as one HTML page that plays without a server",
            reply=Replay,
            errors=(NotebookNotFound,),
        )
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        room = await self.services.rooms.open(NotebookId(notebook_id))
        if room.kind.name is not Kind.NOTEBOOK:
            raise BadRequest("Only the history of a notebook can be played.")
        ends = [stretch.last for stretch in await room.chronicle.stretches()]
        name = room.path.rpartition("/")[2]
        wanted = stops(min(ends, default=Seq(1)), room.head, ends, MOST_FRAMES)
        with room.held():
            film = await film_of(room.log, name, wanted)
        page = await asyncio.to_thread(_page, film)
        reply = Replay(page=page, frames=len(film.frames))
        self.reply_json(await asyncio.to_thread(msgspec.json.encode, reply))


def _page(film: Film) -> str:
    # Text of the notebook must not end the script that it stands in.
    text = msgspec.json.encode(film).decode().replace("<", "\\u003c")
    return _template().replace("__FILM__", text)


@cache
def _template() -> str:
    return files("anode_jlab.handlers").joinpath("replay_page.html").read_text("utf-8")
