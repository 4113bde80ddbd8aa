"""Logs of released versions open, verify and replay to the state that they always had."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from anode_jlab.ids import Seq
from anode_jlab.materializers.loading import state_at, state_of
from anode_jlab.materializers.state import decode, replay, to_wire
from tests.eventlog.logs import NOTEBOOK, keystroke, opened

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.mark.anyio
@pytest.mark.parametrize("number", [1, 2])
async def test_golden_log(tmp_path: Path, number: int) -> None:
    store, log = await opened(tmp_path)
    path = store.path_of(NOTEBOOK)
    path.parent.mkdir(parents=True)
    shutil.copy(GOLDEN / f"log-{number}.db", path)
    expected = json.loads((GOLDEN / f"log-{number}.state.json").read_text("utf-8"))

    loaded = await log.load()
    assert await log.verify() == loaded.head == expected["seq"]
    assert loaded.lineage == expected["lineage"]
    assert to_wire(await state_of(log, loaded)) == expected
    assert to_wire(await state_at(log, loaded.head)) == expected
    assert to_wire(replay(await log.read(Seq(0)))) == expected

    snapshot = loaded.snapshot
    assert snapshot is not None
    assert decode(snapshot.state) == await state_at(log, snapshot.seq)

    lease = await log.acquire("a server of today")
    await log.append([keystroke(1)], epoch=lease.epoch, expect_head=loaded.head)
    assert await log.verify() == loaded.head + 1
    await store.close()
