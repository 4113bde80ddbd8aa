"""Keeps two servers with two stores from writing one notebook's file, by a lock beside it.

Such a lock is advice among our servers: it is made with the first change, never by opening.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from anode_jlab.clock import Clock, SystemClock
from anode_jlab.config import AnodeConfig
from anode_jlab.documents.aliases import real_place
from anode_jlab.documents.contents import ContentsPort
from anode_jlab.documents.lock_file import (
    Found,
    Mark,
    Person,
    lock_of,
    make_lock,
    new_token,
    put_lock,
    read_lock,
    remove_lock,
    this_person,
)
from anode_jlab.errors import AnodeError, HeldByAnother, HeldElsewhere
from anode_jlab.eventlog.machine import Process, is_alive, this_process
from anode_jlab.events.document import Kind
from anode_jlab.ids import NotebookId

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 5.0
"""How often a room looks whose lock is there: as often as a lease is renewed."""

RENEW_LOOKS: Final = 3
"""Every how manyth look the lock is written, so that other machines see that we are alive."""

STALE_SECONDS: Final = 45.0
"""A lock of another machine that stayed as it is for so long is that of a dead server. It is timed
by who looks, because the clocks of two machines differ."""


class FileLocks:
    """The locks of one server."""

    def __init__(
        self,
        contents: ContentsPort,
        *,
        server: str,
        person: Person,
        process: Process,
        clock: Clock,
        enabled: bool = True,
    ) -> None:
        self._contents = contents
        self._server = server
        self._person = person
        self._process = process
        self._clock = clock
        self._enabled = enabled
        self._seen: dict[Path, tuple[bytes, float]] = {}

    @classmethod
    def of(cls, config: AnodeConfig, contents: ContentsPort, server: str) -> FileLocks:
        """Those of this process, which answers at the address ``server``."""
        return cls(
            contents,
            server=server,
            person=this_person(),
            process=this_process(),
            clock=SystemClock(),
            enabled=config.lock_files,
        )

    def lock_at(self, path: str) -> Path | None:
        """The lock of a notebook's file; None where there are none."""
        place = self._contents.local_path(path) if self._enabled else None
        return None if place is None else lock_of(real_place(place))

    def of_room(
        self,
        notebook: NotebookId,
        path: Callable[[], str],
        lost: Callable[[BaseException], None],
        kind: Kind = Kind.NOTEBOOK,
    ) -> RoomLock:
        """The lock of one room: ``path`` tells where its file is, ``lost`` hears that it is
        another server's."""
        return RoomLock(self, notebook, path, self._clock, lost, kind)

    async def check(self, path: str, notebook: NotebookId, kind: Kind = Kind.NOTEBOOK) -> None:
        """Raise HeldElsewhere while another living server writes the notebook's file."""
        lock = self.lock_at(path)
        found = None if lock is None else await asyncio.to_thread(read_lock, lock)
        if lock is not None and found is not None and not self.is_ours(found, notebook):
            self.require_stale(lock, found, kind)

    async def seize(self, path: str, notebook: NotebookId, kind: Kind = Kind.NOTEBOOK) -> None:
        """Take the file over from another server of the same person.

        Raises HeldByAnother while another person's living server has it.
        """
        lock = self.lock_at(path)
        found = None if lock is None else await asyncio.to_thread(read_lock, lock)
        if lock is None or found is None or self.is_ours(found, notebook):
            return
        try:
            self.require_stale(lock, found, kind)
        except HeldByAnother:
            raise
        except HeldElsewhere:
            logger.info("Notebook %s was taken over from another server.", notebook)
        try:
            await asyncio.to_thread(put_lock, lock, self.new_mark(notebook, kind))
        except OSError as error:
            raise HeldElsewhere(f"Its lock {lock.name} cannot be replaced: {error}.") from error

    def new_mark(self, notebook: NotebookId, kind: Kind = Kind.NOTEBOOK) -> Mark:
        """What a lock of ours says."""
        return Mark(
            notebook=notebook,
            server=self._server,
            person=self._person,
            process=self._process,
            token=new_token(),
            kind=kind,
        )

    def is_ours(self, found: Found, notebook: NotebookId) -> bool:
        """Whether this process made the lock for this notebook."""
        mark = found.mark
        return mark is not None and (mark.process, mark.notebook) == (self._process, notebook)

    def require_stale(self, lock: Path, found: Found, kind: Kind) -> None:
        """Raise HeldElsewhere unless who made the lock is dead, or this very process has the file
        open as another kind: as a notebook and as a text."""
        mark = found.mark
        if mark is not None:
            if mark.process == self._process and mark.kind is not kind:
                return
            if self._process.rebooted_since(mark.process):
                return
            if self._process.same_machine(mark.process):
                if is_alive(mark.process):
                    raise self._held(mark)
                return
        now = self._clock.monotonic()
        seen = self._seen.get(lock)
        if seen is None or seen[0] != found.raw:
            self._seen[lock] = (found.raw, now)
        elif now - seen[1] >= STALE_SECONDS:
            del self._seen[lock]
            return
        raise self._held(mark)

    def _held(self, mark: Mark | None) -> HeldElsewhere:
        if mark is None:
            return HeldElsewhere("The notebook is open in another server.")
        process = mark.process
        host, _, _ = process.host.partition(" ")
        where = f"process {process.pid} on {host}"
        if mark.person.id == self._person.id:
            return HeldElsewhere(f"The notebook is open in {mark.server} ({where}).")
        return HeldByAnother(
            f"The notebook is open in {mark.person.name}'s server ({mark.server}, {where})."
        )


class RoomLock:
    """The lock of one room, see ``FileLocks.of_room``.

    A folder that cannot be written has no lock: then the file cannot be written, either, or the
    next write tells.
    """

    def __init__(
        self,
        locks: FileLocks,
        notebook: NotebookId,
        path: Callable[[], str],
        clock: Clock,
        lost: Callable[[BaseException], None],
        kind: Kind,
    ) -> None:
        self._kind = kind
        self._locks = locks
        self._notebook = notebook
        self._path = path
        self._clock = clock
        self._lost = lost
        self._mark: Mark | None = None
        self._lock: Path | None = None
        self._turn = asyncio.Lock()
        self._wanted = asyncio.Event()

    @property
    def runs(self) -> tuple[Callable[[], Coroutine[object, object, None]], ...]:
        """What runs while the room lives; the exporter's tasks."""
        return (self._make, self._watch)

    def want(self) -> None:
        """There is a change: the lock is to be made, soon."""
        if self._mark is None:
            self._wanted.set()

    async def ensure(self) -> None:
        """Hold the lock where one can be. Raises HeldElsewhere when a living server has it."""
        async with self._turn:
            lock = self._locks.lock_at(self._path())
            if lock != self._lock:
                await self._drop()
                self._lock = lock
            if lock is not None:
                await asyncio.to_thread(self._hold, lock)

    async def release(self) -> None:
        """Let others have the file."""
        async with self._turn:
            self._lock = self._lock or self._locks.lock_at(self._path())
            await self._drop()

    async def _make(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self._try(self.ensure())

    async def _watch(self) -> None:
        looks = 0
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            looks += 1
            await self._try(self._look(renew=looks % RENEW_LOOKS == 0))

    async def _try(self, work: Awaitable[None]) -> None:
        try:
            await work
        except HeldElsewhere as error:
            self._lost(error)
        except AnodeError as error:
            logger.debug("The lock of notebook %s: %s", self._notebook, error.message)

    async def _look(self, *, renew: bool) -> None:
        if self._mark is None:
            await self._locks.check(self._path(), self._notebook, self._kind)
            return
        if renew:
            self._mark = replace(self._mark, renewed=self._mark.renewed + 1)
        await self.ensure()

    async def _drop(self) -> None:
        lock, self._mark = self._lock, None
        if lock is not None:
            await asyncio.to_thread(self._remove, lock)

    def _remove(self, lock: Path) -> None:
        found = read_lock(lock)
        if found is not None and self._locks.is_ours(found, self._notebook):
            remove_lock(lock)

    def _hold(self, lock: Path) -> None:
        mark = self._mark or self._locks.new_mark(self._notebook, self._kind)
        try:
            if make_lock(lock, mark):
                self._mark = mark
                return
        except OSError:
            self._mark = None  # a folder that cannot be written
        found = read_lock(lock)
        if found is None:
            return
        is_ours = self._locks.is_ours(found, self._notebook)
        if not is_ours:
            self._locks.require_stale(lock, found, self._kind)
        if found.mark != mark:
            try:
                put_lock(lock, mark)
            except OSError:
                return
        self._mark = mark
