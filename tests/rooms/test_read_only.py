"""A log that a newer version has written: it is shown, and nothing changes it or its file."""

from __future__ import annotations

import pytest

from anode_jlab.errors import StoreTooNew
from anode_jlab.events.registry import UnknownEvent
from anode_jlab.rooms.roles import Role
from anode_jlab.rooms.room import Room
from tests.rooms.exporting import exports
from tests.rooms.house import ADA, House, type_into

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


async def read_by_older_code(room: Room) -> None:
    await room.record([UnknownEvent(name="v9.CellTeleported", data=b"{}")], ADA)
    assert room.read_only


async def test_nothing_is_written(house: House) -> None:
    async with house.enter("a.ipynb") as room:
        await type_into(room, 0, "not in the file yet")
        await read_by_older_code(room)
        head, file = room.head, (house.root / "a.ipynb").read_bytes()
        with pytest.raises(StoreTooNew):
            await type_into(room, 0, "x")
        with pytest.raises(StoreTooNew):
            await room.record([], ADA)
        with pytest.raises(StoreTooNew):
            await house.exporter.export_now(overwrite=True)
        with pytest.raises(StoreTooNew):
            await house.exporter.reload_from_file()
        await room.moved("b.ipynb")
        await house.pass_time(60)
        assert await exports(house, room) == []
        assert room.head == head
    assert (house.root / "a.ipynb").read_bytes() == file


async def test_everybody_is_a_reader(house: House) -> None:
    async with house.enter("a.ipynb") as room:
        assert room.at_most(Role.OWNER) is Role.OWNER
        await read_by_older_code(room)
        assert room.at_most(Role.OWNER) is Role.READER
