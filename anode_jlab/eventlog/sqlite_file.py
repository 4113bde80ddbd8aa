"""Writing one notebook's ``log.db``: runs in one writer thread and waits for the disk there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path

import msgspec

from anode_jlab.clock import Clock
from anode_jlab.errors import LeaseLost
from anode_jlab.eventlog.attached import connect
from anode_jlab.eventlog.base import Lease, SeqRange
from anode_jlab.eventlog.machine import Process
from anode_jlab.eventlog.sqlite_appending import Appending
from anode_jlab.eventlog.sqlite_errors import translated
from anode_jlab.eventlog.sqlite_lease import Claim, LeaseRow
from anode_jlab.eventlog.sqlite_reading import BUSY_SECONDS, checked_snapshot_sum, head_of
from anode_jlab.eventlog.sqlite_schema import (
    APPLICATION_ID,
    FREQUENT_NAMES,
    SCHEMA,
    STORE_FORMAT,
    is_stored,
)
from anode_jlab.eventlog.state_tables import fill_state_tables
from anode_jlab.eventlog.stations import surplus
from anode_jlab.events.event import Record
from anode_jlab.ids import Seq

WAL_KEPT_BYTES = 4 << 20
"""What a write-ahead log is cut back to after a large transaction: SQLite's checkpoint size."""


class Durability(StrEnum):
    """What an append waits for."""

    FULL = "full"
    """The disk has it: survives a power cut."""

    RELAXED = "relaxed"
    """The operating system has it: survives the end of this process only."""

    @property
    def synchronous(self) -> str:
        """The value of ``PRAGMA synchronous`` in WAL mode."""
        return "FULL" if self is Durability.FULL else "NORMAL"


class StoredSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot as it is stored: compressed."""

    seq: Seq
    document: bytes
    state: bytes


class LogFile:
    """One notebook's file. Every method blocks and belongs to one thread at a time.

    The file is made by the first append, in one transaction with its content; until then a lease
    is a claim in memory, which that append turns into the lease row unless somebody was faster.
    """

    def __init__(
        self, path: Path, *, durability: Durability, clock: Clock, process: Process
    ) -> None:
        self._path = path
        self._durability = durability
        self._leases = LeaseRow(clock, process)
        self._claim: Claim | None = None
        self._connection: sqlite3.Connection | None = None
        self._appending: Appending | None = None

    def acquire(self, holder: str) -> Lease:
        """See ``EventLog.acquire``."""
        token = os.urandom(8).hex()
        with translated():
            connection = self._open()
            if connection is None:
                self._claim = self._leases.first_claim(holder, token)
            else:
                with self._lease_transaction(connection):
                    self._claim = self._leases.claim(connection, holder, token)
        return self._claim.lease

    def renew(self, lease: Lease) -> Lease:
        """See ``EventLog.renew``."""
        with translated():
            claim = self._leases.renewed(self._claimed(lease.epoch))
            connection = self._open()
            if connection is not None:
                with self._lease_transaction(connection):
                    self._leases.check(connection, claim)
                    self._leases.store(connection, claim)
        self._claim = claim
        return claim.lease

    def release(self, lease: Lease) -> None:
        """See ``EventLog.release``."""
        claim = self._claim
        if claim is None or claim.lease.epoch != lease.epoch:
            return
        self._claim = None
        with translated():
            connection = self._open()
            if connection is not None:
                with self._lease_transaction(connection):
                    self._leases.give_back(connection, claim)

    def append(
        self, records: Sequence[Record], epoch: int, expect_head: Seq, dedupe: str | None
    ) -> SeqRange:
        """See ``EventLog.append``."""
        claim = self._claimed(epoch)
        with translated():
            connection = self._open()
            if connection is None:
                return self._create(claim, records, expect_head, dedupe)
            if self._appending is None:
                self._appending = Appending(connection)
            with self._transaction(connection):
                self._leases.check(connection, claim)
                return self._appending.insert(records, expect_head, dedupe)

    def put_snapshot(self, snapshot: StoredSnapshot, state: bytes, epoch: int) -> None:
        """See ``EventLog.put_snapshot``; ``state`` is the uncompressed one, for the tables."""
        claim = self._claimed(epoch)
        with translated():
            connection = self._open()
            if connection is None:
                raise ValueError(f"no event {snapshot.seq} to take a snapshot of")
            with self._transaction(connection):
                self._leases.check(connection, claim)
                if not 0 < snapshot.seq <= head_of(connection):
                    raise ValueError(f"no event {snapshot.seq} to take a snapshot of")
                self._insert_snapshot(connection, snapshot)
                fill_state_tables(connection, state)

    def put_tables(self, state: bytes, epoch: int) -> None:
        """See ``EventLog.put_tables``."""
        claim = self._claimed(epoch)
        with translated():
            connection = self._open()
            if connection is not None:
                with self._transaction(connection):
                    self._leases.check(connection, claim)
                    fill_state_tables(connection, state)

    def close(self) -> None:
        """Let go of the file; what the WAL still holds is copied into it."""
        connection, self._connection, self._appending = self._connection, None, None
        if connection is not None:
            with translated():
                connection.close()

    # --- steps --------------------------------------------------------------------------------

    def _claimed(self, epoch: int) -> Claim:
        if self._claim is None or self._claim.lease.epoch != epoch:
            raise LeaseLost()
        return self._claim

    def _open(self) -> sqlite3.Connection | None:
        """The connection to the stored file, or None when nothing is stored yet.

        A file without tables is the trace of a first append that was cut short.
        """
        if self._connection is None and is_stored(self._path):
            connection = self._connect()
            try:
                (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                if tables:
                    self._use(connection)
            finally:
                if self._connection is None:
                    connection.close()
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        return connect(
            self._path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS
        )

    def _use(self, connection: sqlite3.Connection) -> None:
        """Set the connection to our way of writing.

        Where a write-ahead log is not possible SQLite keeps its rollback journal, which with EXTRA
        is as durable and only slower.
        """
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        self._synchronous = self._durability.synchronous if mode == "wal" else "EXTRA"
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute(f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES}")
        self._connection = connection

    def _create(
        self, claim: Claim, records: Sequence[Record], expect_head: Seq, dedupe: str | None
    ) -> SeqRange:
        """Make the file, in one durable transaction with the first records."""
        self._make_empty_file()
        connection = self._connect()
        try:
            connection.execute("PRAGMA synchronous = EXTRA")
            with self._transaction(connection):
                (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                if tables:
                    raise LeaseLost("Another server opened the notebook at the same moment.")
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {STORE_FORMAT}")
                for statement in filter(str.strip, SCHEMA.split(";\n")):
                    connection.execute(statement)
                connection.executemany(
                    "INSERT INTO names (name) VALUES (?)", [(name,) for name in FREQUENT_NAMES]
                )
                self._leases.store(connection, claim)
                given = Appending(connection).insert(records, expect_head, dedupe)
        except BaseException:
            connection.close()
            with suppress(OSError):
                if not self._path.stat().st_size:
                    self._path.unlink()
            raise
        try:
            self._use(connection)
        except sqlite3.Error:  # what was asked is durable: the next call opens the file again
            connection.close()
        return given

    def _make_empty_file(self) -> None:
        """The folders and an empty file that only we may read, durably."""
        folder = self._path.parent
        made = [path for path in (folder, folder.parent, folder.parent.parent) if not path.exists()]
        for path in reversed(made):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):  # an existing file may be open through SQLite
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        for path in (folder, *(made_folder.parent for made_folder in made)):
            _sync_folder(path)

    def _insert_snapshot(self, connection: sqlite3.Connection, snapshot: StoredSnapshot) -> None:
        seq, document, state = snapshot.seq, snapshot.document, snapshot.state
        connection.execute(
            "INSERT OR REPLACE INTO snapshots (seq, document, state, crc) VALUES (?, ?, ?, ?)",
            (seq, document, state, checked_snapshot_sum(seq, document, state)),
        )
        seqs = [seq for (seq,) in connection.execute("SELECT seq FROM snapshots ORDER BY seq")]
        connection.executemany(
            "DELETE FROM snapshots WHERE seq = ?", [(seq,) for seq in surplus(seqs)]
        )

    @contextmanager
    def _transaction(self, connection: sqlite3.Connection) -> Iterator[None]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            self._appending = None  # it may know ids that are rolled back now
            with suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _lease_transaction(self, connection: sqlite3.Connection) -> Iterator[None]:
        """A transaction that does not wait for the disk: the next append makes it durable.

        A lease that a power cut takes away belonged to a process that it took away too.
        """
        if self._synchronous == "FULL":
            connection.execute("PRAGMA synchronous = NORMAL")
        try:
            with self._transaction(connection):
                yield
        finally:
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
