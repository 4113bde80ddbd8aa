"""Settles whose a Yjs client id is that was there before the room was opened.

A room knows who writes under which id only since it was opened. Somebody who comes back with an
older copy of the document would be denied if another person has announced the id of that copy
meanwhile: it can be read in the document. The log tells who wrote under it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from anode_jlab.documents.update_shape import OWN_LIMITS, UpdateShape, read_shape
from anode_jlab.errors import AnodeError
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.ids import Seq
from anode_jlab.rooms.authorship import Authorship
from anode_jlab.rooms.guard import Vector
from anode_jlab.rooms.ledger import Ledger
from anode_jlab.rooms.opened import OpenedNotebook
from anode_jlab.rooms.peer import Peer
from anode_jlab.rooms.presence import Presence

logger = logging.getLogger(__name__)

SPANS: Final = (100, 1000, 10_000)
"""How far back the log is read, in steps: who comes back was mostly here lately."""

MOST_IDS: Final = 16
"""So many ids are looked up for one change: a document writes under one."""

UPDATES: Final = frozenset({DocumentUpdated.event_name})


@dataclass(slots=True, eq=False)
class Disputes:
    """One room's."""

    opened: OpenedNotebook
    ledger: Ledger
    authorship: Authorship
    vector: Vector
    presence: Presence

    def over(self, peer: Peer, shape: UpdateShape) -> list[int]:
        """The ids that a change extends, of which nobody knows the owner while somebody else says
        that they are theirs."""
        owner_of, known = self.authorship.owner_of, self.vector
        return [
            client
            for client, end in shape.ends.items()
            if owner_of(client) is None
            and 0 < known.get(client, 0) < end
            and self.presence.speaker_of(client) not in (None, peer.actor.id)
        ]

    async def settle(self, peer: Peer, clients: list[int]) -> None:
        """Let the peer have those of the ids that its person wrote under last, as the log tells."""
        for client in clients[:MOST_IDS]:
            try:
                author = await self._author(client)
            except AnodeError as error:  # then they are denied, and keep their text
                logger.warning("Notebook %s: its authors: %r", self.opened.notebook_id, error)
                return
            if author == peer.actor.id:
                self.authorship.own(client, author)

    async def _author(self, client: int) -> str | None:
        head = before = self.ledger.head
        for span in SPANS:
            after = max(head - span, 0)
            found = await self.opened.log.read(Seq(after), limit=before - after, names=UPDATES)
            for envelope in reversed(found):
                event = envelope.event
                if envelope.seq > before or not isinstance(event, DocumentUpdated):
                    continue
                if event.update and client in read_shape(event.update, OWN_LIMITS).ends:
                    return envelope.actor.id
            before = Seq(after)
            if not after:
                break
        return None
