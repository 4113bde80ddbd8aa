"""Text that grows before it is durable, sent to the connections of a room as it comes."""

from __future__ import annotations

from collections.abc import Iterable

from anode_jlab.ids import PeerNumber
from anode_jlab.rooms import protocol
from anode_jlab.rooms.frames import Stream
from anode_jlab.rooms.peer import Peer


class GrowingText:
    """One text, and how much of it each connection has. Only those that follow events get it."""

    def __init__(self, frame: Stream) -> None:
        """``frame``: what every frame has in common; its text is where the text begins."""
        self._frame = frame
        self.text = frame.text
        self._sent: dict[PeerNumber, int] = {}

    def send(self, peers: Iterable[Peer], now: float) -> None:
        """Bring every connection up to date: those who are new get all of it, and those who
        missed something, too."""
        frames: dict[int, bytes] = {}
        here: dict[PeerNumber, int] = {}
        for peer in peers:
            if not peer.options.wants_events:
                continue
            offset = self._sent.get(peer.number, 0)
            if peer.lagging:
                here[peer.number] = 0
                continue
            here[peer.number] = len(self.text)
            if offset == len(self.text):
                continue
            if offset not in frames:
                frames[offset] = self._encoded(offset)
            peer.send(frames[offset], now)
        self._sent = here

    def _encoded(self, offset: int) -> bytes:
        common = self._frame
        return protocol.encode(
            Stream(
                run_id=common.run_id,
                cell_id=common.cell_id,
                step=common.step,
                thinking=common.thinking,
                offset=offset,
                text=self.text[offset:],
            )
        )
