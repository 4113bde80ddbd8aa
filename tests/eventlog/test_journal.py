"""The change of a new database to a write-ahead log."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from anode_jlab.eventlog.journal import Journal, settle


def test_two_that_change_a_new_database_at_once(tmp_path: Path) -> None:
    place = tmp_path / "new.db"
    quicker = sqlite3.connect(place, isolation_level=None)
    quicker.execute("CREATE TABLE a (b)")
    quicker.execute("BEGIN EXCLUSIVE")
    refused = []

    class Later(sqlite3.Connection):
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            try:
                return super().execute(*arguments)
            except sqlite3.OperationalError as error:
                refused.append(error.sqlite_errorcode)
                quicker.execute("COMMIT")
                raise

    later = sqlite3.connect(place, timeout=0, isolation_level=None, factory=Later)
    assert settle(later, Journal.WAL) is Journal.WAL
    assert refused == [sqlite3.SQLITE_BUSY]
    quicker.close()
    later.close()
