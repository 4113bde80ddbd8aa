"""How SQLite makes a transaction whole: what the file system of the store allows.

A write-ahead log is several times faster, but all its users share memory through a mapped file,
which does not work over a network and is refused by some file systems
(https://www.sqlite.org/wal.html, "all processes using a database must be on the same host").
"""

from __future__ import annotations

import sqlite3
import time
from enum import StrEnum
from typing import Final

CHANGES: Final = 100
CHANGE_SECONDS: Final = 0.01
"""How often, and how long after one another, the change to a write-ahead log is tried."""


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
    return Journal.WAL if _mode(connection, journal) == "wal" else Journal.ROLLBACK


def _mode(connection: sqlite3.Connection, journal: Journal | None) -> str:
    """Ask for the mode. Of two that change a new database at the same moment SQLite refuses one at
    once, whatever its busy timeout: it is changed when one looks again."""
    statement = "PRAGMA journal_mode" if journal is None else "PRAGMA journal_mode = WAL"
    for _ in range(CHANGES):
        try:
            return str(connection.execute(statement).fetchone()[0])
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
        time.sleep(CHANGE_SECONDS)
    return str(connection.execute(statement).fetchone()[0])
