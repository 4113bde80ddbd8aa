"""Which database files this process has open through SQLite, so that nobody else opens them.

SQLite holds POSIX advisory locks, and those belong to the process: when any descriptor of a file is
closed, all locks of the process on that file are gone
(https://www.sqlite.org/howtocorrupt.html, "Posix advisory locks canceled by a separate thread
doing close()"). Another process then takes itself for the only user of the log, and its close
removes the write-ahead log under us: what we append after that is lost. So a file is looked at
past SQLite only while no connection of ours is open, and no connection is opened meanwhile.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class _File:
    """One file: the number of our connections, and the right to open one or to look."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.connections = 0
        self.users = 0


_files: dict[str, _File] = {}
_files_lock = threading.Lock()


class Connection(sqlite3.Connection):
    """A connection that counts as long as it is open."""

    _path: Path | None = None

    def close(self) -> None:
        """See ``sqlite3.Connection.close``; may be called more than once."""
        path, self._path = self._path, None
        if path is None:
            super().close()
            return
        with _Held(path) as file:
            try:
                super().close()
            finally:
                file.connections -= 1


def connect(path: Path, database: str | Path | None = None, **options: Any) -> Connection:
    """``sqlite3.connect`` for the file at ``path`` (``database``: its URI, when one is used)."""
    with _Held(path) as file:
        connection = sqlite3.connect(database or path, factory=Connection, **options)
        assert isinstance(connection, Connection)
        connection._path = path
        file.connections += 1
        return connection


def look(path: Path, fn: Callable[[], T], *, otherwise: T) -> T:
    """The result of ``fn``, which may open and close the file at ``path`` or its companions.

    ``otherwise`` while a connection of this process has the file open.
    """
    with _Held(path) as file:
        return otherwise if file.connections else fn()


class _Held:
    """The entry of a path, locked; forgotten when it is unused afterwards."""

    def __init__(self, path: Path) -> None:
        self._key = str(path)

    def __enter__(self) -> _File:
        with _files_lock:
            self._file = _files.setdefault(self._key, _File())
            self._file.users += 1
        self._file.lock.acquire()
        return self._file

    def __exit__(self, *_: object) -> None:
        self._file.lock.release()
        with _files_lock:
            self._file.users -= 1
            if not self._file.users and not self._file.connections:
                _files.pop(self._key, None)
