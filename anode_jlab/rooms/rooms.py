"""All live notebooks of one server: opened once, kept while used, closed without loss."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from anode_jlab.clock import Clock
from anode_jlab.documents.update_shape import STEP2_LIMITS, ShapeLimits
from anode_jlab.errors import RoomClosed
from anode_jlab.events.document import Kind
from anode_jlab.ids import NotebookId
from anode_jlab.rooms.deadline import within
from anode_jlab.rooms.guard import Guard
from anode_jlab.rooms.opened import NotebookExporter, NotebookOpener, OpenedNotebook
from anode_jlab.rooms.outside import Outside
from anode_jlab.rooms.room import Room

logger = logging.getLogger(__name__)

CLOSE_SECONDS = 4.0
"""How long rooms may take to close in order; 5 s are allowed from SIGTERM to the end."""

LETTING_GO_SECONDS = 0.5
"""What a room then gets to let go of its log."""

IDLE_LOOK_SECONDS = 1.0
"""How often an unused room looks whether its time has come."""

ExporterFactory = Callable[[Room, OpenedNotebook], AbstractAsyncContextManager[NotebookExporter]]


@dataclass(slots=True, eq=False)
class _Life:
    """One life of a room, from the request to open it until all of it is gone."""

    ready: asyncio.Future[Room]
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    room: Room | None = None
    task: asyncio.Task[None] | None = None


class Rooms:
    """Opens each notebook at most once at a time, and closes those that nobody uses."""

    def __init__(
        self,
        *,
        opener: NotebookOpener,
        exporter_factory: ExporterFactory,
        clock: Clock,
        idle_seconds: float,
        update_limit: int = ShapeLimits().size,
        step2_limit: int = STEP2_LIMITS.size,
        outside: Outside | None = None,
    ) -> None:
        self._opener = opener
        self._exporter_factory = exporter_factory
        self._clock = clock
        self._idle_seconds = idle_seconds
        self._limits = ShapeLimits(size=update_limit)
        self._step2_limits = ShapeLimits(
            size=step2_limit,
            clients=STEP2_LIMITS.clients,
            blocks=STEP2_LIMITS.blocks,
            deletions=STEP2_LIMITS.deletions,
            values=STEP2_LIMITS.values,
        )
        self._outside = outside or Outside()
        self._lives: dict[NotebookId, _Life] = {}
        self._closed = False
        self.opened: list[Callable[[Room], None]] = []
        """Told of each room that opened."""

    @property
    def open_ids(self) -> tuple[NotebookId, ...]:
        """The notebooks that are open now."""
        return tuple(id_ for id_, life in self._lives.items() if life.room is not None)

    @property
    def closed(self) -> bool:
        """The server shuts down: nothing will be opened again."""
        return self._closed

    def get(self, notebook_id: NotebookId) -> Room | None:
        """The room of a notebook if it is open and stays so; never opens it."""
        life = self._lives.get(notebook_id)
        if life is None or life.room is None or life.room.closing.is_set():
            return None
        return life.room

    def inhabited_at(self, path: str, kind: Kind = Kind.NOTEBOOK) -> Room | None:
        """The room at a path that somebody is in, whatever became of the file."""
        rooms = [room for room in map(self.get, tuple(self._lives)) if room and room.peers]
        return next((r for r in rooms if (r.path, r.kind.name) == (path, kind)), None)

    async def open(self, notebook_id: NotebookId) -> Room:
        """The room of a notebook; a room that is closing is waited for, then opened anew.

        Raises what ``NotebookOpener.load`` raises, and RoomClosed once the server shuts down.
        """
        while not self._closed:
            life = self._lives.get(notebook_id)
            if life is None:
                life = self._begin(notebook_id)
            room = await asyncio.shield(life.ready)
            if not room.closing.is_set():
                room.touch()
                return room
            await life.ended.wait()
        raise RoomClosed("The server is shutting down.")

    async def close(self) -> None:
        """Close all rooms: flush, ack, export, snapshot; within 5 s whatever hangs."""
        self._closed = True
        lives = tuple(self._lives.values())
        for life in lives:
            if life.room is not None:
                life.room.closing.set()
        tasks = [life.task for life in lives if life.task is not None]
        if not tasks or await within(self._clock, CLOSE_SECONDS, _all_ended(lives)):
            return
        logger.error("%d notebooks did not close in time.", sum(not t.done() for t in tasks))
        for task in tasks:
            task.cancel()
        await within(self._clock, LETTING_GO_SECONDS, _all_ended(lives))

    def _begin(self, notebook_id: NotebookId) -> _Life:
        loop = asyncio.get_running_loop()
        life = _Life(loop.create_future())
        self._lives[notebook_id] = life
        life.task = loop.create_task(self._live(notebook_id, life), name=f"room {notebook_id}")
        return life

    async def _live(self, notebook_id: NotebookId, life: _Life) -> None:
        try:
            opened = await self._opener.load(notebook_id)
            await self._inhabit(opened, life)
        except BaseException as error:  # the edge of this life: other rooms go on
            if not life.ready.done():
                life.ready.set_exception(_told(error, notebook_id))
                life.ready.exception()  # retrieved: those who asked may be gone
            elif isinstance(error, asyncio.CancelledError | KeyboardInterrupt | SystemExit):
                raise
            else:
                logger.error("The room of notebook %s ended badly", notebook_id, exc_info=error)
        finally:
            del self._lives[notebook_id]
            life.ended.set()

    async def _inhabit(self, opened: OpenedNotebook, life: _Life) -> None:
        guard = Guard(self._limits, self._step2_limits)
        room = Room(opened, clock=self._clock, guard=guard, outside=self._outside)
        async with room, self._exporter_factory(room, opened) as exporter:
            room.exporter = exporter
            life.room = room
            life.ready.set_result(room)
            for tell in self.opened:
                tell(room)
            if self._closed:
                room.closing.set()
            room.spawn(self._watch(room))
            await room.closing.wait()
            await room.part()

    async def _watch(self, room: Room) -> None:
        """Let the room close once it was unused for long enough."""
        while room.idle_seconds() < self._idle_seconds:
            await self._clock.sleep(IDLE_LOOK_SECONDS)
        room.closing.set()


def _told(error: BaseException, notebook_id: NotebookId) -> BaseException:
    """What those are told who asked for a room that could not be opened."""
    if isinstance(error, Exception | KeyboardInterrupt | SystemExit):
        return error
    if not isinstance(error, asyncio.CancelledError):  # the native layer panics past Exception
        logger.error("Notebook %s could not be opened", notebook_id, exc_info=error)
    return RoomClosed()


async def _all_ended(lives: tuple[_Life, ...]) -> None:
    for life in lives:
        await life.ended.wait()
