"""A stretch of the log in order, each event checked against the one before."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from heapq import merge
from itertools import islice
from operator import itemgetter

from anode_jlab.errors import StoreDamaged
from anode_jlab.eventlog.sealing import CHAIN_START
from anode_jlab.eventlog.sqlite_blocks import blocks_between, has_blocks, unpack
from anode_jlab.eventlog.sqlite_rows import RECORD_COLUMNS, Reading, Row
from anode_jlab.eventlog.sqlite_schema import FREQUENT_NAMES
from anode_jlab.events.event import Envelope
from anode_jlab.events.order import jumps
from anode_jlab.ids import Seq

LAST_SEQ = (1 << 63) - 1
"""The largest number that SQLite keeps."""


def stretch(
    connection: sqlite3.Connection,
    after: int,
    upto: int,
    *,
    names: Collection[int] | None = None,
    limit: int = -1,
    lenient: bool = False,
) -> Iterator[Row]:
    """The rows with ``after`` < seq <= ``upto`` in order, packed ones too; no row is checked.

    ``names`` are ids of the only names wanted, ``limit`` is the most rows (-1: all). Raises
    StoreDamaged at a damaged block, which ``lenient`` passes over.
    """
    conditions, values = "seq > ? AND seq <= ?", [after, upto]
    frequent = names is None or any(name <= len(FREQUENT_NAMES) for name in names)
    if names is not None:
        conditions += f" AND name IN ({', '.join('?' * len(names))})"
        values += names
        if not frequent:
            # Said in the index's own words, so that SQLite uses it.
            conditions += f" AND name > {len(FREQUENT_NAMES)}"
    rows: Iterator[Row] = connection.execute(
        f"SELECT {RECORD_COLUMNS} FROM records WHERE {conditions} ORDER BY seq LIMIT ?",
        (*values, limit),
    )
    if not frequent or not has_blocks(connection):
        return rows
    packed = _packed(connection, after, upto, names, lenient)
    merged = merge(rows, packed, key=itemgetter(0))
    return merged if limit < 0 else islice(merged, limit)


def _packed(
    connection: sqlite3.Connection,
    after: int,
    upto: int,
    names: Collection[int] | None,
    lenient: bool,
) -> Iterator[Row]:
    for block in blocks_between(connection, after, upto, lenient=lenient):
        for row in unpack(block):
            if after < row[0] <= upto and (names is None or row[5] in names):
                yield row


class Walk:
    """Goes from event to event. Every method raises StoreDamaged where the log is broken."""

    def __init__(self, rows: Reading) -> None:
        self._rows = rows
        self.seq = 0
        """Seq of the last event that was found good."""
        self.chain = CHAIN_START
        """Its chain hash."""

    def begin(self, rows: Iterable[Row]) -> None:
        """Start with these rows instead of the beginning of the log.

        The first one's own checksum is checked, its link to what stands before is not.
        """
        for row in rows:
            if self.seq:
                self.envelope(row)
            else:
                self._rows.envelope(row)
                self.seq, self.chain = row[0], row[-1]

    def check(self, rows: Iterable[Row]) -> None:
        """Go over these rows."""
        for row in rows:
            if row[0] != self.seq + 1:
                self.envelope(row)
                continue
            self._rows.check(row, self.chain)
            self.seq, self.chain = row[0], row[-1]

    def envelope(self, row: Row) -> Envelope:
        """Go over one row; what it says."""
        seq = row[0]
        if seq == self.seq + 1:
            envelope = self._rows.chained(row, self.chain)
        else:
            envelope = self._over_a_gap(row)
        self.seq, self.chain = seq, row[-1]
        return envelope

    def reached(self, seq: int) -> None:
        """The walk should stand at ``seq`` now."""
        if self.seq != seq:
            raise StoreDamaged(f"Event {Seq(self.seq + 1)} is missing.")

    def _over_a_gap(self, row: Row) -> Envelope:
        try:
            envelope = self._rows.chained(row, self.chain)
        except StoreDamaged:
            raise StoreDamaged(f"Event {self.seq + 1} is missing.") from None
        if not jumps(envelope.event, self.seq, row[0]):
            raise StoreDamaged(f"Event {self.seq + 1} is missing.")
        return envelope
