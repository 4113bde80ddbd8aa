"""A connection in virtual time: ordered, slow at random, and cut at any moment."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from anode_jlab.clock import Clock
from anode_jlab.rooms import frames

Change = frames.Update | frames.Step2


class Wire:
    """One direction: frames arrive in order, each after a delay; what is under way can be lost."""

    def __init__(
        self,
        clock: Clock,
        chance: random.Random,
        longest_delay_seconds: float,
        arrive: Callable[[bytes], Awaitable[None]],
    ) -> None:
        self._clock = clock
        self._chance = chance
        self._delay = longest_delay_seconds
        self._arrive = arrive
        self._frames: deque[bytes] = deque()
        self._wake = asyncio.Event()

    def put(self, frame: bytes) -> None:
        """Send a frame on its way."""
        self._frames.append(frame)
        self._wake.set()

    @property
    def is_empty(self) -> bool:
        """Nothing is under way."""
        return not self._frames

    async def run(self) -> None:
        """Deliver until cancelled: then the rest is lost."""
        while True:
            while self._frames:
                if self._chance.random() < 0.5:
                    await self._clock.sleep(self._chance.random() * self._delay)
                await self._arrive(self._frames[0])
                self._frames.popleft()
            self._wake.clear()
            await self._wake.wait()


@dataclass(slots=True)
class Session:
    """One connection of the client: what it sent, counted as ACK counts."""

    up: Wire
    dead: Callable[[], bool]
    """Whether the server at the other end was killed: the client notices it a little later."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    sent: list[frozenset[str]] = field(default_factory=list)
    asked: bool = False
    """The server's step1 came and was answered: what is new may go out."""
    spoke_first: bool = False
    last: tuple[Change, frozenset[str]] | None = None
    early: list[Change] = field(default_factory=list)
    """Came before our own changes were handed over."""


class SimulatedOutbox:
    """Satisfies ``rooms.peer.Outbox``: frames that a living server sends are looked at by
    ``witness``, then put on the wire."""

    def __init__(
        self,
        down: Wire,
        *,
        dead: Callable[[], bool],
        witness: Callable[[bytes], None],
        ended: Callable[[int, str], None],
    ) -> None:
        self._down = down
        self._dead = dead
        self._witness = witness
        self._ended = ended

    def send(self, frame: bytes) -> None:
        if not self._dead():
            self._witness(frame)
            self._down.put(frame)

    def close(self, code: int, reason: str) -> None:
        if not self._dead():
            self._ended(code, reason)
