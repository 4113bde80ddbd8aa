"""Whether a folder can hold event logs: tried, before anybody's work depends on it."""

from __future__ import annotations

import mmap
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import msgspec

from anode_jlab.clock import Clock
from anode_jlab.errors import StoreUnavailable
from anode_jlab.eventlog.journal import Journal, settle

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
    journal: Journal = Journal.WAL
    no_memory: str = ""
    """Why there is no shared memory for a write-ahead log, when that was found out."""

    @property
    def problem(self) -> str | None:
        """Something that people should know although it works."""
        advice = "set AnodeConfig.store_dir to a folder on a local disk."
        if is_remote(self.file_system):
            return f"The store is on a network file system ({self.file_system}): {advice}"
        if self.no_memory:
            return (
                f"The store's file system has no shared memory ({self.no_memory}), so that saving "
                f"takes longer: {advice}"
            )
        return None


def is_remote(file_system: str) -> bool:
    """Whether several machines may see what is on it."""
    return file_system in NETWORK_FILE_SYSTEMS or file_system.startswith("fuse.")


def probe(folder: Path, clock: Clock, *, writes: int = 1, journal: str = "auto") -> Probe:
    """Make the folder (0700), lock, write durably, and commit to a database.

    ``journal`` is the name of the one to use, or ``auto``. Everything is removed again. Raises
    StoreUnavailable with the reason when any of it fails.
    """
    no_memory = ""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".probe-") as place:
            _lock(Path(place) / "lock")
            seconds = _durable_writes(Path(place) / "file", clock, writes)
            if journal == "auto":
                no_memory = _no_memory(Path(place))
                is_poor = no_memory or is_remote(file_system_of(folder))
                journal = Journal.ROLLBACK if is_poor else Journal.WAL
            _commit(Path(place) / "probe.db", Journal(journal))
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
        journal=Journal(journal),
        no_memory=no_memory,
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


def _lock(file: Path) -> None:
    """Raise OSError when locks do not keep other processes out: two servers would mix writes."""
    try:
        import fcntl
    except ImportError:
        return
    with file.open("wb") as ours:
        fcntl.lockf(ours, fcntl.LOCK_EX | fcntl.LOCK_NB)
        other = [sys.executable, "-S", "-E", "-c", _LOCK_TOO, str(file)]
        if subprocess.run(other, check=False, capture_output=True).returncode == GOT_LOCK:
            raise OSError("File locks here do not keep other processes out.")


GOT_LOCK = 3
"""Exit status of the other process when it could lock what we have locked."""

_LOCK_TOO = f"""
import fcntl, sys
try:
    fcntl.lockf(open(sys.argv[1], "r+b"), fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    sys.exit(0)
sys.exit({GOT_LOCK})
"""


def _no_memory(place: Path) -> str:
    """Why a mapped file cannot be shared; empty when it can, also by SQLite."""
    try:
        with (place / "map").open("w+b") as file:
            file.truncate(SECTOR_BYTES)
            with mmap.mmap(file.fileno(), SECTOR_BYTES) as memory:
                memory[:1] = b"x"
        _commit(place / "wal.db", Journal.WAL)
    except (OSError, sqlite3.Error) as error:
        return getattr(error, "strerror", None) or str(error)
    return ""


def _commit(file: Path, journal: Journal) -> None:
    with closing(sqlite3.connect(file)) as database:
        if settle(database, journal) is not journal:
            raise sqlite3.OperationalError(f"no {journal} journal is possible here")
        database.execute("PRAGMA synchronous=FULL")
        with database:
            database.execute("CREATE TABLE written (word TEXT) STRICT")
            database.execute("INSERT INTO written VALUES ('durable')")
        with closing(sqlite3.connect(file)) as reader:
            if reader.execute("SELECT word FROM written").fetchone() != ("durable",):
                raise sqlite3.OperationalError("a commit was not seen by a second connection")
