"""Somebody typed offline into a cell that was moved before the notebook was opened anew."""

from __future__ import annotations

import random

import pytest

from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.ipynb import read_cell
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.events.actor import SERVER, Actor, ActorKind
from anode_jlab.ids import CellId, NotebookId
from anode_jlab.rooms import frames, protocol
from anode_jlab.rooms.peer import Peer
from anode_jlab.rooms.roles import Role
from anode_jlab.rooms.room import Room
from anode_jlab.testing.clock import VirtualClock
from anode_jlab.testing.ids import SeededIds
from anode_jlab.testing.simulated_files import SimulatedFile
from anode_jlab.testing.simulated_process import Disks, SimulatedProcess
from anode_jlab.testing.simulation import CONTENT, PATH
from anode_jlab.testing.virtual_loop import run_virtually

CELL = CellId("second")


class Silent:
    """An outbox that nobody reads."""

    def send(self, frame: bytes) -> None:
        pass

    def close(self, code: int, reason: str) -> None:
        assert reason == "restart"


class Place:
    """Servers that follow one another on the same disks."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.ids = SeededIds(1)
        file = SimulatedFile(PATH, CONTENT)
        self.disks = Disks(clock=self.clock, ids=self.ids, file=file)
        self.notebook: NotebookId

    async def opened(self) -> Room:
        """A new server's room."""
        self.notebook = (await self.disks.catalogue.register(PATH)).notebook
        self.process = SimulatedProcess(
            self.disks, clock=self.clock, ids=self.ids, chance=random.Random(1)
        )
        return await self.process.rooms.open(self.notebook)

    async def peer(self, room: Room) -> Peer:
        """Ann, connected."""
        return await room.connect(
            actor=Actor(kind=ActorKind.HUMAN, id="ann", name="Ann"),
            user={},
            role=Role.EDITOR,
            outbox=Silent(),
        )

    async def copy(self, room: Room) -> NotebookDocument:
        """What a browser holds that goes offline now."""
        document = NotebookDocument(ids=self.ids, client_id=self.ids.yjs_client())
        document.load(await room.shown(lambda shared: shared.encode()))
        return document


def retype(document: NotebookDocument) -> None:
    """As JupyterLab does it: another cell under the same id."""
    cell, place = document.cell(CELL), document.index(CELL)
    assert cell is not None
    assert place is not None
    raw = read_cell(cell)
    del document.cells[place]
    document.cells.insert(
        place,
        new_cell({"id": CELL, "cell_type": "raw", "source": raw["source"], "metadata": {}}),
    )


def write(document: NotebookDocument, text: str) -> None:
    cell = document.cell(CELL)
    assert cell is not None
    source = cell["source"]
    source += text


async def source(room: Room) -> str:
    def read(document: NotebookDocument) -> str:
        cell = document.cell(CELL)
        assert cell is not None
        return str(cell["source"])

    return await room.shown(read)


@pytest.mark.parametrize("speaks_first", [True, False])
def test_what_was_typed_offline_follows_a_cell_that_was_moved_before_the_snapshot(
    speaks_first: bool,
) -> None:
    place = Place()

    async def main() -> str:
        room = await place.opened()
        offline = await place.copy(room)
        await room.edit(SERVER, "test", retype)
        await place.process.rooms.close()
        room = await place.opened()
        write(offline, " # offline")
        peer = await place.peer(room)
        if speaks_first:
            vector = frames.Step1(offline.state_vector())
            await room.receive(peer, protocol.encode(vector))
        theirs = await room.shown(lambda shared: shared.state_vector())
        await room.receive(peer, protocol.encode(frames.Step2(offline.diff(theirs))))
        found = await source(room)
        await place.process.rooms.close()
        return found

    assert run_virtually(main(), place.clock) == "x = 1 # offline"


def test_what_was_typed_before_a_move_that_was_seen_meanwhile_follows_it() -> None:
    """The line broke when it was on its way: the typist lacks nothing that the server has."""
    place = Place()

    async def main() -> str:
        room = await place.opened()
        ann = await place.copy(room)
        made: list[bytes] = []
        subscription = ann.doc.observe(lambda event: made.append(event.update))
        write(ann, " # on its way")
        ann.doc.unobserve(subscription)
        await room.edit(SERVER, "test", retype)
        ann.load(await room.shown(lambda shared: shared.encode()))
        await place.process.rooms.close()
        room = await place.opened()
        peer = await place.peer(room)
        await room.receive(peer, protocol.encode(frames.Step1(ann.state_vector())))
        for update in made:
            await room.receive(peer, protocol.encode(frames.Update(update)))
        theirs = await room.shown(lambda shared: shared.state_vector())
        await room.receive(peer, protocol.encode(frames.Step2(ann.diff(theirs))))
        found = await source(room)
        await place.process.rooms.close()
        return found

    assert run_virtually(main(), place.clock) == "x = 1 # on its way"


def test_what_was_carried_already_is_not_carried_again_by_the_next_server() -> None:
    place = Place()

    async def main() -> str:
        room = await place.opened()
        ann, bob = await place.copy(room), await place.copy(room)
        await room.edit(SERVER, "test", retype)
        for person, text in ((ann, " # ann"), (bob, " # bob")):
            write(person, text)
            peer = await place.peer(room)
            theirs = await room.shown(lambda shared: shared.state_vector())
            await room.receive(peer, protocol.encode(frames.Step2(person.diff(theirs))))
            assert text in await source(room)
            await place.process.rooms.close()
            room = await place.opened()
        found = await source(room)
        await place.process.rooms.close()
        return found

    assert sorted(run_virtually(main(), place.clock).split(" # ")) == ["ann", "bob", "x = 1"]
