"""The embedded event store: one SQLite file per notebook, written by a few threads."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

import msgspec

from anode_jlab.clock import Clock
from anode_jlab.errors import RoomClosed
from anode_jlab.eventlog import sqlite_reading
from anode_jlab.eventlog.base import Derived, Lease, Loaded, Recovered, SeqRange, Snapshot
from anode_jlab.eventlog.journal import Journal
from anode_jlab.eventlog.machine import Process, this_process
from anode_jlab.eventlog.sqlite_copying import copy_log, put_in_place
from anode_jlab.eventlog.sqlite_errors import translated
from anode_jlab.eventlog.sqlite_file import Durability, LogFile
from anode_jlab.eventlog.sqlite_recovery import recover
from anode_jlab.eventlog.sqlite_schema import is_stored
from anode_jlab.eventlog.sqlite_snapshots import COMPRESSION_LEVEL, compressed
from anode_jlab.eventlog.wakeups import Wakeups
from anode_jlab.eventlog.wal_audit import check_wal
from anode_jlab.eventlog.writers import Writers
from anode_jlab.events.event import Envelope, Record
from anode_jlab.ids import NotebookId, Seq

T = TypeVar("T")

READER_THREADS = 2
"""Threads for loading and reading: apart from the writers, so that history never delays an ack."""

SUBSCRIBED_AT_ONCE = 1000
"""Most events that a subscriber gets in one batch while it catches up."""


class SqliteEventStore:
    """Satisfies ``base.EventStore``: ``<store_dir>/<id[:2]>/<id>/log.db``, made at first append."""

    kind = "sqlite"

    def __init__(
        self,
        store_dir: Path,
        *,
        durability: Durability | str = Durability.FULL,
        threads: int = 4,
        clock: Clock,
        process: Process | None = None,
        journal: Journal | None = Journal.WAL,
    ) -> None:
        self._store_dir = store_dir
        self._journal = journal
        self._durability = Durability(durability)
        self._clock = clock
        self._process = process or this_process()
        self._writers = Writers(threads)
        self._readers = ThreadPoolExecutor(READER_THREADS, thread_name_prefix="anode-reader")
        self._wakeups: WeakValueDictionary[NotebookId, Wakeups] = WeakValueDictionary()
        self._logs: set[SqliteEventLog] = set()

    def path_of(self, notebook: NotebookId) -> Path:
        """The file of a notebook's log, whether it exists or not."""
        return self._store_dir / notebook[:2] / notebook / "log.db"

    async def open(self, notebook: NotebookId) -> SqliteEventLog:
        file = LogFile(
            self.path_of(notebook),
            durability=self._durability,
            clock=self._clock,
            process=self._process,
            journal=self._journal,
        )
        log = SqliteEventLog(
            notebook,
            self.path_of(notebook),
            file,
            self._writers,
            self._readers,
            self._wakeups.setdefault(notebook, Wakeups()),
            self._logs.discard,
        )
        self._logs.add(log)
        return log

    async def exists(self, notebook: NotebookId) -> bool:
        def look() -> bool:
            with translated():
                return is_stored(self.path_of(notebook))

        return await asyncio.get_running_loop().run_in_executor(self._readers, look)

    async def notebooks(self) -> list[NotebookId]:
        """The notebooks that have a log here, or what is left of one, in no particular order."""

        def look() -> list[NotebookId]:
            with translated():
                found = self._store_dir.glob("??/*/log.db")
                return [NotebookId(file.parent.name) for file in sorted(found)]

        return await asyncio.get_running_loop().run_in_executor(self._readers, look)

    async def recover(self, notebook: NotebookId) -> Recovered | None:
        path = self.path_of(notebook)
        return await asyncio.to_thread(recover, path, clock=self._clock, process=self._process)

    async def put_in_place(self, notebook: NotebookId, prepared: Path) -> Path | None:
        """Make a whole log out of another store this notebook's; where the old one is kept now.

        Raises HeldElsewhere while a living server has the notebook open.
        """
        path = self.path_of(notebook)
        return await asyncio.to_thread(
            put_in_place, path, prepared, clock=self._clock, process=self._process
        )

    async def close(self) -> None:
        for log in list(self._logs):
            await log.close()
        await self._writers.close()
        await asyncio.to_thread(self._readers.shutdown)


class SqliteEventLog:
    """Satisfies ``base.EventLog``. Writes run in order in one thread, reads beside them."""

    def __init__(
        self,
        notebook: NotebookId,
        path: Path,
        file: LogFile,
        writers: Writers,
        readers: ThreadPoolExecutor,
        wakeups: Wakeups,
        on_close: Callable[[SqliteEventLog], None],
    ) -> None:
        self._notebook = notebook
        self._path = path
        self._file = file
        self._writers = writers
        self._readers = readers
        self._wakeups = wakeups
        self._on_close = on_close
        self._audited: asyncio.Future[None] | None = None
        self._closed = False

    async def acquire(self, holder: str, *, take_over: bool = False) -> Lease:
        await self._audit()
        return await self._write(lambda: self._file.acquire(holder, take_over=take_over))

    async def renew(self, lease: Lease) -> Lease:
        return await self._write(lambda: self._file.renew(lease))

    async def release(self, lease: Lease) -> None:
        await self._write(lambda: self._file.release(lease))

    async def append(
        self,
        records: Sequence[Record],
        *,
        epoch: int,
        expect_head: Seq,
        dedupe: str | None = None,
    ) -> SeqRange:
        if not records:
            raise ValueError("nothing to append")
        given = await self._write(lambda: self._file.append(records, epoch, expect_head, dedupe))
        self._wakeups.ring()
        return given

    async def read(
        self,
        after: Seq,
        *,
        limit: int | None = None,
        names: Collection[str] | None = None,
    ) -> list[Envelope]:
        return await self._read(lambda: sqlite_reading.read(self._path, after, limit, names))

    async def subscribe(self, after: Seq) -> AsyncIterator[Sequence[Envelope]]:
        bell = self._wakeups.add()
        try:
            while not self._closed:
                bell.clear()
                found = await self.read(after, limit=SUBSCRIBED_AT_ONCE)
                if found:
                    after = found[-1].seq
                    yield found
                else:
                    await bell.wait()
        finally:
            self._wakeups.remove(bell)

    async def load(self) -> Loaded:
        return await self._read(lambda: sqlite_reading.load(self._path))

    async def put_snapshot(self, snapshot: Snapshot, *, epoch: int) -> None:
        stored = await self._read(lambda: compressed(snapshot))
        await self._write(lambda: self._file.put_snapshot(stored, snapshot.state, epoch))

    async def put_tables(self, state: bytes, *, epoch: int) -> None:
        await self._write(lambda: self._file.put_tables(state, epoch))

    async def snapshot_before(self, seq: Seq) -> Snapshot | None:
        return await self._read(lambda: sqlite_reading.snapshot_before(self._path, seq))

    async def put_derived(self, derived: Derived, *, epoch: int) -> None:
        packed = await self._read(lambda: zlib.compress(derived.content, COMPRESSION_LEVEL))
        stored = msgspec.structs.replace(derived, content=packed)
        await self._write(lambda: self._file.put_derived(stored, epoch))

    async def derived(self, name: str) -> Derived | None:
        return await self._read(lambda: sqlite_reading.derived(self._path, name))

    async def compact(self, upto: Seq, *, epoch: int, whole: bool = False) -> int:
        step = await self._read(lambda: sqlite_reading.packing(self._path, upto, whole=whole))
        if step is None:
            return 0
        await self._write(lambda: self._file.put_block(step.block, epoch))
        return step.block.events

    async def purge(self, first: Seq, last: Seq, *, epoch: int) -> int:
        step = await self._read(lambda: sqlite_reading.purging(self._path, first, last))
        block = None if step is None else step.block
        await self._write(lambda: self._file.put_purged(block, first, last, epoch))
        return 0 if step is None else step.updates

    async def reclaim(self, *, epoch: int, thorough: bool = False) -> None:
        await self._write(lambda: self._file.reclaim(epoch, thorough=thorough))

    async def copy_to(self, target: Path) -> Seq:
        """Write what is committed now into a new file, checked and durable; the head it has.

        Others may go on writing meanwhile. Raises StoreDamaged.
        """
        return await self._read(lambda: copy_log(self._path, target))

    async def verify(self) -> Seq:
        return await self._read(lambda: sqlite_reading.verify(self._path))

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._wakeups.ring()
            self._on_close(self)
            await self._writers.run(self._notebook, self._file.close)

    async def _write(self, job: Callable[[], T]) -> T:
        if self._closed:
            raise RoomClosed("The event log is closed.")
        return await self._writers.run(self._notebook, job)

    async def _read(self, job: Callable[[], T]) -> T:
        if self._closed:
            raise RoomClosed("The event log is closed.")
        await self._audit()
        return await asyncio.get_running_loop().run_in_executor(self._readers, job)

    async def _audit(self) -> None:
        """Look for lost frames, once, before SQLite opens the file and forgets about them."""
        if self._audited is None:
            self._audited = asyncio.get_running_loop().run_in_executor(
                self._readers, check_wal, self._path
            )
        await asyncio.shield(self._audited)
