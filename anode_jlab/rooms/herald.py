"""Tells everybody who is where: at once in small rooms, gathered in large ones."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from anode_jlab.clock import Clock
from anode_jlab.ids import PeerNumber
from anode_jlab.rooms import protocol
from anode_jlab.rooms.frames import Awareness
from anode_jlab.rooms.peer import Peer
from anode_jlab.rooms.presence import Presence

GATHERED_SECONDS = 0.05
"""20 times a second look like one motion."""

GATHERED_SECONDS_PER_PEER = 0.002
"""What is gathered goes out in n frames, and sending is nearly all that presence costs: beyond 25
people it goes out less often."""

MOST_GATHERED_SECONDS = 0.25
"""However many they are: four times a second one still sees where somebody goes."""

AT_ONCE_PEERS = 8
"""Up to here nothing is gathered."""


class Herald:
    """Sends the news of a room's presence."""

    def __init__(self, presence: Presence, peers: Mapping[PeerNumber, Peer], clock: Clock) -> None:
        self._presence = presence
        self._peers = peers
        self._clock = clock
        self._last = clock.monotonic() - 1.0
        self._news = asyncio.Event()

    def spread(self) -> None:
        """There is news: send it now, or soon."""
        waited = self._clock.monotonic() - self._last
        if len(self._peers) <= AT_ONCE_PEERS or waited >= self._interval:
            self._send()
        else:
            self._news.set()

    async def run(self) -> None:
        """Send what was gathered, when its time has come; the room's task."""
        while True:
            await self._news.wait()
            await self._clock.sleep(self._interval)
            self._send()

    def tell_all(self, peer: Peer, now: float) -> None:
        """Send all states to one connection."""
        everyone = self._presence.everyone()
        if everyone is not None:
            peer.send(protocol.encode(Awareness(everyone)), now)

    @property
    def _interval(self) -> float:
        wanted = GATHERED_SECONDS_PER_PEER * len(self._peers)
        return min(max(GATHERED_SECONDS, wanted), MOST_GATHERED_SECONDS)

    def _send(self) -> None:
        self._news.clear()
        news = self._presence.take_news()
        if news is None:
            return
        payload, author = news
        frame = protocol.encode(Awareness(payload))
        now = self._last = self._clock.monotonic()
        for peer in self._peers.values():
            if peer.number != author and not peer.lagging:
                peer.send(frame, now)
