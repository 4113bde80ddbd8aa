"""What tests of the exporter ask and do."""

from __future__ import annotations

import json
from typing import Any

from anode_jlab.errors import FileChangedOutside, FileDeleted, FileNotValid, FileNotWritten
from anode_jlab.events.document import Exported
from anode_jlab.rooms.peer import Peer, PeerOptions
from anode_jlab.rooms.roles import Role
from anode_jlab.rooms.room import Room
from tests.rooms.house import ADA, House, SilentOutbox

OUTSIDE, NOT_WRITTEN = FileChangedOutside.code, FileNotWritten.code
DELETED, NOT_VALID = FileDeleted.code, FileNotValid.code


def source(house: House, cell: int = 0, name: str = "a.ipynb") -> str:
    return "".join(json.loads((house.root / name).read_text())["cells"][cell]["source"])


async def exports(house: House, room: Room) -> list[Exported]:
    found = await house.events(room.notebook_id, names={Exported.event_name})
    return [envelope.event for envelope in found if isinstance(envelope.event, Exported)]


async def join(room: Room, role: Role = Role.OWNER, autosave: bool | None = None) -> Peer:
    return await room.connect(
        actor=ADA,
        user={"username": "ada"},
        role=role,
        outbox=SilentOutbox(),
        options=PeerOptions(autosave=autosave),
    )


def codes(room: Room) -> set[str]:
    return {condition.code for condition in room.conditions}


class Manager:
    """Makes a house's contents manager fail on demand."""

    def __init__(self, house: House) -> None:
        self.error: Exception | None = None
        self.saves = 0
        self._save = house.manager.save
        house.manager.save = self.save

    async def save(self, model: dict[str, Any], path: str = "") -> Any:
        if self.error is not None:
            raise self.error
        self.saves += 1
        return await self._save(model, path)
