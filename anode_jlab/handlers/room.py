"""The native socket: frames to and fro."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec
from jupyter_server.auth.decorator import ws_authenticated

from anode_jlab.errors import BadRequest
from anode_jlab.handlers.base import LARGEST_NUMBER
from anode_jlab.handlers.connection import RoomConnection
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import Lineage, NotebookId, Seq
from anode_jlab.rooms.peer import PeerOptions


class RoomQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client asks for when it connects, see ``rooms.peer.PeerOptions``."""

    lineage: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")] | None = None
    after: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_NUMBER)] | None = None
    names: str | None = None
    state: bool = False
    autosave: bool | None = None

    def options(self) -> PeerOptions:
        names = None if self.names is None else frozenset(self.names.split(","))
        return PeerOptions(
            lineage=None if self.lineage is None else Lineage(self.lineage),
            after=None if self.after is None else Seq(self.after),
            names=names,
            state=self.state,
            autosave=self.autosave,
        )


class RoomSocket(RoomConnection):
    """``anode/api/notebooks/{id}/room``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="The room of a notebook, as a websocket (see the protocol's reference)",
            query=RoomQuery,
            status=101,
        )
    }

    _notebook: NotebookId
    _options: PeerOptions

    @ws_authenticated
    async def get(self, notebook_id: str) -> None:
        if self.request.headers.get("Upgrade", "").lower() != "websocket":
            raise BadRequest("This route is a websocket: connect with an upgrade.")
        await self.admit()
        self._notebook = NotebookId(notebook_id)
        self._options = self.query(RoomQuery).options()
        async with self.connection():
            await super().get(notebook_id=notebook_id)

    async def find(self) -> NotebookId:
        return self._notebook

    def wishes(self) -> PeerOptions:
        return self._options
