"""Packing and purging what is old: one block at a time, chosen here, stored by ``LogFile``."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from anode_jlab.eventlog.sqlite_blocks import (
    BLOCK_EVENTS,
    Block,
    blocks_between,
    has_blocks,
    insert_block,
    pack,
    unpack,
)
from anode_jlab.eventlog.sqlite_rows import RECORD_COLUMNS, Reading, Row
from anode_jlab.eventlog.sqlite_schema import FREQUENT_NAMES

BLOCK_BYTES = 1 << 20
"""A block is closed earlier when its updates are large."""

DOCUMENT_UPDATED = 1 + FREQUENT_NAMES.index("v1.DocumentUpdated")
"""The id that the name of document updates has in every file."""

WASTE_PAGES = 64
"""So many free pages (and a quarter of the file) are worth writing the file anew."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A block, and how many document updates it takes care of."""

    block: Block
    updates: int


def next_packing(connection: sqlite3.Connection, upto: int, *, whole: bool) -> Step | None:
    """The oldest rows up to ``upto`` that are not packed, as a block; None when there are none.

    Without ``whole`` a rest that would make a small block counts as none. Each row is checked
    before. Raises StoreDamaged.
    """
    rows = _unpacked(connection, 0, upto)
    if not rows or not (whole or _is_worth_it(connection, rows)):
        return None
    reading = Reading(connection)
    for row in rows:
        reading.envelope(row)
    return Step(block=pack(rows), updates=_updates(rows))


def next_purging(connection: sqlite3.Connection, first: int, last: int) -> Step | None:
    """The next block of this stretch without the bytes in it; None when none has any.

    Raises ValueError when no snapshot shows what the notebook was after it.
    """
    after = connection.execute("SELECT 1 FROM snapshots WHERE seq = ?", (last + 1,))
    if after.fetchone() is None:
        raise ValueError(f"no snapshot at event {last + 1}")
    (begin,) = connection.execute(
        "SELECT min(seq) FROM records WHERE seq BETWEEN ? AND ? AND name = ?",
        (first, last, DOCUMENT_UPDATED),
    ).fetchone()
    if begin is not None:
        return _stripped(_unpacked(connection, begin - 1, last), first, last)
    if has_blocks(connection):
        for block in blocks_between(connection, first - 1, last):
            if not block.stripped:
                rows = unpack(block)
                if any(_has_bytes(row, first, last) for row in rows):
                    return _stripped(rows, first, last)
    return None


def store_block(connection: sqlite3.Connection, block: Block) -> None:
    """Put a block in place of its rows, inside the caller's transaction."""
    insert_block(connection, block)
    connection.execute(
        f"DELETE FROM records WHERE seq BETWEEN ? AND ? AND name <= {len(FREQUENT_NAMES)}",
        (block.first, block.last),
    )


def is_wasteful(connection: sqlite3.Connection) -> bool:
    """Whether much of the file is free pages."""
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    return bool(free >= WASTE_PAGES and free * 4 >= pages)


def _unpacked(connection: sqlite3.Connection, after: int, upto: int) -> list[Row]:
    """Frequent rows that are not packed, in order; at most a block of them.

    None lies in the stretch of a block, nor on either side of one.
    """
    within = ""
    if has_blocks(connection):
        within = "AND NOT EXISTS (SELECT 1 FROM blocks WHERE seq BETWEEN first AND last)"
    found = connection.execute(
        f"SELECT {RECORD_COLUMNS} FROM records WHERE seq > ? AND seq <= ?"
        f" AND name <= {len(FREQUENT_NAMES)} {within} ORDER BY seq LIMIT {BLOCK_EVENTS}",
        (after, upto),
    ).fetchall()
    return _small_enough(found, _next_border(connection, found[0][0])) if found else []


def _is_worth_it(connection: sqlite3.Connection, rows: Sequence[Row]) -> bool:
    size = sum(len(row[7] or b"") for row in rows)
    return (
        len(rows) == BLOCK_EVENTS
        or size > BLOCK_BYTES // 2
        or _next_border(connection, rows[-1][0]) < float("inf")  # it will never grow
    )


def _next_border(connection: sqlite3.Connection, seq: int) -> float:
    if has_blocks(connection):
        (first,) = connection.execute(
            "SELECT min(first) FROM blocks WHERE first > ?", (seq,)
        ).fetchone()
        if first is not None:
            return float(first)
    return float("inf")


def _small_enough(rows: Sequence[Row], border: float) -> list[Row]:
    chosen: list[Row] = []
    size = 0
    for row in rows:
        size += len(row[7] or b"")
        if row[0] > border or (chosen and size > BLOCK_BYTES):
            break
        chosen.append(row)
    return chosen


def _has_bytes(row: Row, first: int, last: int) -> bool:
    return row[5] == DOCUMENT_UPDATED and row[8] is not None and first <= row[0] <= last


def _stripped(rows: Sequence[Row], first: int, last: int) -> Step:
    left = [(*row[:7], None, None, row[9]) if _has_bytes(row, first, last) else row for row in rows]
    bare = not any(row[5] == DOCUMENT_UPDATED and row[8] is not None for row in left)
    gone = sum(_has_bytes(row, first, last) for row in rows)
    return Step(block=pack(left, stripped=bare), updates=gone)


def _updates(rows: Sequence[Row]) -> int:
    return sum(row[5] == DOCUMENT_UPDATED for row in rows)
