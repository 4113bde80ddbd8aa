"""What was made from a log's events and is kept beside them in ``log.db``.

Older versions do not know the table and leave it alone; what it holds is only behind then.
"""

from __future__ import annotations

import sqlite3
import zlib

from anode_jlab.eventlog.base import Derived
from anode_jlab.eventlog.sealing import checksum
from anode_jlab.ids import Seq

_MAKE_TABLE = """
CREATE TABLE IF NOT EXISTS derived (
    name TEXT PRIMARY KEY, seq INTEGER NOT NULL, content BLOB NOT NULL, crc INTEGER NOT NULL
) WITHOUT ROWID
"""


def insert_derived(connection: sqlite3.Connection, derived: Derived) -> None:
    """Store something whose content is compressed, inside a transaction of the caller."""
    connection.execute(_MAKE_TABLE)
    connection.execute(
        "INSERT OR REPLACE INTO derived (name, seq, content, crc) VALUES (?, ?, ?, ?)",
        (derived.name, derived.seq, derived.content, _sum(derived.seq, derived.content)),
    )


def derived_named(connection: sqlite3.Connection, name: str) -> Derived | None:
    """What is stored under a name; None when there is nothing, or nothing whole."""
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'derived'").fetchone():
        return None
    found = connection.execute(
        "SELECT seq, content, crc FROM derived WHERE name = ?", (name,)
    ).fetchone()
    if found is None:
        return None
    seq, content, crc = found
    try:
        if _sum(seq, content) != crc:
            return None
        return Derived(name=name, seq=Seq(seq), content=zlib.decompress(content))
    except (TypeError, AttributeError, zlib.error):  # a flipped bit can change a value's type
        return None


def _sum(seq: int, content: bytes) -> int:
    return checksum(seq.to_bytes(8, "little"), content)
