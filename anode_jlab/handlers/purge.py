"""POST notebooks/{id}/purge: a stretch of the history becomes unreadable, for good."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from anode_jlab.documents.purging import wanted_purge
from anode_jlab.errors import NotAllowed, NotebookNotFound, SeqNotFound
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import LARGEST_NUMBER, AnodeHandler
from anode_jlab.handlers.export import position_of
from anode_jlab.handlers.operation import Operation, Position
from anode_jlab.ids import NotebookId

EventSeq = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_NUMBER)]


class Purge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first and the last event of the stretch; all that there is, without ``to``."""

    first: EventSeq = msgspec.field(name="from", default=1)
    last: EventSeq | None = msgspec.field(name="to", default=None)


class PurgeHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/purge``: the moments are gone at once, their bytes soon after."""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Remove a stretch of the history: its moments answer 410 from now on, and "
            "the bytes are removed within a minute or so",
            body=Purge,
            reply=Position,
            status=202,
            errors=(NotebookNotFound, SeqNotFound),
        )
    }

    @requires("write", "contents")
    async def post(self, notebook_id: str) -> None:
        wanted = self.body(Purge)
        if not (await self.role()).may_share:
            raise NotAllowed("Only an owner of the notebook may purge its history.")
        room = await self.services.rooms.open(NotebookId(notebook_id))
        head = room.head
        last = head if wanted.last is None else wanted.last
        purge = wanted_purge(wanted.first, last, head=head)
        await room.record([purge], self.actor)
        await self.services.copies.forget(room.notebook_id, purge.first, purge.last)
        self.reply(position_of(room), status=202)
