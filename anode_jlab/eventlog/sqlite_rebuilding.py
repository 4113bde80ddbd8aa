"""A new ``log.db`` out of what is good in a damaged one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from anode_jlab.clock import Clock
from anode_jlab.errors import StoreDamaged
from anode_jlab.eventlog.base import Recovered
from anode_jlab.eventlog.sealing import CHAIN_START, actor_bytes, seal, sealed_bytes
from anode_jlab.eventlog.sqlite_blocks import BLOCK_EVENTS, insert_block, pack
from anode_jlab.eventlog.sqlite_lease import LeaseRow
from anode_jlab.eventlog.sqlite_making import lay_out, make_empty_file, sync_file
from anode_jlab.eventlog.sqlite_rows import INSERT_RECORD, Row
from anode_jlab.eventlog.sqlite_salvage import Good, Salvage, Words, offered, open_damaged
from anode_jlab.eventlog.sqlite_schema import FREQUENT_NAMES, PACKED_FORMAT
from anode_jlab.eventlog.sqlite_snapshots import compressed, insert_snapshot
from anode_jlab.eventlog.witness import Head
from anode_jlab.events import registry
from anode_jlab.events.actor import SERVER
from anode_jlab.events.document import LineageStarted, LogRecovered
from anode_jlab.ids import Lineage, Seq


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a damaged log besides its content.

    ``witness`` is the head that it had, ``kept`` the folder beside it that holds it from now on.
    """

    reason: str
    kept: str
    witness: Head | None


class Rebuilding:
    """Writes one rebuilt log. Blocks; used once."""

    def __init__(self, damaged: sqlite3.Connection, target: sqlite3.Connection) -> None:
        self._salvage = Salvage(damaged)
        self._damaged = damaged
        self._target = target
        self._head = Head(0, CHAIN_START)
        self._lineage: Lineage | None = None
        self._client = 0
        self._block: list[Row] = []
        self._actors: dict[int, Words] = {}
        self._names: dict[int, str] = {}

    def run(self, damage: Damage, clock: Clock, leases: LeaseRow) -> tuple[Recovered, Head]:
        """Everything in one transaction: what was recovered, and the end of the new log."""
        epoch = _epoch(self._damaged, leases)
        target = self._target
        target.execute("BEGIN IMMEDIATE")
        lay_out(target)
        with closing(self._salvage.beginning()) as good:
            target.executemany(INSERT_RECORD, self._unpacked(self._followed(good)))
        self._store_block()
        good_upto = self._head.seq
        later = list(self._salvage.later(good_upto))
        lost_upto = max(
            good_upto,
            *(entry.row[0] for entry in later),
            damage.witness.seq if damage.witness else 0,
        )
        self._copy_snapshots(good_upto)
        event = LogRecovered(
            good_upto=Seq(good_upto),
            lost_upto=Seq(lost_upto),
            reason=damage.reason,
            kept=damage.kept,
        )
        self._write_words()
        end = self._write_event(event, clock.now())
        target.execute(
            "INSERT INTO lease (id, epoch, token, holder, host, boot, pid, started, wall_expires,"
            " boot_expires) VALUES (1, ?, '', NULL, '', '', 0, 0, 0, 0)",
            (max(epoch, self._client // CLIENTS_PER_EPOCH),),
        )
        if lost_upto > good_upto:
            target.execute(f"PRAGMA user_version = {PACKED_FORMAT}")
        target.execute("COMMIT")
        recovered = Recovered(
            seq=Seq(end.seq),
            good_upto=event.good_upto,
            lost_upto=event.lost_upto,
            reason=damage.reason,
            kept=damage.kept,
            offered=offered(self._salvage, later, good_upto, self._lineage),
        )
        return recovered, end

    def _followed(self, good: Iterator[Good]) -> Iterator[Row]:
        """The rows, while we take note of what they tell about the log as a whole."""
        lineage_name = LineageStarted.event_name
        for entry in good:
            row = entry.row
            self._head = Head(row[0], row[-1])
            self._client = max(self._client, row[3] or 0)
            self._actors[row[2]] = entry.actor
            self._names[row[5]] = entry.event.name
            if entry.event.name == lineage_name:
                event = entry.read()
                if isinstance(event, LineageStarted):
                    self._lineage = event.lineage
            yield row

    def _unpacked(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows to be stored one by one.

        Rows whose bytes were purged have no place but in a block; with the first of them a block is
        begun that takes all keystrokes that follow, until it is full.
        """
        for row in rows:
            is_frequent = row[5] <= len(FREQUENT_NAMES)
            if not is_frequent or not (self._block or row[8] is None):
                yield row
                continue
            self._block.append(row)
            if len(self._block) == BLOCK_EVENTS:
                self._store_block()

    def _store_block(self) -> None:
        if self._block:
            insert_block(self._target, pack(self._block))
            self._block = []

    def _copy_snapshots(self, good_upto: int) -> None:
        with closing(self._salvage.snapshots(1, good_upto)) as snapshots:
            for snapshot in snapshots:
                insert_snapshot(self._target, compressed(snapshot))

    def _write_words(self) -> None:
        self._target.executemany(
            "INSERT OR REPLACE INTO names (id, name) VALUES (?, ?)", self._names.items()
        )
        self._target.executemany(
            "INSERT INTO actors (id, kind, actor, name) VALUES (?, ?, ?, ?)",
            [(number, *values) for number, values in self._actors.items()],
        )

    def _write_event(self, event: LogRecovered, time: float) -> Head:
        target, stored = self._target, registry.encode(event)
        seq = event.lost_upto + 1
        by = (SERVER.kind.value, SERVER.id, SERVER.name)
        sealed = sealed_bytes(seq, time, actor_bytes(*by), None, None, stored)
        crc, chain = seal(self._head.chain, sealed)
        target.execute("INSERT OR IGNORE INTO actors (kind, actor, name) VALUES (?, ?, ?)", by)
        target.execute("INSERT OR IGNORE INTO names (name) VALUES (?)", (stored.name,))
        ids = "SELECT (SELECT id FROM actors WHERE kind = ? AND actor = ? AND name = ?)"
        actor, name = target.execute(
            f"{ids}, (SELECT id FROM names WHERE name = ?)", (*by, stored.name)
        ).fetchone()
        row: Row = (seq, time, actor, None, None, name, stored.data, None, crc, chain)
        target.execute(INSERT_RECORD, row)
        return Head(seq, chain)


CLIENTS_PER_EPOCH = 1_000_000
"""Rooms number their connections from ``epoch * 1,000,000`` on: where the lease is not readable,
the numbers in the log tell the epoch."""


def rebuild(
    damaged: Path, target: Path, damage: Damage, clock: Clock, leases: LeaseRow
) -> tuple[Recovered, Head]:
    """Make the file ``target``, durably, out of a copy of the damaged database.

    Raises HeldElsewhere while another living server has the log.
    """
    target.unlink(missing_ok=True)
    make_empty_file(target)
    with (
        closing(open_damaged(damaged)) as source,
        closing(sqlite3.connect(target, isolation_level=None)) as made,
    ):
        made.execute("PRAGMA synchronous = OFF")  # one fsync at the end is enough
        result = Rebuilding(source, made).run(damage, clock, leases)
    sync_file(target)
    return result


def _epoch(damaged: sqlite3.Connection, leases: LeaseRow) -> int:
    try:
        return leases.check_free(damaged)
    except (sqlite3.Error, StoreDamaged, UnicodeDecodeError, OverflowError, TypeError):
        return 0
