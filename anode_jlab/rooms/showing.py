"""Lets the document be seen: encoded when asked, sent when all that it shows is durable."""

from __future__ import annotations

from dataclasses import dataclass

from anode_jlab.clock import Clock
from anode_jlab.documents.recorder import NO_CHANGE
from anode_jlab.documents.shared import SharedDocument
from anode_jlab.ids import Seq
from anode_jlab.rooms import protocol
from anode_jlab.rooms.batch import Show
from anode_jlab.rooms.committer import Committer
from anode_jlab.rooms.frames import Step1, Step2
from anode_jlab.rooms.guard import Vector
from anode_jlab.rooms.peer import Peer


@dataclass(slots=True, eq=False)
class Showing:
    """Sends one room's step1 and step2."""

    clock: Clock
    document: SharedDocument
    vector: Vector
    committer: Committer

    def ask(self, peer: Peer) -> None:
        """Send a step1: what is applied now."""
        frame = protocol.encode(Step1(self.vector.encode()))
        self.committer.put(Show(lambda _: self._send(peer, frame)))

    def difference(self, peer: Peer, vector: bytes) -> None:
        """Send a step2: what is applied now beyond ``vector``.

        From then on the connection is in sync and gets every commit.
        """
        frame = protocol.encode(Step2(self.document.diff(vector)))

        def let_out(_: Seq) -> None:
            self._send(peer, frame)
            peer.synced = True

        self.committer.put(Show(let_out))

    def nothing(self, peer: Peer) -> None:
        """Answer a step1 of one who has everything, after what was applied before it."""
        frame = protocol.encode(Step2(NO_CHANGE))
        self.committer.put(Show(lambda _: self._send(peer, frame)))

    def _send(self, peer: Peer, frame: bytes) -> None:
        if not peer.lagging:
            peer.send(frame, self.clock.monotonic())
