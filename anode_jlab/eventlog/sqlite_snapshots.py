"""Snapshots as ``log.db`` keeps them: compressed, each with a checksum of its own."""

from __future__ import annotations

import sqlite3
import zlib

import msgspec

from anode_jlab.errors import StoreDamaged
from anode_jlab.eventlog.base import Snapshot
from anode_jlab.eventlog.sealing import checksum
from anode_jlab.eventlog.stations import surplus
from anode_jlab.ids import Seq

COMPRESSION_LEVEL = 1
"""zlib level of snapshots: a notebook's text shrinks to a third at 100 MB/s."""


class StoredSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot as it is stored: compressed."""

    seq: Seq
    document: bytes
    state: bytes


def compressed(snapshot: Snapshot) -> StoredSnapshot:
    """The snapshot as it will be stored; takes its time."""
    return StoredSnapshot(
        seq=snapshot.seq,
        document=zlib.compress(snapshot.document, COMPRESSION_LEVEL),
        state=zlib.compress(snapshot.state, COMPRESSION_LEVEL),
    )


def insert_snapshot(connection: sqlite3.Connection, snapshot: StoredSnapshot) -> None:
    """Store a snapshot, inside a transaction of the caller."""
    seq, document, state = snapshot.seq, snapshot.document, snapshot.state
    connection.execute(
        "INSERT OR REPLACE INTO snapshots (seq, document, state, crc) VALUES (?, ?, ?, ?)",
        (seq, document, state, _sum(seq, document, state)),
    )
    seqs = [old for (old,) in connection.execute("SELECT seq FROM snapshots ORDER BY seq")]
    gone = [(old,) for old in surplus(seqs, needed=seq)]
    connection.executemany("DELETE FROM snapshots WHERE seq = ?", gone)


def snapshot_at(connection: sqlite3.Connection, upto: int) -> Snapshot | None:
    """The newest snapshot with a seq <= ``upto``. Raises StoreDamaged."""
    found = connection.execute(
        "SELECT seq, document, state, crc FROM snapshots WHERE seq <= ? ORDER BY seq DESC LIMIT 1",
        (upto,),
    ).fetchone()
    if found is None:
        return None
    seq, document, state, crc = found
    try:
        if _sum(seq, document, state) == crc:
            return Snapshot(
                seq=seq, document=zlib.decompress(document), state=zlib.decompress(state)
            )
    except (TypeError, AttributeError, zlib.error) as error:
        raise StoreDamaged(f"The snapshot at event {seq} is damaged.") from error
    raise StoreDamaged(f"The snapshot at event {seq} is damaged: its checksum does not match.")


def _sum(seq: int, document: bytes, state: bytes) -> int:
    return checksum(seq.to_bytes(8, "little"), len(document).to_bytes(8, "little"), document, state)
