"""For how long the runs of a notebook count as activity of the server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from anode_jlab.activity import LOOK_SECONDS, SECONDS_PER_HOUR, SETTING, RunActivity
from anode_jlab.ids import NotebookId
from anode_jlab.testing.clock import VirtualClock

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

ONE, OTHER = NotebookId("1" * 32), NotebookId("2" * 32)


async def test_a_queue_counts_up_to_the_cap_and_anew_after_a_pause() -> None:
    clock, busy = VirtualClock(), [ONE]
    activity = RunActivity(lambda: busy, {}, cap_hours=2.0, clock=clock)
    assert activity.count() == 1
    await clock.advance(1.5 * SECONDS_PER_HOUR)
    busy.append(OTHER)
    assert activity.count() == 2
    await clock.advance(1.0 * SECONDS_PER_HOUR)
    assert activity.count() == 1, "the first has been busy for too long"
    busy.remove(ONE)
    assert activity.count() == 1
    busy.append(ONE)
    assert activity.count() == 2


async def test_the_server_is_told_while_something_runs() -> None:
    clock = VirtualClock()
    busy: list[NotebookId] = []
    settings: dict[str, Any] = {}
    activity = RunActivity(lambda: busy, settings, cap_hours=2.0, clock=clock)
    activity.start()
    await clock.advance(LOOK_SECONDS)
    assert settings == {}
    busy.append(ONE)
    await clock.advance(10 * LOOK_SECONDS)
    last = datetime.fromtimestamp(clock.now(), UTC)
    assert settings == {SETTING: last}
    busy.clear()
    await clock.advance(10 * LOOK_SECONDS)
    assert settings == {SETTING: last}
    await activity.close()
