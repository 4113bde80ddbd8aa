"""The form of a notebook's ``log.db``, and how a file is told to be one before it is touched."""

from __future__ import annotations

import struct
from pathlib import Path

from anode_jlab.errors import StoreDamaged, StoreTooNew
from anode_jlab.eventlog.attached import look

FIRST_FORMAT = 1
"""``PRAGMA user_version`` of a new file: every version reads it."""

PACKED_FORMAT = 2
"""That of a file with packed events, or one that was rebuilt without some of its events."""

STORE_FORMAT = 2
"""The newest format that this version reads. A file gets a format when it first needs it."""

APPLICATION_ID = 0x616E6F64
"""``PRAGMA application_id``: "anod", by which ``file`` and we know our files."""

REBUILT_NAME = "rebuilt.db"
"""A whole log on its way to the place of another one: to be put there before anything else."""

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
    append that failed. Raises StoreTooNew, and StoreDamaged when it is something else or when
    another log is on its way to this place.
    """
    return look(path, lambda: _is_stored(path), otherwise=True)


def is_rebuilt(path: Path) -> bool:
    """Whether a whole log lies beside ``path``, on its way to this place."""
    return path.with_name(REBUILT_NAME).exists()


def _is_stored(path: Path) -> bool:
    if is_rebuilt(path):
        raise StoreDamaged("The rebuilding of the event log was interrupted.")
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


def restore_header(path: Path) -> None:
    """Write what every log begins with over a damaged beginning, as far as it is always the same.

    Belongs to copies of logs that are known to be damaged.
    """
    with path.open("r+b") as file:
        header = bytearray(file.read(_HEADER_BYTES).ljust(_HEADER_BYTES, b"\0"))
        header[: len(_MAGIC)] = _MAGIC
        if bytes(header[16:18]) not in _PAGE_SIZES:
            header[16:18] = _DEFAULT_PAGE_SIZE
        header[18:24] = bytes((2, 2, 0, 64, 32, 32))  # WAL, nothing reserved, fixed fractions
        struct.pack_into(">i", header, _APPLICATION_ID_AT, APPLICATION_ID)
        struct.pack_into(">i", header, _USER_VERSION_AT, STORE_FORMAT)
        file.seek(0)
        file.write(header)


_PAGE_SIZES = frozenset((1 << power).to_bytes(2, "big") for power in range(9, 16))
_DEFAULT_PAGE_SIZE = (4096).to_bytes(2, "big")
