"""Writer threads: in order per notebook, side by side for different ones, nothing lost at close."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

import pytest

from anode_jlab.eventlog.writers import Writers


@pytest.mark.anyio
async def test_jobs_of_one_key_run_in_order() -> None:
    writers = Writers(4)
    ran: list[int] = []

    def job(number: int) -> int:
        ran.append(number)
        return number

    results = await asyncio.gather(*(writers.run("a", partial(job, n)) for n in range(99)))
    assert ran == results == list(range(99))
    await writers.close()


@pytest.mark.anyio
async def test_keys_do_not_wait_for_one_another() -> None:
    writers = Writers(4)
    both_run = threading.Barrier(2, timeout=60)
    # Keys are spread by their hash: among eight there are two of different threads.
    keys = [str(number) for number in range(8)]
    thread_of = {key: await writers.run(key, threading.get_ident) for key in keys}
    other = next(key for key in keys if thread_of[key] != thread_of["0"])
    await asyncio.gather(writers.run("0", both_run.wait), writers.run(other, both_run.wait))
    await writers.close()


@pytest.mark.anyio
async def test_an_error_goes_to_the_one_who_asked() -> None:
    writers = Writers(1)

    def fail() -> None:
        raise LookupError("not there")

    with pytest.raises(LookupError, match="not there"):
        await writers.run("a", fail)
    assert await writers.run("a", lambda: 5) == 5
    await writers.close()


@pytest.mark.anyio
async def test_a_cancelled_job_still_runs_and_harms_nobody() -> None:
    writers = Writers(1)
    gate = threading.Event()
    ran: list[str] = []
    asyncio.get_running_loop().call_later(0, gate.set)
    blocker = asyncio.ensure_future(writers.run("a", lambda: gate.wait(10)))
    cancelled = asyncio.ensure_future(writers.run("a", lambda: ran.append("cancelled")))
    await asyncio.sleep(0)
    cancelled.cancel()
    assert await blocker
    await writers.run("a", lambda: ran.append("after"))
    assert ran == ["cancelled", "after"]
    await writers.close()


def test_no_threads_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Writers(0)
