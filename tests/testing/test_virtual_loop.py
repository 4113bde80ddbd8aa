"""On the virtual loop hours pass at once, threads answer, and a program that hangs says so."""

from __future__ import annotations

import asyncio
import time

import pytest

from anode_jlab.testing.clock import VirtualClock
from anode_jlab.testing.virtual_loop import NothingHappens, run_virtually


def test_time_passes_when_everybody_waits() -> None:
    clock = VirtualClock()
    told: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        for _ in range(3):
            await clock.sleep(seconds)
            told.append((name, clock.monotonic()))

    async def main() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(sleeper("slow", 1000.0))
            tasks.create_task(sleeper("quick", 600.0))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(700.0):
                    await asyncio.Event().wait()
            told.append(("timeout", clock.monotonic()))

    began = time.monotonic()
    run_virtually(main(), clock)
    assert time.monotonic() - began < 60.0
    assert told == [
        ("quick", 600.0),
        ("timeout", 700.0),
        ("slow", 1000.0),
        ("quick", 1200.0),
        ("quick", 1800.0),
        ("slow", 2000.0),
        ("slow", 3000.0),
    ]


def test_work_for_threads_takes_its_time_and_may_fail() -> None:
    clock = VirtualClock()

    async def main() -> None:
        assert await asyncio.to_thread(lambda: 1 + 1) == 2
        assert clock.monotonic() == 0.5
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 / 0)

    run_virtually(main(), clock, lambda: 0.5)
    assert clock.monotonic() == 1.0


def test_a_program_that_hangs_says_so() -> None:
    async def forever() -> None:
        await asyncio.Event().wait()

    with pytest.raises(NothingHappens):
        run_virtually(forever(), VirtualClock())


def test_a_program_that_only_ticks_says_so() -> None:
    clock = VirtualClock()

    async def ticking() -> None:
        while True:
            await clock.sleep(60.0)

    with pytest.raises(NothingHappens):
        run_virtually(ticking(), clock)
