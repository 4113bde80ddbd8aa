"""Inserting records into an open ``log.db``, inside a transaction of the caller."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from anode_jlab.errors import HeadMoved
from anode_jlab.eventlog.base import SeqRange
from anode_jlab.eventlog.sealing import CHAIN_START
from anode_jlab.eventlog.sqlite_rows import INSERT_RECORD, Writing
from anode_jlab.eventlog.witness import Head
from anode_jlab.events.event import Record
from anode_jlab.ids import Seq


class Appending:
    """Knows which ids actors and names have in this file: void after a rollback."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._writing = Writing(connection)
        self.end = Head(*_end(connection))
        """The log's last event, also when the last insertion was one given before."""

    def insert(self, records: Sequence[Record], expect_head: Seq, dedupe: str | None) -> SeqRange:
        """See ``EventLog.append``; raises HeadMoved."""
        if dedupe is not None and (known := self._given_before(dedupe)) is not None:
            return known
        head, chain = _end(self._connection)
        if head != expect_head:
            raise HeadMoved(f"The log's head is {head}, not {expect_head}.")
        rows = self._writing.rows(records, head, chain)
        self._connection.executemany(INSERT_RECORD, rows)
        self.end = Head(rows[-1][0], rows[-1][-1])
        given = SeqRange(first=Seq(head + 1), last=Seq(head + len(records)))
        if dedupe is not None:
            self._connection.execute(
                "INSERT INTO dedupe (key, first, last) VALUES (?, ?, ?)",
                (dedupe, given.first, given.last),
            )
        return given

    def _given_before(self, dedupe: str) -> SeqRange | None:
        known = self._connection.execute(
            "SELECT first, last FROM dedupe WHERE key = ?", (dedupe,)
        ).fetchone()
        return None if known is None else SeqRange(first=known[0], last=known[1])


def _end(connection: sqlite3.Connection) -> tuple[int, bytes]:
    """Seq and chain hash of the last record."""
    found = connection.execute(
        "SELECT seq, chain FROM records ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return found or (0, CHAIN_START)
