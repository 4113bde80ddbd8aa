"""Whether a folder can hold event logs: tried, before anybody's work depends on it."""

from __future__ import annotations

import os
import sqlite3
import statistics
import tempfile
from contextlib import closing
from pathlib import Path

import msgspec

from anode_jlab.clock import Clock
from anode_jlab.errors import StoreUnavailable

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "lustre", "beegfs", "glusterfs", "ceph", "afs"}
)
"""Here several machines may see one file, and SQLite's write-ahead log needs shared memory."""

SECTOR_BYTES = 4096
"""About the size of the write behind one commit."""


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: the median time that the disk needs to make a small write durable."""

    folder: str
    file_system: str
    fsync_seconds: float
    sqlite_version: str

    @property
    def problem(self) -> str | None:
        """Something that people should know although it works."""
        if self.file_system in NETWORK_FILE_SYSTEMS or self.file_system.startswith("fuse."):
            return (
                f"The store is on a network file system ({self.file_system}): set "
                "AnodeConfig.store_dir to a folder on a local disk."
            )
        return None


def probe(folder: Path, clock: Clock, *, writes: int = 1) -> Probe:
    """Make the folder (0700), write durably, and commit to a database with a write-ahead log.

    Everything is removed again. Raises StoreUnavailable with the reason when any of it fails.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".probe-") as place:
            seconds = _durable_writes(Path(place) / "file", clock, writes)
            _commit(Path(place) / "probe.db")
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable(
            f"The store {folder} cannot be used: {error}",
            hint="Set AnodeConfig.store_dir to a writable folder on a local disk.",
        ) from error
    return Probe(
        folder=str(folder),
        file_system=file_system_of(folder),
        fsync_seconds=seconds,
        sqlite_version=sqlite3.sqlite_version,
    )


def file_system_of(folder: Path) -> str:
    """The type of the file system (``ext4``, ``nfs4`` ...), empty when the machine does not say."""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    place = str(folder.resolve())
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        mount = fields[1].replace("\\040", " ")
        inside = place == mount or place.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, fields[2]
    return kind


def _durable_writes(file: Path, clock: Clock, count: int) -> float:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        times = []
        for _ in range(count):
            begin = clock.monotonic()
            os.write(descriptor, bytes(SECTOR_BYTES))
            os.fsync(descriptor)
            times.append(clock.monotonic() - begin)
    finally:
        os.close(descriptor)
    return statistics.median(times)


def _commit(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        (mode,) = database.execute("PRAGMA journal_mode=WAL").fetchone()
        if mode != "wal":
            raise sqlite3.OperationalError(f"no write-ahead log here, only {mode}")
        database.execute("PRAGMA synchronous=FULL")
        with database:
            database.execute("CREATE TABLE written (word TEXT) STRICT")
            database.execute("INSERT INTO written VALUES ('durable')")
        with closing(sqlite3.connect(file)) as reader:
            if reader.execute("SELECT word FROM written").fetchone() != ("durable",):
                raise sqlite3.OperationalError("a commit was not seen by a second connection")
