"""POST and GET notebooks: from a path to a notebook, and all notebooks that have a log."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from anode_jlab.errors import HeldElsewhere, NotAllowed, NotANotebook, NotebookNotFound
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import Lineage, NotebookId, Seq
from anode_jlab.rooms.roles import Role


class OpenNotebook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which notebook: a path as the contents API has it. ``take_over`` takes it from another server
    of the same person."""

    path: str
    take_over: bool = False


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A notebook as its socket will greet: connect with ``id`` and ``lineage``."""

    id: NotebookId
    path: str
    lineage: Lineage
    seq: Seq
    role: Role


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list. ``people`` are those connected at this moment."""

    id: NotebookId
    path: str
    open: bool
    people: tuple[str, ...]


class ListQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``q`` keeps the notebooks whose path contains it, whatever its case."""

    q: str = ""


class NotebooksHandler(AnodeHandler):
    """``anode/api/notebooks``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Look up the notebook at a path; its log begins with the first look",
            body=OpenNotebook,
            reply=Opened,
            errors=(NotebookNotFound, NotANotebook, HeldElsewhere),
        ),
        "get": Operation(
            summary="All notebooks that have a log", query=ListQuery, reply=tuple[Listed, ...]
        ),
    }

    @requires("read", "contents")
    async def post(self) -> None:
        role = await self.role()
        wanted = self.body(OpenNotebook)
        arrivals = self.services.arrivals
        if wanted.take_over and not role.may_write:
            raise NotAllowed
        arrive = arrivals.take_over if wanted.take_over else arrivals.room_at
        room = await arrive(wanted.path)
        self.reply(
            Opened(
                id=room.notebook_id,
                path=room.path,
                lineage=room.lineage,
                seq=room.saved_seq,
                role=room.at_most(role),
            )
        )

    @requires("read", "contents")
    async def get(self) -> None:
        wanted = self.query(ListQuery).q.casefold()
        entries = await self.services.catalogue.all()
        self.reply(
            [
                self._listed(entry.notebook, entry.path)
                for entry in entries
                if wanted in entry.path.casefold()
            ]
        )

    def _listed(self, notebook: NotebookId, path: str) -> Listed:
        room = self.services.rooms.get(notebook)
        names = dict.fromkeys(peer.actor.name for peer in room.peers) if room else {}
        return Listed(id=notebook, path=path, open=room is not None, people=tuple(names))
