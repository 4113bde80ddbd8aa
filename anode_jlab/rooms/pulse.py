"""Signs of life: pings to those who heard nothing, the end for those who said nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from anode_jlab.clock import Clock
from anode_jlab.ids import PeerNumber
from anode_jlab.rooms import protocol
from anode_jlab.rooms.frames import Ping
from anode_jlab.rooms.peer import Peer

BEAT_SECONDS = 2.0
PING_AFTER_SECONDS = 12.5
"""PROTOCOL promises a frame every 15 s; one beat and some slack less."""

SILENT_AFTER_SECONDS = 33.0
"""Ghosts are gone within 35 s; a living client says something every 15 s."""


@dataclass(slots=True, eq=False)
class Pulse:
    """Looks after all connections of a room. ``silent`` is told of those that are dead."""

    clock: Clock
    peers: Mapping[PeerNumber, Peer]
    silent: Callable[[Peer], None]

    async def run(self) -> None:
        """Beat until cancelled; the room's task."""
        ping = protocol.encode(Ping())
        while True:
            await self.clock.sleep(BEAT_SECONDS)
            now = self.clock.monotonic()
            for peer in tuple(self.peers.values()):
                if not peer.busy and now - peer.heard_at > SILENT_AFTER_SECONDS:
                    self.silent(peer)
                elif now - peer.sent_at >= PING_AFTER_SECONDS and not peer.lagging:
                    peer.send(ping, now)
