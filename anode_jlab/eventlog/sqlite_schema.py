"""The form of a notebook's ``log.db``, and how a file is told to be one before it is touched."""

from __future__ import annotations

import struct
from pathlib import Path

from anode_jlab.errors import StoreDamaged, StoreTooNew
from anode_jlab.eventlog.attached import look

STORE_FORMAT = 1
"""``PRAGMA user_version`` of the files that this version writes."""

APPLICATION_ID = 0x616E6F64
"""``PRAGMA application_id``: "anod", by which ``file`` and we know our files."""

FREQUENT_NAMES = ("v1.DocumentUpdated", "v1.CellSourceChanged")
"""Events of every keystroke: left out of the index, which would double the cost of a commit."""

SCHEMA = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE actors (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, actor TEXT NOT NULL, name TEXT NOT NULL,
    UNIQUE (kind, actor, name)
);
CREATE TABLE records (
    seq INTEGER PRIMARY KEY, time REAL NOT NULL, actor INTEGER NOT NULL, client INTEGER,
    cause INTEGER, name INTEGER NOT NULL, data BLOB NOT NULL, bytes BLOB,
    crc INTEGER NOT NULL, chain BLOB NOT NULL
);
CREATE INDEX facts ON records (name, seq) WHERE name > {len(FREQUENT_NAMES)};
CREATE TABLE snapshots (
    seq INTEGER PRIMARY KEY, document BLOB NOT NULL, state BLOB NOT NULL, crc INTEGER NOT NULL
);
CREATE TABLE dedupe (key TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE lease (
    id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, token TEXT NOT NULL,
    holder TEXT, host TEXT NOT NULL, boot TEXT NOT NULL, pid INTEGER NOT NULL,
    started INTEGER NOT NULL, wall_expires REAL NOT NULL, boot_expires REAL NOT NULL
);
CREATE TABLE state_cells (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL, type TEXT NOT NULL, created_by TEXT,
    created_at REAL, updated_by TEXT, updated_at REAL
);
CREATE TABLE state_actors (
    kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, first_at REAL, last_at REAL,
    events INTEGER, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE VIEW events AS
    SELECT seq, strftime('%Y-%m-%dT%H:%M:%fZ', time, 'unixepoch') AS time,
        actors.kind AS actor_kind, actors.actor AS actor_id, actors.name AS actor_name,
        client, cause, names.name AS name, CAST(data AS TEXT) AS data, length(bytes) AS size
    FROM records JOIN names ON names.id = records.name JOIN actors ON actors.id = records.actor;
"""
"""``records`` is the log; ``events`` shows it to people; ``state_*`` can be dropped and rebuilt."""

_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\x00"
_USER_VERSION_AT = 60
_APPLICATION_ID_AT = 68


def is_stored(path: Path) -> bool:
    """Whether ``path`` holds a log that this version can read; nothing is written.

    The first append makes the file complete in one transaction, so an empty one is the trace of an
    append that failed. Raises StoreTooNew, and StoreDamaged when it is something else.
    """
    return look(path, lambda: _is_stored(path), otherwise=True)


def _is_stored(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return False
    if not header:
        return False
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise StoreDamaged(f"{path} is not a database.")
    (version,) = struct.unpack_from(">i", header, _USER_VERSION_AT)
    (application,) = struct.unpack_from(">i", header, _APPLICATION_ID_AT)
    if application == 0 and version == 0:
        return False  # an append that was cut short before its transaction ended
    if application != APPLICATION_ID or version < 1:
        raise StoreDamaged(f"{path} is not an event log.")
    if version > STORE_FORMAT:
        raise StoreTooNew(f"The event log has format {version}; this version reads {STORE_FORMAT}.")
    return True
