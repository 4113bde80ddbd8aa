"""Shows an assistant among the people of a notebook for as long as it acts there."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec

from anode_jlab.ai.tools.spec import Turn
from anode_jlab.clock import Clock
from anode_jlab.events.actor import Actor
from anode_jlab.ids import NotebookId
from anode_jlab.rooms import awareness, protocol
from anode_jlab.rooms.awareness import Entry
from anode_jlab.rooms.frames import Awareness
from anode_jlab.rooms.peer import Peer
from anode_jlab.rooms.roles import Role
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.rooms import Rooms

LINGER_SECONDS = 20.0
"""How long it is shown after a call: agents make one after another."""

SIGN_SECONDS = 10.0
"""How often it gives a sign of life; a connection that is silent for half a minute is closed."""

WHEREABOUTS = "anode"
"""Field of an awareness state in which pages tell where somebody is."""


class Nowhere:
    """An outbox: what is sent to the assistant it reads elsewhere."""

    def send(self, frame: bytes) -> None:
        pass

    def close(self, code: int, reason: str) -> None:
        pass


@dataclass(slots=True, eq=False)
class _Shown:
    """One assistant in one room; ``busy`` calls go on."""

    room: Room
    peer: Peer
    client: int
    clock: int = 0
    busy: int = 0
    seen_at: float = 0.0


class Presences:
    """Of all assistants of a server."""

    def __init__(self, rooms: Rooms, clock: Clock) -> None:
        self._rooms = rooms
        self._clock = clock
        self._shown: dict[tuple[NotebookId, str], _Shown] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def acting(self, turn: Turn, cell_id: object = None) -> AsyncIterator[None]:
        """Show that it works, at a cell if one is named."""
        shown = await self._show(turn)
        shown.busy += 1
        self._tell(shown, cell_id if isinstance(cell_id, str) else None)
        try:
            yield
        finally:
            shown.busy -= 1
            shown.seen_at = self._clock.monotonic()

    async def close(self) -> None:
        """The server stops."""
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))

    async def _show(self, turn: Turn) -> _Shown:
        room = await self._rooms.open(turn.notebook)
        key = (turn.notebook, f"{turn.assistant.id} {turn.assistant.name}")
        shown = self._shown.get(key)
        if shown is not None and shown.room is room and shown.peer.open:
            return shown
        peer = await room.connect(
            actor=turn.assistant,
            user=_user(turn.assistant),
            role=Role.READER,
            outbox=Nowhere(),
        )
        shown = _Shown(room, peer, secrets.randbits(32), seen_at=self._clock.monotonic())
        self._shown[key] = shown
        task = asyncio.get_running_loop().create_task(self._live(key, shown))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return shown

    def _tell(self, shown: _Shown, cell: str | None) -> None:
        shown.clock += 1
        place = {"doing": "writing", "cell": cell, "follows": None, "sight": None}
        state = msgspec.json.encode({WHEREABOUTS: place, "user": {}})
        payload = awareness.encode([Entry(shown.client, shown.clock, state)])
        rest = shown.room.take(shown.peer, protocol.encode(Awareness(payload)))
        if rest is not None:
            rest.close()

    async def _live(self, key: tuple[NotebookId, str], shown: _Shown) -> None:
        """Until it has done nothing for a while, or the room goes."""
        try:
            while not shown.room.closing.is_set():
                idle = 0.0 if shown.busy else self._clock.monotonic() - shown.seen_at
                if idle >= LINGER_SECONDS:
                    return
                shown.room.heard(shown.peer)
                await self._clock.sleep(min(SIGN_SECONDS, LINGER_SECONDS - idle))
        finally:
            shown.room.disconnect(shown.peer)
            if self._shown.get(key) is shown:
                del self._shown[key]


def _user(assistant: Actor) -> dict[str, object]:
    """What others see of it, as of a person."""
    return {
        "username": f"assistant-{assistant.id}",
        "name": assistant.name,
        "display_name": assistant.name,
        "kind": assistant.kind.value,
    }
