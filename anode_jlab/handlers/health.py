"""GET health: whether this server's half is well, and which one it is."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec
from jupyter_server.auth.authorizer import AllowAllAuthorizer

from anode_jlab.errors import StoreUnavailable
from anode_jlab.events.registry import EVENTS
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.inprocess import SETTING, InProcessDocuments
from anode_jlab.handlers.operation import Operation
from anode_jlab.handlers.peers import loaded_peers
from anode_jlab.rooms.room import Room


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """``event_schema`` is the newest version among the event names, ``acl_enforced`` whether an
    authorizer other than "allow all" decides. ``problems`` is what does not keep us from working;
    ``status`` is degraded by those of the server and of its store, not by those of one file."""

    status: Literal["ok", "degraded"]
    version: str
    event_schema: str
    store: str
    acl_enforced: bool
    notebooks_open: int
    problems: tuple[str, ...]


def event_schema() -> str:
    """The newest version among the names of the events, as ``v1``."""
    newest = max(int(name.partition(".")[0].removeprefix("v")) for name in EVENTS)
    return f"v{newest}"


class HealthHandler(AnodeHandler):
    """``anode/api/health``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(summary="Whether the server's half is well", reply=Health)
    }

    _track_activity = False

    @requires("read", "contents")
    async def get(self) -> None:
        problems = (*self.services.problems, *self._loaded_peers())
        self.reply(
            Health(
                status="degraded" if problems or self._is_store_away() else "ok",
                version=self.services.version,
                event_schema=event_schema(),
                store=self.services.store.kind,
                acl_enforced=not isinstance(self.authorizer, AllowAllAuthorizer),
                notebooks_open=len(self.services.rooms.open_ids),
                problems=(*problems, *self._troubled_rooms()),
            )
        )

    def _rooms(self) -> list[Room]:
        rooms = self.services.rooms
        return [room for notebook in rooms.open_ids if (room := rooms.get(notebook)) is not None]

    def _is_store_away(self) -> bool:
        return any(StoreUnavailable.code in room.conditions for room in self._rooms())

    def _loaded_peers(self) -> list[str]:
        """Another extension that would keep notebooks, loaded after us although we switched it off:
        our routes come first, but what else it does we do not know."""
        found = self.settings.get(SETTING)
        ours = found if isinstance(found, InProcessDocuments) else None
        return [
            f"{peer} is loaded as well, by another extension or program: switch one of the two off."
            for peer in loaded_peers(self.settings, ours)
        ]

    def _troubled_rooms(self) -> list[str]:
        return [
            f"{room.path}: {condition.message}"
            for room in self._rooms()
            for condition in room.conditions
        ]
