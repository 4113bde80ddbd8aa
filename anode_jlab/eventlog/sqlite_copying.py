"""A whole copy of a log while it is being written, and a copy put in a log's place."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from anode_jlab.clock import Clock
from anode_jlab.errors import StoreDamaged, StoreUnavailable
from anode_jlab.eventlog import sqlite_recovery
from anode_jlab.eventlog.attached import connect, look
from anode_jlab.eventlog.machine import Process
from anode_jlab.eventlog.sqlite_errors import translated
from anode_jlab.eventlog.sqlite_lease import LeaseRow
from anode_jlab.eventlog.sqlite_making import make_empty_file, sync_file, sync_folder
from anode_jlab.eventlog.sqlite_reading import head_of, reading, verify
from anode_jlab.eventlog.sqlite_schema import REBUILT_NAME
from anode_jlab.eventlog.sqlite_walk import stretch
from anode_jlab.eventlog.witness import Head, Witness
from anode_jlab.ids import Seq


def copy_log(path: Path, target: Path) -> Seq:
    """Copy what is committed into the new file ``target``, durably, and check it; its head.

    Nobody holds the lease of the copy, and no other file belongs to it. Raises StoreDamaged.
    """
    make_empty_file(target)
    with reading(path) as source:
        if source is None:
            raise StoreDamaged("The event log is empty.")
        with closing(sqlite3.connect(target, isolation_level=None)) as made:
            source.backup(made)
            made.execute("PRAGMA journal_mode = DELETE")
            made.execute("UPDATE lease SET holder = NULL, token = ''")
    sync_file(target)
    return verify(target)


def put_in_place(path: Path, prepared: Path, *, clock: Clock, process: Process) -> Path | None:
    """Make the whole and closed log ``prepared``, on the same file system, the one at ``path``.

    Returns the folder that holds the log that was there, if any. Raises HeldElsewhere while a
    living server has that one. When it is interrupted, the next opening finishes it.
    """

    def alone() -> tuple[Path | None]:
        with translated(), sqlite_recovery.one_at_a_time(path.parent):
            return (_put_in_place(path, prepared, clock, LeaseRow(clock, process)),)

    done = look(path, alone, otherwise=None)
    if done is None:
        raise StoreUnavailable("The event log is still being read; try again.")
    return done[0]


def _put_in_place(path: Path, prepared: Path, clock: Clock, leases: LeaseRow) -> Path | None:
    sqlite_recovery.finish(path)
    kept = None
    if path.exists():
        end = _take_epoch(prepared, _epoch_of(path, leases))
        kept = sqlite_recovery.kept_name(path.parent, clock, sqlite_recovery.REPLACED_PREFIX)
        sqlite_recovery.keep(path, kept)
    else:
        end = _take_epoch(prepared, 0)
    os.replace(prepared, path.with_name(REBUILT_NAME))
    sync_folder(path.parent)
    sqlite_recovery.finish(path)
    witness = Witness(path)
    witness.tell(end)
    witness.close()
    return kept


def _epoch_of(path: Path, leases: LeaseRow) -> int:
    """The last epoch of the log that goes; a damaged one cannot be written to by anybody."""
    copy = path.with_name(sqlite_recovery.WORKSHOP)
    copy.mkdir(mode=0o700)
    try:
        for file in path.parent.glob(path.name + "*"):
            shutil.copyfile(file, copy / file.name)
        with closing(connect(copy / path.name)) as connection:
            return leases.check_free(connection)
    except (sqlite3.Error, StoreDamaged):
        return 0
    finally:
        shutil.rmtree(copy)


def _take_epoch(prepared: Path, epoch: int) -> Head:
    """Count epochs on from those of the log that was there; the end of the prepared one."""
    with closing(connect(prepared, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("UPDATE lease SET epoch = max(epoch, ?)", (epoch,))
        head = head_of(connection)
        (last,) = stretch(connection, head - 1, head)
    sync_file(prepared)
    return Head(head, last[-1])
