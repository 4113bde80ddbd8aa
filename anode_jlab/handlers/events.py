"""GET notebooks/{id}/events: the log itself, in order."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, ClassVar

import msgspec

from anode_jlab.errors import BadRequest, NotebookNotFound
from anode_jlab.events.registry import EVENTS
from anode_jlab.events.wire import encode_envelopes
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import LARGEST_NUMBER, AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.handlers.reading import log_of
from anode_jlab.ids import NotebookId, Seq

MOST_EVENTS = 10_000
"""Largest page; ask again with ``after`` = the last seq of the answer."""


class EventsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``name`` keeps only these events (several with commas), ``bytes`` adds updates in base64."""

    after: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_NUMBER)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_EVENTS)] = 1000
    name: str = ""
    bytes: bool = False


class EventsHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/events``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="Envelopes after a seq, in order",
            query=EventsQuery,
            reply=tuple[dict[str, Any], ...],
            errors=(NotebookNotFound,),
        )
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        query = self.query(EventsQuery)
        names = _names(query.name)
        async with log_of(self.services, NotebookId(notebook_id)) as log:
            envelopes = await log.read(Seq(query.after), limit=query.limit, names=names)
        self.reply_json(await asyncio.to_thread(encode_envelopes, envelopes, query.bytes))


def _names(text: str) -> frozenset[str] | None:
    """The names asked for, with or without their version; None for all."""
    wanted = [name.strip() for name in text.split(",") if name.strip()]
    if not wanted:
        return None
    names = frozenset(name for name in EVENTS if name in wanted or name.partition(".")[2] in wanted)
    unknown = [word for word in wanted if not any(word in (n, n.partition(".")[2]) for n in names)]
    if unknown:
        raise BadRequest(f"There is no event called {unknown[0]}.")
    return names
