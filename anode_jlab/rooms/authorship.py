"""Under which Yjs client ids people write, so that nobody takes the place of somebody else.

Yjs tells changes apart by client id and clock. Whoever writes under the id of another person uses
up clocks that this person's next keystrokes need, and these would be taken for known ones and lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from anode_jlab.documents.update_shape import UpdateShape
from anode_jlab.errors import BadFrame, ReadOnly
from anode_jlab.rooms.peer import Peer

MOST_NEW_CLIENTS = 64
"""A document writes under one id; some programs hold a few documents on one connection."""

MOST_NEW_CLIENTS_IN_ANSWERS = 4096
"""Answers to step1 may bring the work of many, as after a damaged log was rebuilt. Each id makes
every later state vector longer by some ten bytes."""

_SERVER = ""
"""No actor has this id."""


def nobody(client: int) -> None:
    """Nobody announced it, or that is no matter now."""


class ForeignClient(ReadOnly):
    """The change was written under the Yjs client id of somebody else."""

    code = "foreign_client"
    hint = "Its copy of the notebook cannot be merged; keep its text and open the notebook anew."


class Authorship:
    """Whose Yjs client ids are whose, as far as this life of the room has seen them.

    An id belongs to the person whose updates extended it first, and only to people who have the
    same identity on each connection; their other tabs may write under it, too. Before its first
    update it belongs to who announced it in awareness. Answers to step1 give no ownership: they
    bring what was made before.
    """

    def __init__(self, server: int) -> None:
        self._owners: dict[int, str] = {server: _SERVER}

    def owner_of(self, client: int) -> str | None:
        """The actor whose updates are under this id; None when nobody's are."""
        return self._owners.get(client)

    def own(self, client: int, actor: str) -> None:
        """It is known whose an id is, which nobody has written under since the room was opened."""
        self._owners.setdefault(client, actor)

    def check(
        self,
        peer: Peer,
        shape: UpdateShape,
        known: Mapping[int, int],
        *,
        step2: bool,
        speaker_of: Callable[[int], str | None] = nobody,
    ) -> None:
        """Judge a change that may be written; ``known`` are the clocks of the room's document.

        ``speaker_of`` tells who announced an id. Raises ForeignClient when it extends the id of
        somebody else, and BadFrame when the connection brought too many new ids.
        """
        for client, end in shape.ends.items():
            clock = known.get(client, 0)
            if end <= clock:
                continue
            owner = self._owners.get(client)
            if owner == peer.actor.id:
                continue
            if owner is None:
                owner = speaker_of(client)
            if owner not in (None, peer.actor.id):
                raise ForeignClient
            if not clock:
                _count(peer, step2=step2)
            if peer.stable and not step2:
                self._owners[client] = peer.actor.id


def _count(peer: Peer, *, step2: bool) -> None:
    peer.new_clients += 1
    if peer.new_clients > (MOST_NEW_CLIENTS_IN_ANSWERS if step2 else MOST_NEW_CLIENTS):
        raise BadFrame("One connection writes under too many client ids.")
