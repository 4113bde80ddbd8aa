"""How many connections a room takes, in all and of one person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from anode_jlab.errors import TooManyConnections
from anode_jlab.events.actor import Actor
from anode_jlab.rooms.peer import Peer


@dataclass(frozen=True, kw_only=True, slots=True)
class Occupancy:
    """The limits; each connection costs memory, and a share of every change that is sent on."""

    most: int = 1000
    most_per_person: int = 200

    def check(self, present: Iterable[Peer], actor: Actor, *, stable: bool) -> None:
        """Raise TooManyConnections when one more of this actor would be too many.

        People without a ``stable`` identity are somebody else on each connection: only the whole
        number counts.
        """
        count = own = 0
        for peer in present:
            count += 1
            own += peer.actor.id == actor.id
        if count >= self.most:
            raise TooManyConnections("The notebook has as many connections as the server takes.")
        if stable and own >= self.most_per_person:
            raise TooManyConnections("You have too many connections to this notebook.")
