"""How SQLite makes a transaction whole: what the file system of the store allows.

A write-ahead log is several times faster, but all its users share memory through a mapped file,
which does not work over a network and is refused by some file systems
(https://www.sqlite.org/wal.html, "all processes using a database must be on the same host").
"""

from __future__ import annotations

import sqlite3
from enum import StrEnum


class Journal(StrEnum):
    """What stands beside a database while it is written."""

    WAL = "wal"
    """A write-ahead log and its index in shared memory."""

    ROLLBACK = "rollback"
    """The old content of what is being changed."""


def prepare(connection: sqlite3.Connection, journal: Journal | None) -> None:
    """Before anything is read: a write-ahead log that was left here is read without shared memory.

    None leaves a database as it is, here and in ``settle``.
    """
    if journal is Journal.ROLLBACK:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")


def settle(connection: sqlite3.Connection, journal: Journal | None) -> Journal:
    """Change to this journal, outside of a transaction; the one that is used from now on.

    Raises sqlite3.Error when somebody else has the database open with another one.
    """
    if journal is Journal.ROLLBACK:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        connection.execute("PRAGMA locking_mode = NORMAL").fetchone()
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # lets go of the lock
        return Journal.ROLLBACK
    wanted = "" if journal is None else " = WAL"
    (mode,) = connection.execute(f"PRAGMA journal_mode{wanted}").fetchone()
    return Journal.WAL if mode == "wal" else Journal.ROLLBACK
