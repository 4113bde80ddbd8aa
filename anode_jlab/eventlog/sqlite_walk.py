"""A stretch of the log in order, each event checked against the one before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from anode_jlab.errors import StoreDamaged
from anode_jlab.eventlog.sealing import CHAIN_START
from anode_jlab.eventlog.sqlite_rows import RECORD_COLUMNS, Reading, Row
from anode_jlab.events.event import Envelope
from anode_jlab.events.order import jumps
from anode_jlab.ids import Seq


def stretch(connection: sqlite3.Connection, after: int, upto: int) -> Iterator[Row]:
    """The rows with ``after`` < seq <= ``upto``, in order; nothing is checked."""
    return connection.execute(
        f"SELECT {RECORD_COLUMNS} FROM records WHERE seq > ? AND seq <= ? ORDER BY seq",
        (after, upto),
    )


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
