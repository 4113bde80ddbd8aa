"""A damaged log is set aside, and a log of its good beginning takes its place.

The damaged files are kept as they are: what is read is a copy, because SQLite would change them by
opening them. Every step can be interrupted; the next opening goes on from there.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from anode_jlab.clock import Clock
from anode_jlab.errors import StoreDamaged, StoreUnavailable
from anode_jlab.eventlog import sqlite_reading
from anode_jlab.eventlog.attached import look
from anode_jlab.eventlog.base import Recovered
from anode_jlab.eventlog.machine import Process
from anode_jlab.eventlog.sqlite_errors import translated
from anode_jlab.eventlog.sqlite_lease import LeaseRow
from anode_jlab.eventlog.sqlite_making import sync_folder
from anode_jlab.eventlog.sqlite_rebuilding import Damage, rebuild
from anode_jlab.eventlog.sqlite_schema import REBUILT_NAME, restore_header
from anode_jlab.eventlog.wal_audit import check_wal
from anode_jlab.eventlog.witness import WITNESS_NAME, Witness, remembered

logger = logging.getLogger(__name__)

WORKSHOP = "rebuilding"
"""Folder beside the log for what is not finished."""

KEPT_PREFIX = "damaged-"
"""Folders with damaged logs begin like this; the moment follows (UTC)."""

REPLACED_PREFIX = "replaced-"
"""The same of logs that a restored one took the place of."""


def recover(path: Path, *, clock: Clock, process: Process) -> Recovered | None:
    """See ``EventStore.recover``, for the log at ``path``."""

    def alone() -> tuple[Recovered | None]:
        with translated(), one_at_a_time(path.parent):
            return (_recover(path, clock, LeaseRow(clock, process)),)

    if not path.parent.is_dir():
        return None
    done = look(path, alone, otherwise=None)
    if done is None:
        raise StoreUnavailable("The damaged event log is still being read; try again.")
    return done[0]


def kept_logs(folder: Path) -> list[Path]:
    """The folders with old logs of the notebook whose log lies in ``folder``."""
    return sorted((*folder.glob(KEPT_PREFIX + "*"), *folder.glob(REPLACED_PREFIX + "*")))


def _recover(path: Path, clock: Clock, leases: LeaseRow) -> Recovered | None:
    finish(path)
    workshop = path.with_name(WORKSHOP)
    copy = workshop / path.name
    _copy(path, workshop)
    reason = _complaint(copy)
    if reason is None:
        shutil.rmtree(workshop)
        return None
    restore_header(copy)
    kept = kept_name(path.parent, clock, KEPT_PREFIX)
    damage = Damage(reason=reason, kept=kept.name, witness=remembered(path))
    recovered, end = rebuild(copy, workshop / REBUILT_NAME, damage, clock, leases)
    keep(path, kept)
    os.replace(workshop / REBUILT_NAME, path.with_name(REBUILT_NAME))
    sync_folder(path.parent)
    finish(path)
    witness = Witness(path)
    witness.tell(end)
    witness.close()
    logger.error(
        "The event log %s is damaged (%s) and was rebuilt up to event %d of %d; it is kept in %s.",
        path,
        reason,
        recovered.good_upto,
        recovered.lost_upto,
        kept,
    )
    return recovered


def finish(path: Path) -> None:
    """Put a log that is ready into its place, and remove what was left of unfinished ones."""
    rebuilt = path.with_name(REBUILT_NAME)
    if rebuilt.exists():
        for old in _companions(path):
            old.unlink(missing_ok=True)
        os.replace(rebuilt, path)
        sync_folder(path.parent)
    shutil.rmtree(path.with_name(WORKSHOP), ignore_errors=True)


def _copy(path: Path, workshop: Path) -> None:
    workshop.mkdir(mode=0o700)
    for file in (path, *_companions(path)):
        with suppress(FileNotFoundError):
            shutil.copyfile(file, workshop / file.name)


def _complaint(copy: Path) -> str | None:
    """What is wrong with the log; None when it is whole."""
    try:
        check_wal(copy)
        with translated():
            sqlite_reading.verify(copy)
    except StoreDamaged as error:
        return error.message
    return None


def keep(path: Path, kept: Path) -> None:
    """Give the damaged files a second name; where that is not possible, copy them."""
    kept.mkdir(mode=0o700)
    for file in (path, *_companions(path)):
        try:
            os.link(file, kept / file.name)
        except FileNotFoundError:
            continue
        except OSError:
            shutil.copyfile(file, kept / file.name)
    sync_folder(kept)


def kept_name(folder: Path, clock: Clock, prefix: str) -> Path:
    """A new folder's name: ``prefix`` and the moment."""
    moment = datetime.fromtimestamp(clock.now(), UTC).strftime("%Y%m%d-%H%M%S")
    name, number = folder / f"{prefix}{moment}", 1
    while name.exists():
        number += 1
        name = folder / f"{prefix}{moment}-{number}"
    return name


def _companions(path: Path) -> tuple[Path, ...]:
    """The files beside a log that belong to it: write-ahead log, its index, journal, witness."""
    names = (f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal", WITNESS_NAME)
    return tuple(path.with_name(name) for name in names)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Two servers may find the same damage; the second waits and then finds a whole log."""
    import fcntl

    lock = os.open(folder / "recovery.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
