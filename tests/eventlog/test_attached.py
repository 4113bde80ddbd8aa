"""Nothing in this process cancels the locks that SQLite holds on a log."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from anode_jlab.clock import SystemClock
from anode_jlab.eventlog import attached
from anode_jlab.eventlog.sqlite import SqliteEventStore
from anode_jlab.events.actor import SERVER
from anode_jlab.events.document import PathChanged
from anode_jlab.events.event import Record
from anode_jlab.ids import NotebookId, Seq

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

NOTEBOOK = NotebookId("a" * 32)
LOOK = "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); {}; d.close()"
COUNT = "print(d.execute('select count(*) from records').fetchone()[0])"


def record(number: int) -> Record:
    event = PathChanged(old_path=f"{number}.ipynb", new_path=f"{number + 1}.ipynb")
    return Record(event=event, actor=SERVER, time=float(number))


def other_process_counts(path: Path) -> int:
    """Open and close the log as a second server or a curious person would."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(COUNT), str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stdout)


async def test_other_processes_leave_the_write_ahead_log_of_a_living_server_alone(
    tmp_path: Path,
) -> None:
    store = SqliteEventStore(tmp_path, clock=SystemClock())
    path = store.path_of(NOTEBOOK)
    log = await store.open(NOTEBOOK)
    lease = await log.acquire("here")
    await log.append([record(1)], epoch=lease.epoch, expect_head=Seq(0))

    # Everything that looks at the file while it is open.
    assert await store.exists(NOTEBOOK)
    second = await store.open(NOTEBOOK)
    assert (await second.load()).head == 1
    assert len(await second.read(Seq(0))) == 1
    await second.verify()
    await second.close()

    for count in range(1, 5):
        assert other_process_counts(path) == count
        await log.append([record(count + 1)], epoch=lease.epoch, expect_head=Seq(count))
        assert path.with_name("log.db-wal").exists()
    assert other_process_counts(path) == 5
    await store.close()
    assert other_process_counts(path) == 5


def test_a_file_is_looked_at_only_while_nothing_of_ours_has_it_open(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    assert attached.look(path, lambda: "looked", otherwise="open") == "looked"
    first = attached.connect(path)
    second = attached.connect(path)
    first.close()
    first.close()
    assert attached.look(path, lambda: "looked", otherwise="open") == "open"
    second.close()
    assert attached.look(path, lambda: "looked", otherwise="open") == "looked"
    with pytest.raises(sqlite3.ProgrammingError):
        second.execute("SELECT 1")
