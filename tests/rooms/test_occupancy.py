from __future__ import annotations

import pytest

from anode_jlab.errors import TooManyConnections
from anode_jlab.rooms.occupancy import Occupancy
from anode_jlab.rooms.peer import Peer
from tests.rooms.inhabited import House, actor

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


async def peers(home: House, *names: str) -> list[Peer]:
    return [(await home.enter(name)).peer for name in names]


async def test_a_room_takes_so_many(home: House) -> None:
    present = await peers(home, "ann", "bob", "ann")
    occupancy = Occupancy(most=4, most_per_person=2)
    occupancy.check(present, actor("bob"), stable=True)
    with pytest.raises(TooManyConnections, match="You have"):
        occupancy.check(present, actor("ann"), stable=True)
    occupancy.check(present, actor("ann"), stable=False)
    with pytest.raises(TooManyConnections, match="The notebook"):
        Occupancy(most=3).check(present, actor("new"), stable=False)
