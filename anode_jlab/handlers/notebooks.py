"""POST and GET notebooks: from a path to a notebook, and all notebooks that have a log."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from anode_jlab.errors import HeldElsewhere, NotAllowed, NotANotebook, NotebookNotFound
from anode_jlab.eventlog.catalogue import CatalogueEntry
from anode_jlab.events.actor import Actor
from anode_jlab.events.document import Kind
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import Lineage, NotebookId, Seq
from anode_jlab.rooms.roles import Role
from anode_jlab.rooms.room import Room
from anode_jlab.services import Services


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
    """One line of the list. ``people`` are those connected at this moment, ``others`` those of them
    who are not the person that asks."""

    id: NotebookId
    path: str
    open: bool
    people: tuple[str, ...]
    others: tuple[str, ...]


class ListQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``q`` keeps the notebooks whose path contains it, whatever its case; ``inhabited`` those
    where somebody else is. ``deleted``: those whose file was deleted or overwritten, the newest
    first, with the path that it had."""

    q: str = ""
    inhabited: bool = False
    deleted: bool = False


async def arrived(services: Services, wanted: OpenNotebook, role: Role, kind: Kind) -> Room:
    """The room of a document that somebody with this role wants to open."""
    if wanted.take_over and not role.may_write:
        raise NotAllowed
    arrive = services.arrivals.take_over if wanted.take_over else services.arrivals.room_at
    return await arrive(wanted.path, kind)


def opened(room: Room, role: Role) -> Opened:
    """What somebody with this role is told about a room."""
    return Opened(
        id=room.notebook_id,
        path=room.path,
        lineage=room.lineage,
        seq=room.saved_seq,
        role=room.at_most(role),
    )


async def listed(services: Services, kind: Kind, query: ListQuery, asker: Actor) -> list[Listed]:
    """The documents of a kind that are asked for, as this person may know them."""
    catalogue, wanted = services.catalogue, query.q.casefold()
    if query.inhabited and not _others(services, asker):
        return []  # open pages ask often, and mostly nobody else is there
    lines = [
        _line(entry, services.rooms.get(entry.notebook), asker)
        for entry in await (catalogue.gone() if query.deleted else catalogue.all())
        if entry.kind is kind and wanted in (entry.path or entry.former).casefold()
    ]
    return [line for line in lines if line.others or not query.inhabited]


def _others(services: Services, asker: Actor) -> bool:
    """Whether anybody else is in any room."""
    rooms = filter(None, map(services.rooms.get, services.rooms.open_ids))
    return any(peer.actor.id != asker.id for room in rooms for peer in room.peers)


def _line(entry: CatalogueEntry, room: Room | None, asker: Actor) -> Listed:
    actors = [peer.actor for peer in room.peers] if room else []
    others = {actor.id: actor.name for actor in actors if actor.id != asker.id}
    return Listed(
        id=entry.notebook,
        path=entry.path or entry.former,
        open=room is not None,
        people=tuple(dict.fromkeys(actor.name for actor in actors)),
        others=tuple(others.values()),
    )


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
        room = await arrived(self.services, wanted, role, Kind.NOTEBOOK)
        self.reply(opened(room, role))

    @requires("read", "contents")
    async def get(self) -> None:
        query = self.query(ListQuery)
        self.reply(await listed(self.services, Kind.NOTEBOOK, query, self.actor))
