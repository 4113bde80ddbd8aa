"""When a run is over: also where the kernel's last word does not come."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from anode_jlab.execution.collector import Collector
from anode_jlab.execution.displays import Displays
from anode_jlab.execution.run import Ending, Run
from anode_jlab.ids import CellId, ExecutionId
from anode_jlab.runtimes.kernel import KernelMessage

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

IDLE = {"execution_state": "idle"}


def begun() -> Run:
    cell, execution = CellId("cell-0"), ExecutionId("first")
    return Run(execution, cell, Collector(cell, execution, Displays()), 0.0)


def message(channel: str, kind: str, content: dict[str, Any]) -> KernelMessage:
    return KernelMessage(
        channel=channel, kind=kind, parent="", session="", content=content, metadata={}
    )


async def test_both_channels_have_to_tell() -> None:
    run = begun()
    run.take(message("shell", "execute_reply", {"status": "ok", "execution_count": 3}))
    waiting = asyncio.ensure_future(run.ended())
    await asyncio.sleep(0)
    assert not waiting.done()
    run.take(message("iopub", "status", IDLE))
    assert await waiting == Ending(execution_count=3)


async def test_a_reply_that_does_not_come() -> None:
    """The kernel is asked for something else; once that is answered, what is known counts."""
    run = begun()
    poked = asyncio.Event()

    def poke() -> str:
        poked.set()
        return "another request"

    run.poke = poke
    run.take(message("iopub", "error", {"ename": "ValueError", "evalue": "no"}))
    run.take(message("iopub", "status", IDLE))
    async with asyncio.timeout(60):
        await poked.wait()
    run.settle(message("shell", "kernel_info_reply", {}))
    run.settle(message("iopub", "status", IDLE))
    ending = await run.ended()
    assert ending.error is not None
    assert (ending.error.name, ending.lost) == ("ValueError", False)


async def test_a_run_that_had_ended_when_it_was_found() -> None:
    run = begun()
    run.probe = "later"
    run.settle(message("iopub", "status", {"execution_state": "busy"}))
    run.settle(message("iopub", "status", IDLE))
    run.settle(message("shell", "kernel_info_reply", {}))
    assert (await run.ended()).lost
