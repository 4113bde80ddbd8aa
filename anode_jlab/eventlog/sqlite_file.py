"""Writing one notebook's ``log.db``: runs in one writer thread and waits for the disk there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path

from anode_jlab.clock import Clock
from anode_jlab.errors import LeaseLost
from anode_jlab.eventlog.attached import connect
from anode_jlab.eventlog.base import Derived, Lease, SeqRange
from anode_jlab.eventlog.journal import Journal, prepare, settle
from anode_jlab.eventlog.machine import Process
from anode_jlab.eventlog.sqlite_appending import Appending
from anode_jlab.eventlog.sqlite_blocks import Block
from anode_jlab.eventlog.sqlite_derived import insert_derived
from anode_jlab.eventlog.sqlite_errors import translated
from anode_jlab.eventlog.sqlite_lease import Claim, LeaseRow
from anode_jlab.eventlog.sqlite_making import lay_out, make_empty_file
from anode_jlab.eventlog.sqlite_packing import is_wasteful, store_block
from anode_jlab.eventlog.sqlite_reading import (
    BUSY_SECONDS,
    confirm_head,
    head_of,
)
from anode_jlab.eventlog.sqlite_rescue import Place
from anode_jlab.eventlog.sqlite_schema import is_stored
from anode_jlab.eventlog.sqlite_snapshots import StoredSnapshot, insert_snapshot
from anode_jlab.eventlog.state_tables import fill_state_tables
from anode_jlab.eventlog.witness import Witness, remembered
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


class LogFile:
    """One notebook's file. Every method blocks and belongs to one thread at a time.

    The file is made by the first append, in one transaction with its content; until then a lease
    is a claim in memory, which that append turns into the lease row unless somebody was faster.
    """

    def __init__(
        self,
        path: Path,
        *,
        durability: Durability,
        clock: Clock,
        process: Process,
        journal: Journal | None = Journal.WAL,
    ) -> None:
        self._path = path
        self._journal = journal
        self._durability = durability
        self._leases = LeaseRow(clock, process)
        self._claim: Claim | None = None
        self._connection: sqlite3.Connection | None = None
        self._appending: Appending | None = None
        self._witness = Witness(path)
        self._place = Place(path)

    def acquire(self, holder: str, *, take_over: bool = False) -> Lease:
        """See ``EventLog.acquire``."""
        token = os.urandom(8).hex()
        with translated():
            connection = self._open()
            if connection is None:
                self._claim = self._leases.first_claim(holder, token)
            else:
                with self._lease_transaction(connection):
                    self._claim = self._leases.claim(connection, holder, token, take_over=take_over)
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
        with translated(), suppress(LeaseLost):
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
                given = self._appending.insert(records, expect_head, dedupe)
            self._witness.tell(self._appending.end)
            return given

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
                insert_snapshot(connection, snapshot)
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

    def put_derived(self, derived: Derived, epoch: int) -> None:
        """See ``EventLog.put_derived``; the content is compressed."""
        with self._writing(epoch) as connection:
            insert_derived(connection, derived)

    def put_block(self, block: Block, epoch: int) -> None:
        """Put packed events in place of their rows."""
        with self._writing(epoch) as connection:
            store_block(connection, block)

    def put_purged(self, block: Block | None, first: Seq, last: Seq, epoch: int) -> None:
        """The same with events whose bytes are gone, overwriting them; and drop the snapshots."""
        with self._writing(epoch, secure=True) as connection:
            connection.execute("DELETE FROM snapshots WHERE seq BETWEEN ? AND ?", (first, last))
            if block is not None:
                store_block(connection, block)

    def reclaim(self, epoch: int, *, thorough: bool) -> None:
        """See ``EventLog.reclaim``."""
        with self._writing(epoch) as connection:
            wanted = thorough or is_wasteful(connection)
        if wanted:
            with translated():
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the file; what the WAL still holds is copied into it."""
        connection, self._connection, self._appending = self._connection, None, None
        self._witness.close()
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

        A file without tables is the trace of a first append that was cut short. Raises LeaseLost
        when another file stands in the place of the one that was opened; one that was removed is
        written again from what is still open.
        """
        if self._connection is not None and not self._place.holds():
            self._write_again(self._connection)
        if self._connection is None and is_stored(self._path):
            connection = self._connect()
            try:
                (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                if tables:
                    confirm_head(connection, remembered(self._path))
                    self._use(connection)
            finally:
                if self._connection is None:
                    connection.close()
        return self._connection

    def _write_again(self, connection: sqlite3.Connection) -> None:
        rebuilt = self._place.copy(connection)
        self.close()
        self._place.put(rebuilt)

    def _connect(self) -> sqlite3.Connection:
        connection = connect(
            self._path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS
        )
        prepare(connection, self._journal)
        return connection

    def _use(self, connection: sqlite3.Connection) -> None:
        """Set the connection to our way of writing.

        A rollback journal is with EXTRA as durable as a write-ahead log, and only slower.
        """
        journal = settle(connection, self._journal)
        self._synchronous = self._durability.synchronous if journal is Journal.WAL else "EXTRA"
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute(f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES}")
        self._connection = connection
        self._place.note()

    def _create(
        self, claim: Claim, records: Sequence[Record], expect_head: Seq, dedupe: str | None
    ) -> SeqRange:
        """Make the file, in one durable transaction with the first records."""
        self._witness.forget()
        make_empty_file(self._path)
        connection = self._connect()
        try:
            connection.execute("PRAGMA synchronous = EXTRA")
            with self._transaction(connection):
                (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                if tables:
                    raise LeaseLost("Another server opened the notebook at the same moment.")
                lay_out(connection)
                self._leases.store(connection, claim)
                appending = Appending(connection)
                given = appending.insert(records, expect_head, dedupe)
        except BaseException:
            connection.close()
            with suppress(OSError):
                if not self._path.stat().st_size:
                    self._path.unlink()
            raise
        self._witness.tell(appending.end)
        try:
            self._use(connection)
        except sqlite3.Error:  # what was asked is durable: the next call opens the file again
            connection.close()
        return given

    @contextmanager
    def _writing(self, epoch: int, *, secure: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction on the stored file under our lease; ``secure``: what goes is zeroed."""
        claim = self._claimed(epoch)
        with translated():
            connection = self._open()
            if connection is None:
                raise LeaseLost("The event log is not stored.")
            connection.execute(f"PRAGMA secure_delete = {'ON' if secure else 'OFF'}")
            with self._transaction(connection):
                self._leases.check(connection, claim)
                yield connection

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
