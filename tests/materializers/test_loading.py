"""A notebook's state from its log: with a snapshot, without, and with one of another version."""

from __future__ import annotations

import pytest

from anode_jlab.eventlog.base import EventLog, Lease, Snapshot
from anode_jlab.eventlog.memory import MemoryEventStore
from anode_jlab.events.event import Record
from anode_jlab.ids import NotebookId, Seq
from anode_jlab.materializers import loading
from anode_jlab.materializers.loading import rebuild, state_at, state_of
from anode_jlab.materializers.state import encode, replay
from tests.events.samples import history

HISTORY = history(11, 60)


async def a_log() -> tuple[EventLog, Lease]:
    log = await MemoryEventStore().open(NotebookId("n"))
    lease = await log.acquire("test")
    records = [
        Record(event=e.event, actor=e.actor, time=e.time, client=e.client, cause=e.cause)
        for e in HISTORY
    ]
    await log.append(records, epoch=lease.epoch, expect_head=Seq(0))
    return log, lease


@pytest.mark.anyio
@pytest.mark.parametrize("state", [None, encode(replay(HISTORY[:40])), b'{"format":0,"state":{}}'])
async def test_the_same_state_from_any_snapshot(state: bytes | None) -> None:
    log, lease = await a_log()
    if state is not None:
        snapshot = Snapshot(seq=Seq(40), document=b"", state=state)
        await log.put_snapshot(snapshot, epoch=lease.epoch)
    loaded = await log.load()
    assert len(loaded.tail) == (60 if state is None else 20)
    assert await state_of(log, loaded) == replay(HISTORY)


@pytest.mark.anyio
async def test_the_state_at_any_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "READ_AT_ONCE", 7)
    log, lease = await a_log()
    for seq in (0, 1, 7, 8, 35, 60):
        assert await state_at(log, Seq(seq)) == replay(HISTORY[:seq])
    with pytest.raises(ValueError, match="ends before"):
        await state_at(log, Seq(61))
    assert await rebuild(log, epoch=lease.epoch) == replay(HISTORY)
