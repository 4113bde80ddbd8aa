"""What is still good in a damaged log: its beginning, and content further on."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from anode_jlab.errors import AnodeError
from anode_jlab.eventlog.base import Snapshot
from anode_jlab.eventlog.sealing import CHAIN_START, actor_bytes, seal, sealed_bytes
from anode_jlab.eventlog.sqlite_making import lay_out
from anode_jlab.eventlog.sqlite_rows import Row
from anode_jlab.eventlog.sqlite_snapshots import snapshot_at
from anode_jlab.eventlog.sqlite_walk import LAST_SEQ, stretch
from anode_jlab.events import registry
from anode_jlab.events.document import DocumentUpdated, LineageStarted
from anode_jlab.events.event import Event
from anode_jlab.events.order import jumps
from anode_jlab.events.registry import EVENTS, StoredEvent

OFFERED_BYTES = 256 << 20
"""Most content after the damage that is kept in memory to be offered to the notebook."""

Words: TypeAlias = tuple[str, ...]
"""A name of an event alone, or kind, id and name of an actor."""

_UNREADABLE = (sqlite3.Error, UnicodeDecodeError, OverflowError)
"""What SQLite answers where a page is broken."""


class Good(NamedTuple):
    """A row that is as it was written, with the words that its ids stand for."""

    row: Row
    actor: Words
    event: StoredEvent

    def read(self) -> Event:
        """The event that the row holds."""
        return registry.decode(self.event.name, self.event.data, self.event.blob)


def open_damaged(path: Path) -> sqlite3.Connection:
    """A connection to a copy of a damaged log; a schema that is not readable is written again."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except _UNREADABLE:
        with suppress(*_UNREADABLE):
            _write_schema(connection)
        connection.close()
        connection = sqlite3.connect(path, isolation_level=None)
    return connection


def _write_schema(connection: sqlite3.Connection) -> None:
    """Every log is laid out by the same statements, so the entries of its schema are known."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as pattern:
        lay_out(pattern)
        entries = pattern.execute(
            "SELECT type, name, tbl_name, rootpage, sql, rowid FROM sqlite_schema"
        ).fetchall()
    connection.execute("PRAGMA writable_schema = ON")
    connection.executemany(
        "UPDATE sqlite_schema SET type = ?, name = ?, tbl_name = ?, rootpage = ?, sql = ?"
        " WHERE rowid = ?",
        entries,
    )


class Salvage:
    """Reads one damaged database, as far as it goes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._names = _variants(connection, "SELECT id, name FROM names", _NAMES_AGAIN)
        self._actors = _variants(
            connection, "SELECT id, kind, actor, name FROM actors", _ACTORS_AGAIN
        )

    def beginning(self) -> Generator[Good, None, None]:
        """The rows from the first one on, up to where the chain breaks."""
        seq, chain = 0, CHAIN_START
        for row in self._rows(0):
            good = self._judge(row, chain)
            if good is None:
                return
            if row[0] != seq + 1 and not jumps(good.read(), seq, row[0]):
                return
            seq, chain = row[0], row[-1]
            yield good

    def later(self, after: int) -> Iterator[Good]:
        """The rows after a break that are good by themselves; what they follow is not known."""
        for row in self._rows(after):
            good = self._judge(row, None)
            if good is not None:
                yield good

    def snapshots(self, first: int, last: int) -> Generator[Snapshot, None, None]:
        """The good snapshots with a seq in this range, the latest first."""
        seqs = "SELECT seq FROM snapshots WHERE seq BETWEEN ? AND ? ORDER BY seq DESC"
        for (seq,) in _readable(self._connection, seqs, (first, last)):
            with suppress(AnodeError, *_UNREADABLE):
                found = snapshot_at(self._connection, seq)
                if found is not None and found.seq == seq:
                    yield found

    def _rows(self, after: int) -> Iterator[Row]:
        with suppress(*_UNREADABLE):
            yield from stretch(self._connection, after, LAST_SEQ, lenient=True)

    def _judge(self, row: Row, previous: bytes | None) -> Good | None:
        seq, time, actor, client, cause, name, data, blob, crc, chain = row
        for values in self._actors.get(actor, ()):
            for word in (*self._names.get(name, ()), *((text,) for text in EVENTS)):
                try:
                    stored = StoredEvent(word[0], data, blob)
                    sealed = sealed_bytes(seq, time, actor_bytes(*values), client, cause, stored)
                    found = seal(previous or b"", sealed)
                except Exception:  # a flipped bit can make a value of any type of any other
                    continue
                if crc is None:  # purged: its block was found good
                    return Good(row, values, StoredEvent(word[0], data, b""))
                if found.crc == crc and (previous is None or found.chain == chain):
                    self._remember(actor, values, name, word)
                    return Good(row, values, stored)
        return None

    def _remember(self, actor: int, values: Words, name: int, word: Words) -> None:
        """Try first what was right once."""
        self._actors[actor] = [values]
        self._names[name] = [word]


def offered(
    salvage: Salvage, later: Iterable[Good], good_upto: int, lineage: str | None
) -> tuple[bytes, ...]:
    """Document content of this lineage after the good beginning, in an order to apply it.

    ``later`` are the good rows after it.

    None of it proves where it stood, but each piece is as it was once committed: as CRDT content
    of the same history it can be merged without harm.
    """
    rows = list(later)
    events = [good.read() for good in rows]
    if any(isinstance(event, LineageStarted) and event.lineage != lineage for event in events):
        return ()
    pieces: list[bytes] = []
    start = good_upto
    with closing(salvage.snapshots(good_upto + 1, LAST_SEQ)) as snapshots:
        newest = next(snapshots, None)
    if newest is not None:
        pieces.append(newest.document)
        start = newest.seq
    pieces.extend(_updates_after(zip(rows, events, strict=True), start))
    return tuple(_up_to(pieces, OFFERED_BYTES))


def _updates_after(rows: Iterable[tuple[Good, Event]], start: int) -> Iterator[bytes]:
    for good, event in rows:
        if good.row[0] > start and isinstance(event, DocumentUpdated):
            yield event.update


def _up_to(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    for piece in pieces:
        limit -= len(piece)
        if limit < 0:
            return
        yield piece


_NAMES_AGAIN = "SELECT id, name FROM names INDEXED BY sqlite_autoindex_names_1"
_ACTORS_AGAIN = "SELECT id, kind, actor, name FROM actors INDEXED BY sqlite_autoindex_actors_1"
"""The indexes of these small tables hold the same words a second time."""


def _variants(connection: sqlite3.Connection, *queries: str) -> dict[int, list[Words]]:
    found: dict[int, list[Words]] = {}
    for query in queries:
        for number, *words in _readable(connection, query, ()):
            if all(isinstance(word, str) for word in words):
                found.setdefault(number, []).append(tuple(words))
    return found


def _readable(
    connection: sqlite3.Connection, query: str, values: tuple[int, ...]
) -> Iterator[tuple[Any, ...]]:
    with suppress(*_UNREADABLE):
        yield from connection.execute(query, values)
