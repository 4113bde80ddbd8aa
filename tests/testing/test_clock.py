"""The virtual clock wakes sleepers in order and at their own moments."""

from __future__ import annotations

import asyncio

import pytest

from anode_jlab.testing.clock import VirtualClock


@pytest.mark.anyio
async def test_sleepers_wake_at_their_moments() -> None:
    clock = VirtualClock(now=1000.0)
    woken: list[tuple[str, float, float]] = []

    async def sleeper(name: str, *pauses: float) -> None:
        for pause in pauses:
            await clock.sleep(pause)
            woken.append((name, clock.monotonic(), clock.now()))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sleeper("long", 2.5))
        tasks.create_task(sleeper("short", 1.0, 1.0, 1.0))
        await clock.advance(0.5)
        assert woken == []
        await clock.advance(2.0)
        assert [name for name, *_ in woken] == ["short", "short", "long"]
        await clock.advance(10.0)
    assert woken == [
        ("short", 1.0, 1001.0),
        ("short", 2.0, 1002.0),
        ("long", 2.5, 1002.5),
        ("short", 3.0, 1003.0),
    ]
    assert (clock.monotonic(), clock.now()) == (12.5, 1012.5)
    assert clock.next_deadline is None


@pytest.mark.anyio
async def test_a_jump_of_the_wall_clock_wakes_nobody() -> None:
    clock = VirtualClock(now=1000.0)
    task = asyncio.ensure_future(clock.sleep(5.0))
    clock.jump(-3600.0)
    await clock.advance(4.9)
    assert not task.done()
    assert clock.now() == pytest.approx(1000.0 - 3600.0 + 4.9)
    await clock.advance(0.2)
    assert task.done()


@pytest.mark.anyio
async def test_a_cancelled_sleeper_is_forgotten() -> None:
    clock = VirtualClock()
    task = asyncio.ensure_future(clock.sleep(5.0))
    await asyncio.sleep(0)
    task.cancel()
    await clock.advance(0)
    assert clock.next_deadline is None
    await clock.advance(10.0)
    assert task.cancelled()


@pytest.mark.anyio
async def test_no_time_is_only_a_turn_of_the_loop() -> None:
    await VirtualClock().sleep(0)
