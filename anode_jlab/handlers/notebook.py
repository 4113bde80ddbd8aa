"""GET notebooks/{id}: where one notebook stands and who is in it."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from anode_jlab.errors import NotebookNotFound
from anode_jlab.events.wire import time_to_wire
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import Lineage, NotebookId, PeerNumber, Seq
from anode_jlab.rooms.roles import Role


class PeerBody(msgspec.Struct, frozen=True, kw_only=True):
    """One connection: HELLO's ``client``, the person behind it and what it may do."""

    client: PeerNumber
    user: dict[str, Any]
    role: Role


class ConditionBody(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong, and since when (ISO 8601, UTC)."""

    code: str
    message: str
    hint: str
    since: str


class NotebookBody(msgspec.Struct, frozen=True, kw_only=True):
    """``saved_seq`` is durable, ``exported_seq`` is in the file; ``role`` is that of who asks."""

    id: NotebookId
    path: str
    lineage: Lineage
    seq: Seq
    saved_seq: Seq
    exported_seq: Seq
    role: Role
    peers: tuple[PeerBody, ...]
    conditions: tuple[ConditionBody, ...]


class NotebookHandler(AnodeHandler):
    """``anode/api/notebooks/{id}``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="Where a notebook stands", reply=NotebookBody, errors=(NotebookNotFound,)
        )
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        role = await self.role()
        room = await self.services.rooms.open(NotebookId(notebook_id))
        self.reply(
            NotebookBody(
                id=room.notebook_id,
                path=room.path,
                lineage=room.lineage,
                seq=room.head,
                saved_seq=room.saved_seq,
                exported_seq=room.exported_seq,
                role=room.at_most(role),
                peers=tuple(
                    PeerBody(client=peer.number, user=dict(peer.user), role=peer.role)
                    for peer in room.peers
                ),
                conditions=tuple(
                    ConditionBody(
                        code=condition.code,
                        message=condition.message,
                        hint=condition.hint,
                        since=time_to_wire(condition.since),
                    )
                    for condition in room.conditions
                ),
            )
        )
