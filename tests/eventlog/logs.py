"""Small event logs for the tests of the store."""

from __future__ import annotations

from pathlib import Path

from anode_jlab.clock import Clock, SystemClock
from anode_jlab.eventlog.base import Lease, Snapshot
from anode_jlab.eventlog.journal import Journal
from anode_jlab.eventlog.machine import Process
from anode_jlab.eventlog.sqlite import SqliteEventLog, SqliteEventStore
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.document import DocumentUpdated, LineageStarted
from anode_jlab.events.event import Record
from anode_jlab.ids import Lineage, NotebookId, Seq

NOTEBOOK = NotebookId("0123456789abcdef0123456789abcdef")
ANN = Actor(kind=ActorKind.HUMAN, id="ann", name="Ann")
HOLDER = "the test's server"


def start() -> Record:
    """The first record of a log."""
    event = LineageStarted(lineage=Lineage("00112233aabbccdd"), path="a.ipynb")
    return Record(event=event, actor=ANN, time=1_700_000_000.0)


def keystroke(number: int, size: int = 24) -> Record:
    """An update whose bytes tell its number."""
    event = DocumentUpdated(update=number.to_bytes(8, "big") * (size // 8), client=1, origin="peer")
    return Record(event=event, actor=ANN, time=1_700_000_000.0 + number, client=1)


async def opened(
    folder: Path,
    *,
    clock: Clock | None = None,
    process: Process | None = None,
    journal: Journal = Journal.WAL,
) -> tuple[SqliteEventStore, SqliteEventLog]:
    """A store in ``folder`` and the log of the one notebook."""
    store = SqliteEventStore(
        folder, threads=1, clock=clock or SystemClock(), process=process, journal=journal
    )
    return store, await store.open(NOTEBOOK)


async def written(log: SqliteEventLog, updates: int, *, snapshot_at: int | None = None) -> Lease:
    """Append the first record and ``updates`` more, one by one, with a snapshot on the way."""
    lease = await log.acquire(HOLDER)
    await log.append([start()], epoch=lease.epoch, expect_head=Seq(0))
    for number in range(1, updates + 1):
        await log.append([keystroke(number)], epoch=lease.epoch, expect_head=Seq(number))
        if number == snapshot_at:
            snapshot = Snapshot(seq=Seq(number), document=b"document " * 99, state=b'{"a":1}')
            await log.put_snapshot(snapshot, epoch=lease.epoch)
    return lease
