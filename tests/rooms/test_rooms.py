"""Rooms are opened once, closed when unused, and opened anew without losing anybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from anode_jlab.errors import NotebookNotFound, RoomClosed
from anode_jlab.ids import NotebookId
from anode_jlab.rooms.opened import OpenedNotebook
from anode_jlab.rooms.rooms import Rooms
from anode_jlab.testing.clock import VirtualClock, settle
from anode_jlab.testing.simulated_server import IDLE_SECONDS, PanicException
from tests.rooms.inhabited import House, house, run

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


@pytest.fixture
async def home() -> AsyncIterator[House]:
    async with house() as built:
        yield built


async def test_many_callers_get_one_room(home: House) -> None:
    rooms = home.server.rooms
    opened = await asyncio.gather(*(rooms.open(home.notebook) for _ in range(5)))
    assert set(map(id, opened)) == {id(home.room)}
    assert rooms.open_ids == (home.notebook,)
    assert rooms.get(home.notebook) is home.room
    assert rooms.get(NotebookId("f" * 32)) is None


async def test_an_unused_room_closes_and_one_in_use_does_not(home: House) -> None:
    ann = await home.joined("ann")
    for _ in range(10):
        await home.clock.advance(IDLE_SECONDS)
        home.room.heard(ann.peer)
    assert home.server.rooms.get(home.notebook) is home.room
    home.room.disconnect(ann.peer)
    await home.clock.advance(IDLE_SECONDS + 5.0)
    assert home.server.rooms.open_ids == ()
    again = await home.server.rooms.open(home.notebook)
    assert again is not home.room


async def test_who_comes_while_a_room_closes_gets_the_next_one(home: House) -> None:
    ann = await home.joined("ann")
    await ann.type("before")
    await settle()
    home.day.slow_seconds = 2.0
    home.room.closing.set()
    await settle()
    assert home.server.rooms.get(home.notebook) is None
    with pytest.raises(RoomClosed):
        await home.enter("ben")
    again = await run(home.clock, home.server.rooms.open(home.notebook))
    assert again is not home.room
    assert "before" in str(await again.shown(lambda document: document.to_notebook()))


async def test_after_the_end_nothing_opens(home: House) -> None:
    await run(home.clock, home.server.rooms.close())
    with pytest.raises(RoomClosed):
        await home.server.rooms.open(home.notebook)
    assert home.server.rooms.open_ids == ()


class Broken:
    """An opener that finds nothing."""

    calls = 0

    async def load(self, notebook_id: NotebookId) -> OpenedNotebook:
        self.calls += 1
        await asyncio.sleep(0)
        raise NotebookNotFound


async def test_a_notebook_that_cannot_be_opened_is_tried_anew_each_time(home: House) -> None:
    opener = Broken()
    rooms = Rooms(
        opener=opener,
        exporter_factory=lambda room, opened: pytest.fail("never reached"),
        clock=VirtualClock(),
        idle_seconds=1.0,
    )
    results = await asyncio.gather(
        *(rooms.open(home.notebook) for _ in range(3)), return_exceptions=True
    )
    assert [type(result) for result in results] == [NotebookNotFound] * 3
    assert opener.calls == 1
    with pytest.raises(NotebookNotFound):
        await rooms.open(home.notebook)
    assert opener.calls == 2


class Panicking:
    """An opener under which the native layer breaks."""

    async def load(self, notebook_id: NotebookId) -> OpenedNotebook:
        raise PanicException


async def test_a_panic_while_opening_is_told_as_an_error(home: House) -> None:
    rooms = Rooms(
        opener=Panicking(),
        exporter_factory=lambda room, opened: pytest.fail("never reached"),
        clock=VirtualClock(),
        idle_seconds=1.0,
    )
    with pytest.raises(RoomClosed):
        await rooms.open(home.notebook)
    assert rooms.open_ids == ()
