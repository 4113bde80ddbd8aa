"""A room on a store in memory, and people whose frames tests write by hand."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.eventlog.memory import MemoryEventStore
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.event import Envelope, Event
from anode_jlab.rooms import frames, protocol
from anode_jlab.rooms.peer import Peer, PeerOptions
from anode_jlab.rooms.roles import Role
from anode_jlab.rooms.room import Room
from anode_jlab.testing.clock import VirtualClock, settle
from anode_jlab.testing.ids import SeededIds
from anode_jlab.testing.simulated_server import SimulatedServer
from anode_jlab.testing.simulation import CONTENT

F = TypeVar("F")

EMPTY = b"\x00"
"""The state vector of a client that has nothing."""


class Box:
    """An outbox that keeps what was sent."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.closed: tuple[int, str] | None = None

    def send(self, frame: bytes) -> None:
        assert self.closed is None
        self.raw.append(frame)

    def close(self, code: int, reason: str) -> None:
        self.closed = (int(code), reason)

    @property
    def frames(self) -> list[frames.ServerFrame]:
        return [protocol.decode_server(frame) for frame in self.raw]

    def of(self, kind: type[F]) -> list[F]:
        return [frame for frame in self.frames if isinstance(frame, kind)]

    def forget(self) -> None:
        self.raw.clear()


class Person:
    """A connection with a copy of the document that makes the updates."""

    def __init__(self, house: House, name: str, box: Box, peer: Peer) -> None:
        self.house = house
        self.name = name
        self.box = box
        self.peer = peer
        self.document = NotebookDocument(ids=house.ids, client_id=house.ids.yjs_client())
        self.updates: list[bytes] = []
        self.document.doc.observe(lambda event: self.updates.append(event.update))

    async def send(self, frame: frames.ServerFrame) -> None:
        await self.send_raw(protocol.encode(frame))

    async def send_raw(self, data: bytes) -> None:
        await self.house.room.receive(self.peer, data)

    async def join(self) -> None:
        """Ask for the document and take it."""
        await self.send(frames.Step1(EMPTY))
        await settle()
        self.take()

    def take(self) -> None:
        """Apply every step2 and update that came."""
        for frame in self.box.of(frames.Step2 | frames.Update):  # type: ignore[arg-type]
            self.document.load(frame.update)
        self.updates.clear()

    def change(self, text: str, cell: str = "second") -> bytes:
        """Type at the end of a cell; the update of it."""
        self.updates.clear()
        source = self.source(cell)
        source += text
        return self.updates.pop()

    async def type(self, text: str, cell: str = "second") -> None:
        await self.send(frames.Update(self.change(text, cell)))

    def source(self, cell: str = "second") -> Any:
        found = self.document.cell(cell)  # type: ignore[arg-type]
        assert found is not None
        return found["source"]


class House:
    """One server, one notebook."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.ids = SeededIds(1)
        self.store = MemoryEventStore(clock=self.clock)
        self.server = SimulatedServer(
            self.store, clock=self.clock, ids=self.ids, chance=random.Random(1), content=CONTENT
        )
        self.day = self.server.day
        self.notebook = self.ids.notebook()
        self.room: Room

    async def enter(
        self,
        name: str,
        role: Role = Role.EDITOR,
        options: PeerOptions | None = None,
        *,
        stable: bool = True,
    ) -> Person:
        """Connect, without asking for the document yet."""
        box = Box()
        peer = await self.room.connect(
            actor=actor(name),
            user={"username": name, "name": name},
            role=role,
            outbox=box,
            options=options,
            stable=stable,
        )
        await settle()
        return Person(self, name, box, peer)

    async def joined(
        self,
        name: str,
        role: Role = Role.EDITOR,
        options: PeerOptions | None = None,
        *,
        stable: bool = True,
    ) -> Person:
        """Connect and get in sync; frames so far are forgotten."""
        person = await self.enter(name, role, options, stable=stable)
        await person.join()
        person.box.forget()
        return person

    @property
    def log(self) -> list[Envelope]:
        return list(self.store.stored(self.notebook))

    def logged(self, kind: type[Event]) -> list[Envelope]:
        return [envelope for envelope in self.log if isinstance(envelope.event, kind)]


def actor(name: str) -> Actor:
    return Actor(kind=ActorKind.HUMAN, id=name, name=name)


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    """A house with its room open; closed at the end."""
    built = House()
    built.room = await built.server.rooms.open(built.notebook)
    await settle()
    yield built
    closing = built.server.rooms.close()
    await run(built.clock, closing)


async def run(clock: VirtualClock, work: Any, seconds: float = 60.0) -> Any:
    """Await something that waits for the virtual clock."""
    task = asyncio.ensure_future(work)
    waited = 0.0
    while not task.done() and waited < seconds:
        await clock.advance(0.25)
        waited += 0.25
    return await task
