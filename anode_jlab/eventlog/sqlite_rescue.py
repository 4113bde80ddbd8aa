"""A log whose file was removed while it is open: written again from what is still open."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from anode_jlab.errors import LeaseLost
from anode_jlab.eventlog.sqlite_making import make_empty_file, sync_file, sync_folder
from anode_jlab.eventlog.sqlite_schema import REBUILT_NAME

logger = logging.getLogger(__name__)

UNFINISHED_NAME = "rebuilding.db"


class Place:
    """Where a log was opened, and whether that file is still there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inode: tuple[int, int] | None = None

    def note(self) -> None:
        """The file that stands there now is the one that is open."""
        self._inode = self._found()

    def holds(self) -> bool:
        """Whether the file that is open still has its name."""
        return self._found() == self._inode

    def copy(self, connection: sqlite3.Connection) -> Path:
        """Write all that ``connection`` holds into ``rebuilt.db`` beside the place, durably.

        Raises LeaseLost when another file stands in the place: that one counts from now on.
        """
        if self._found() is not None:
            raise LeaseLost("The event log was replaced by another file.")
        logger.warning("The event log %s was removed; it is written again.", self._path)
        unfinished = self._path.with_name(UNFINISHED_NAME)
        unfinished.unlink(missing_ok=True)
        make_empty_file(unfinished)
        try:
            with closing(sqlite3.connect(unfinished)) as target:
                connection.backup(target)
            sync_file(unfinished)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        rebuilt = self._path.with_name(REBUILT_NAME)
        os.replace(unfinished, rebuilt)
        return rebuilt

    def put(self, rebuilt: Path) -> None:
        """Give the copy the name. The connection to the old file must be closed: its end removes
        what it takes for its own write-ahead log by name."""
        os.replace(rebuilt, self._path)
        sync_folder(self._path.parent)

    def _found(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found.st_dev, found.st_ino
