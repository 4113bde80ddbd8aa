"""Reading one notebook's ``log.db``: what is loaded at opening, stretches of the log, checks."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from anode_jlab.errors import StoreDamaged
from anode_jlab.eventlog.attached import connect
from anode_jlab.eventlog.base import Loaded, Snapshot
from anode_jlab.eventlog.sealing import CHAIN_START, checksum
from anode_jlab.eventlog.sqlite_errors import translated
from anode_jlab.eventlog.sqlite_rows import RECORD_COLUMNS, Reading
from anode_jlab.eventlog.sqlite_schema import FREQUENT_NAMES, is_stored
from anode_jlab.events.document import LineageStarted
from anode_jlab.events.event import Envelope
from anode_jlab.events.upcast import UPCASTS
from anode_jlab.ids import Lineage, Seq

BUSY_SECONDS = 5.0
"""How long a statement waits for another connection's lock; ours hold theirs for milliseconds."""

CHECKED_WHOLE_UPTO = 10_000
"""A log of up to this many events is checked from its first event at every load (some 25 ms)."""

_NOTHING = Loaded(lineage=None, head=Seq(0), snapshot=None, tail=())


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """A connection for reading, in one transaction; None when nothing is stored there."""
    with translated():
        if not is_stored(path):
            yield None
            return
        connection = connect(
            path,
            f"file:{quote(str(path))}?mode=ro",
            uri=True,
            isolation_level=None,
            timeout=BUSY_SECONDS,
        )
        try:
            connection.execute("BEGIN")
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            yield connection if tables else None
        finally:
            connection.close()


def load(path: Path) -> Loaded:
    """See ``EventLog.load``; checks the snapshot, the tail, and all of a log that is not long."""
    with reading(path) as connection:
        if connection is None:
            return _NOTHING
        rows = Reading(connection)
        head = head_of(connection)
        snapshot = _snapshot(connection, head)
        start = snapshot.seq if snapshot else 0
        chain = CHAIN_START
        if head <= CHECKED_WHOLE_UPTO:
            chain = _check(connection, rows, start)
        elif start:
            chain = _chain_at(connection, rows, start)
        tail: list[Envelope] = []
        for row in connection.execute(
            f"SELECT {RECORD_COLUMNS} FROM records WHERE seq > ? ORDER BY seq", (start,)
        ):
            if row[0] != start + len(tail) + 1:
                raise StoreDamaged(f"Event {start + len(tail) + 1} is missing.")
            tail.append(rows.chained(row, chain))
            chain = row[-1]
        if start + len(tail) != head:
            raise StoreDamaged(f"Event {start + len(tail) + 1} is missing.")
        return Loaded(
            lineage=_lineage(connection, rows),
            head=Seq(head),
            snapshot=snapshot,
            tail=tuple(tail),
        )


def read(
    path: Path, after: Seq, limit: int | None, names: Collection[str] | None
) -> list[Envelope]:
    """See ``EventLog.read``."""
    with reading(path) as connection:
        if connection is None:
            return []
        rows = Reading(connection)
        conditions, values = "seq > ?", [int(after)]
        if names is not None:
            wanted = rows.name_ids(UPCASTS.stored_names(names))
            conditions += f" AND name IN ({', '.join('?' * len(wanted))})"
            values += wanted
            if all(name > len(FREQUENT_NAMES) for name in wanted):
                # Said in the index's own words, so that SQLite uses it.
                conditions += f" AND name > {len(FREQUENT_NAMES)}"
        return [
            rows.envelope(row)
            for row in connection.execute(
                f"SELECT {RECORD_COLUMNS} FROM records WHERE {conditions} ORDER BY seq LIMIT ?",
                (*values, -1 if limit is None else limit),
            )
        ]


def snapshot_before(path: Path, seq: Seq) -> Snapshot | None:
    """See ``EventLog.snapshot_before``."""
    with reading(path) as connection:
        return None if connection is None else _snapshot(connection, seq)


def verify(path: Path) -> Seq:
    """See ``EventLog.verify``."""
    with reading(path) as connection:
        if connection is None:
            return Seq(0)
        (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise StoreDamaged(f"The event log is damaged: {verdict}.")
        head = head_of(connection)
        _check(connection, Reading(connection), head)
        for (seq,) in connection.execute("SELECT seq FROM snapshots").fetchall():
            _snapshot(connection, seq)
        return Seq(head)


def checked_snapshot_sum(seq: int, document: bytes, state: bytes) -> int:
    """Checksum of a snapshot as it is stored (compressed)."""
    return checksum(seq.to_bytes(8, "little"), len(document).to_bytes(8, "little"), document, state)


def head_of(connection: sqlite3.Connection) -> int:
    """Seq of the last record."""
    (head,) = connection.execute("SELECT coalesce(max(seq), 0) FROM records").fetchone()
    return int(head)


def _check(connection: sqlite3.Connection, rows: Reading, upto: int) -> bytes:
    """Check events 1 to ``upto``, and return the last one's chain hash."""
    chain, expected = CHAIN_START, 1
    for row in connection.execute(
        f"SELECT {RECORD_COLUMNS} FROM records WHERE seq <= ? ORDER BY seq", (upto,)
    ):
        if row[0] != expected:
            break
        rows.check(row, chain)
        chain, expected = row[-1], expected + 1
    if expected != upto + 1:
        raise StoreDamaged(f"Event {expected} is missing.")
    return chain


def _chain_at(connection: sqlite3.Connection, rows: Reading, seq: int) -> bytes:
    found = connection.execute(
        f"SELECT {RECORD_COLUMNS} FROM records WHERE seq IN (?, ?) ORDER BY seq", (seq - 1, seq)
    ).fetchall()
    if not found or found[-1][0] != seq:
        raise StoreDamaged(f"Event {seq} is missing.")
    rows.check(found[-1], found[0][-1] if len(found) == 2 else CHAIN_START)
    chain: bytes = found[-1][-1]
    return chain


def _snapshot(connection: sqlite3.Connection, upto: int) -> Snapshot | None:
    found = connection.execute(
        "SELECT seq, document, state, crc FROM snapshots WHERE seq <= ? ORDER BY seq DESC LIMIT 1",
        (upto,),
    ).fetchone()
    if found is None:
        return None
    seq, document, state, crc = found
    try:
        if checked_snapshot_sum(seq, document, state) == crc:
            return Snapshot(
                seq=seq, document=zlib.decompress(document), state=zlib.decompress(state)
            )
    except (TypeError, AttributeError, zlib.error) as error:
        raise StoreDamaged(f"The snapshot at event {seq} is damaged.") from error
    raise StoreDamaged(f"The snapshot at event {seq} is damaged: its checksum does not match.")


def _lineage(connection: sqlite3.Connection, rows: Reading) -> Lineage | None:
    names = rows.name_ids(UPCASTS.stored_names({LineageStarted.event_name}))
    found = connection.execute(
        f"SELECT {RECORD_COLUMNS} FROM records"
        f" WHERE name IN ({', '.join('?' * len(names))}) AND name > {len(FREQUENT_NAMES)}"
        " ORDER BY seq DESC LIMIT 1",
        names,
    ).fetchone()
    if found is None:
        return None
    event = rows.envelope(found).event
    return event.lineage if isinstance(event, LineageStarted) else None
