"""Making a ``log.db``: its folder, an empty file that only we may read, and the tables in it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from anode_jlab.eventlog.sqlite_schema import (
    APPLICATION_ID,
    FIRST_FORMAT,
    FREQUENT_NAMES,
    SCHEMA,
)


def make_empty_file(path: Path) -> None:
    """The folders and an empty file that only we may read, durably."""
    folder = path.parent
    made = [place for place in (folder, folder.parent, folder.parent.parent) if not place.exists()]
    for place in reversed(made):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):  # an existing file may be open through SQLite
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    for place in (folder, *(made_folder.parent for made_folder in made)):
        sync_folder(place)


def lay_out(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty log, inside a transaction of the caller."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FIRST_FORMAT}")
    for statement in filter(str.strip, SCHEMA.split(";\n")):
        connection.execute(statement)
    connection.executemany(
        "INSERT INTO names (name) VALUES (?)", [(name,) for name in FREQUENT_NAMES]
    )


def sync_folder(path: Path) -> None:
    """Make the entries of a folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make the content of a file durable."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
