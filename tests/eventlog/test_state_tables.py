"""People can ask ``log.db`` with SQL: readable events, and state tables that can be rebuilt."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from anode_jlab.eventlog.base import Lease, Snapshot
from anode_jlab.eventlog.sqlite import SqliteEventLog
from anode_jlab.events.content import CellCreated, CellDeleted
from anode_jlab.events.event import Record
from anode_jlab.ids import CellId, Seq
from anode_jlab.materializers.loading import rebuild, state_of
from anode_jlab.materializers.state import encode
from tests.eventlog.logs import ANN, HOLDER, NOTEBOOK, keystroke, opened, start


def cell(cell_id: str, index: int) -> Record:
    event = CellCreated(cell_id=CellId(cell_id), cell_type="code", index=index)
    return Record(event=event, actor=ANN, time=1.5)


async def a_notebook(log: SqliteEventLog) -> Lease:
    lease = await log.acquire(HOLDER)
    deleted = CellDeleted(cell_id=CellId("c"), index=1)
    records = [
        start(),
        cell("a", 0),
        cell("b", 1),
        cell("c", 1),
        Record(event=deleted, actor=ANN, time=2.5),
        keystroke(6),
    ]
    await log.append(records, epoch=lease.epoch, expect_head=Seq(0))
    return lease


def asked(path: Path, question: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


@pytest.mark.anyio
async def test_tables_come_with_a_snapshot_and_can_be_rebuilt(tmp_path: Path) -> None:
    store, log = await opened(tmp_path)
    path = store.path_of(NOTEBOOK)
    lease = await a_notebook(log)
    state = await state_of(log, await log.load())
    await log.put_snapshot(
        Snapshot(seq=state.seq, document=b"", state=encode(state)), epoch=lease.epoch
    )
    cells = asked(path, "SELECT place, id, type, created_by, created_at FROM state_cells")
    assert cells == [(0, "a", "code", "human:ann", 1.5), (1, "b", "code", "human:ann", 1.5)]
    actors = asked(path, "SELECT kind, id, name, events FROM state_actors")
    assert actors == [("human", "ann", "Ann", 6)]
    assert asked(path, "SELECT value FROM meta WHERE key = 'state_seq'") == [(6,)]

    await log.put_tables(b"not a state", epoch=lease.epoch)
    assert asked(path, "SELECT * FROM state_cells") == []
    assert await rebuild(log, epoch=lease.epoch) == state
    assert asked(path, "SELECT place, id, type, created_by, created_at FROM state_cells") == cells
    await store.close()


@pytest.mark.anyio
async def test_events_are_readable(tmp_path: Path) -> None:
    store, log = await opened(tmp_path)
    await a_notebook(log)
    question = "SELECT seq, actor_name, name, data, size FROM events WHERE seq IN (5, 6)"
    assert asked(store.path_of(NOTEBOOK), question) == [
        (5, "Ann", "v1.CellDeleted", '{"cell_id":"c","index":1}', None),
        (6, "Ann", "v1.DocumentUpdated", '{"client":1,"origin":"peer"}', 24),
    ]
    await store.close()


@pytest.mark.anyio
async def test_reading_facts_uses_the_index(tmp_path: Path) -> None:
    store, log = await opened(tmp_path)
    await a_notebook(log)
    plan = asked(
        store.path_of(NOTEBOOK),
        "EXPLAIN QUERY PLAN SELECT * FROM records WHERE seq > 0 AND name IN (4, 5) AND name > 2",
    )
    assert "facts" in str(plan)
    await store.close()
