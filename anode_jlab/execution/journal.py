"""The way of runs into the log and the document: in order, and again when a room was reloaded."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.recorder import RUN
from anode_jlab.errors import RoomClosed
from anode_jlab.events.actor import Actor
from anode_jlab.events.event import Event
from anode_jlab.ids import NotebookId
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.rooms import Rooms

Write = Callable[[NotebookDocument], None]


@dataclass(slots=True, eq=False)
class _Entry:
    actor: Actor
    events: list[Event]
    writes: list[Write]
    done: list[asyncio.Future[None]] = field(default_factory=list)


class Journal:
    """One notebook's writer. Entries become durable in the order in which they were put; what
    waits while another is written goes with the next when it is of the same actor.

    A write may run twice, on another document, when the room had to be reloaded in between.
    """

    def __init__(self, rooms: Rooms, notebook_id: NotebookId) -> None:
        self._rooms = rooms
        self._notebook_id = notebook_id
        self._waiting: deque[_Entry] = deque()
        self._in_flight: _Entry | None = None
        self._wake = asyncio.Event()
        self._held: Room | None = None
        self._hold = ExitStack()

    def put(
        self, actor: Actor, events: Sequence[Event] = (), write: Write | None = None
    ) -> asyncio.Future[None]:
        """Queue events and a change of the document; the future is done when they are durable."""
        last = self._waiting[-1] if self._waiting else None
        if last is None or last.actor != actor:
            last = _Entry(actor, [], [])
            self._waiting.append(last)
        last.events.extend(events)
        if write is not None:
            last.writes.append(write)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        last.done.append(done)
        self._wake.set()
        return done

    async def room(self) -> Room:
        """The notebook's room, opened when it is not."""
        return await self._rooms.open(self._notebook_id)

    @property
    def open_room(self) -> Room | None:
        """The notebook's room, if it is open."""
        return self._rooms.get(self._notebook_id)

    @property
    def is_idle(self) -> bool:
        """All that was ever put is durable: what goes past this journal now comes after it."""
        return not self._waiting and self._in_flight is None

    async def hold(self) -> None:
        """Keep the room open though nobody is in it."""
        room = await self.room()
        if room is not self._held:
            self._hold.close()
            self._hold.enter_context(room.held())
            self._held = room

    def release(self) -> None:
        """The room may close again."""
        self._hold.close()
        self._held = None

    async def drained(self) -> None:
        """Wait until all that was put by now is durable. Raises RoomClosed when it never will."""
        last = self._waiting[-1] if self._waiting else self._in_flight
        if last is not None:
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            last.done.append(done)
            await done

    async def run(self) -> None:
        """Write until cancelled, or until the server shuts down (RoomClosed)."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    self._in_flight = self._waiting.popleft()
                    await self._write(self._in_flight)
                    self._in_flight = None
        finally:
            self.release()
            for entry in self._waiting:
                _finish(entry, RoomClosed())

    async def _write(self, entry: _Entry) -> None:
        while True:
            try:
                room = await self.room()
                if room.read_only:  # what a kernel does shows to its viewers, but not in this log
                    _finish(entry, None)
                    return
                if entry.writes:
                    await room.edit(
                        entry.actor,
                        RUN,
                        lambda document: _all(entry.writes, document),
                        entry.events,
                    )
                else:
                    await room.record(entry.events, entry.actor)
            except RoomClosed as error:
                if self._rooms.closed:
                    _finish(entry, error)
                    raise
                continue
            except BaseException as error:
                _finish(entry, error)
                raise
            _finish(entry, None)
            if self._held is not None:
                await self.hold()
            return


def _all(writes: Sequence[Write], document: NotebookDocument) -> None:
    for write in writes:
        write(document)


def _finish(entry: _Entry, error: BaseException | None) -> None:
    for future in entry.done:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
            future.exception()  # retrieved: whoever asked may be gone
