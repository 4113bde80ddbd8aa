"""Reading one notebook's ``log.db``: what is loaded at opening, stretches of the log, checks."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from anode_jlab.errors import StoreDamaged
from anode_jlab.eventlog.attached import connect
from anode_jlab.eventlog.base import Derived, Loaded, Snapshot
from anode_jlab.eventlog.sqlite_derived import derived_named
from anode_jlab.eventlog.sqlite_errors import translated
from anode_jlab.eventlog.sqlite_packing import Step, next_packing, next_purging
from anode_jlab.eventlog.sqlite_rows import RECORD_COLUMNS, Reading
from anode_jlab.eventlog.sqlite_schema import FREQUENT_NAMES, is_stored
from anode_jlab.eventlog.sqlite_snapshots import snapshot_at
from anode_jlab.eventlog.sqlite_walk import LAST_SEQ, Walk, stretch
from anode_jlab.eventlog.witness import Head, confirm, remembered
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
        # What a killed process left half written is taken back first, by whoever comes.
        mode = "rw" if path.with_name(path.name + "-journal").exists() else "ro"
        connection = connect(
            path,
            f"file:{quote(str(path))}?mode={mode}",
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
    witness = remembered(path)
    with reading(path) as connection:
        if connection is None:
            return _NOTHING
        confirm_head(connection, witness)
        rows = Reading(connection)
        head = head_of(connection)
        snapshot = snapshot_at(connection, head)
        start = snapshot.seq if snapshot else 0
        walk = Walk(rows)
        if head <= CHECKED_WHOLE_UPTO:
            walk.check(stretch(connection, 0, start))
        elif start:
            walk.begin(stretch(connection, start - 2, start))
        walk.reached(start)
        tail = [walk.envelope(row) for row in stretch(connection, start, head)]
        walk.reached(head)
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
        wanted = None if names is None else rows.name_ids(UPCASTS.stored_names(names))
        found = stretch(
            connection, after, LAST_SEQ, names=wanted, limit=-1 if limit is None else limit
        )
        return [rows.envelope(row) for row in found]


def snapshot_before(path: Path, seq: Seq) -> Snapshot | None:
    """See ``EventLog.snapshot_before``."""
    with reading(path) as connection:
        return None if connection is None else snapshot_at(connection, seq)


def derived(path: Path, name: str) -> Derived | None:
    """See ``EventLog.derived``."""
    with reading(path) as connection:
        return None if connection is None else derived_named(connection, name)


def packing(path: Path, upto: Seq, *, whole: bool) -> Step | None:
    """What ``EventLog.compact`` stores next; the last event of a log is never packed."""
    with reading(path) as connection:
        if connection is None:
            return None
        return next_packing(connection, min(upto, head_of(connection) - 1), whole=whole)


def purging(path: Path, first: Seq, last: Seq) -> Step | None:
    """What ``EventLog.purge`` stores next."""
    with reading(path) as connection:
        if connection is None:
            raise ValueError("nothing is stored that could be purged")
        return next_purging(connection, first, last)


def verify(path: Path) -> Seq:
    """See ``EventLog.verify``."""
    witness = remembered(path)
    with reading(path) as connection:
        if connection is None:
            return Seq(0)
        (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise StoreDamaged(f"The event log is damaged: {verdict}.")
        confirm_head(connection, witness)
        head = head_of(connection)
        walk = Walk(Reading(connection))
        walk.check(stretch(connection, 0, head))
        walk.reached(head)
        for (seq,) in connection.execute("SELECT seq FROM snapshots").fetchall():
            snapshot_at(connection, seq)
        return Seq(head)


def head_of(connection: sqlite3.Connection) -> int:
    """Seq of the last record."""
    (head,) = connection.execute("SELECT coalesce(max(seq), 0) FROM records").fetchone()
    return int(head)


def confirm_head(connection: sqlite3.Connection, witness: Head | None) -> None:
    """Raise StoreDamaged when the log is not the one whose head the witness saw."""
    if witness is not None:
        chains = [row[-1] for row in stretch(connection, witness.seq - 1, witness.seq)]
        confirm(witness, head_of(connection), chains[0] if chains else None)


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
