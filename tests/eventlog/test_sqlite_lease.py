"""When a lease may be taken over: the holder gave it back, is dead, or was silent for too long."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from anode_jlab.errors import HeldElsewhere, LeaseLost
from anode_jlab.eventlog.base import LEASE_SECONDS
from anode_jlab.eventlog.machine import Process, is_alive, this_process
from anode_jlab.ids import Seq
from anode_jlab.testing.clock import VirtualClock
from tests.eventlog.logs import HOLDER, keystroke, opened, start, written

OURS = this_process()


def ended_process() -> Process:
    """A process of this machine that is gone."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return msgspec.structs.replace(OURS, pid=process.pid, started=1)


CASES = {
    "killed on this machine": (ended_process(), 0.0, True),
    "its process id was given out anew": (
        msgspec.structs.replace(OURS, started=OURS.started + 1),
        0.0,
        True,
    ),
    "living on this machine": (OURS, LEASE_SECONDS - 0.1, False),
    "living on this machine but silent": (OURS, LEASE_SECONDS + 0.1, True),
    "before this machine was started anew": (
        msgspec.structs.replace(OURS, boot="an earlier boot"),
        0.0,
        True,
    ),
    "on another machine": (
        msgspec.structs.replace(OURS, host="another", boot="its own"),
        LEASE_SECONDS - 0.1,
        False,
    ),
    "on another machine, silent": (
        msgspec.structs.replace(OURS, host="another", boot="its own"),
        LEASE_SECONDS + 0.1,
        True,
    ),
}


@pytest.mark.anyio
@pytest.mark.parametrize(("theirs", "silence", "is_free"), CASES.values(), ids=CASES.keys())
async def test_takeover(tmp_path: Path, theirs: Process, silence: float, is_free: bool) -> None:
    clock = VirtualClock()
    their_store, their_log = await opened(tmp_path, clock=clock, process=theirs)
    lease = await written(their_log, 2)
    await clock.advance(silence)
    store, log = await opened(tmp_path, clock=clock, process=OURS)
    if is_free:
        ours = await log.acquire("another server")
        assert ours.epoch > lease.epoch
        with pytest.raises(LeaseLost, match="another server"):
            await their_log.append([keystroke(3)], epoch=lease.epoch, expect_head=Seq(3))
        assert (await log.load()).head == 3
    else:
        with pytest.raises(HeldElsewhere, match=HOLDER):
            await log.acquire("another server")
        await their_log.append([keystroke(3)], epoch=lease.epoch, expect_head=Seq(3))
    await store.close()
    await their_store.close()


@pytest.mark.anyio
async def test_renewing_keeps_others_out(tmp_path: Path) -> None:
    clock = VirtualClock()
    store, log = await opened(tmp_path, clock=clock)
    lease = await written(log, 1)
    other_store, other = await opened(tmp_path, clock=clock)
    for _ in range(5):
        await clock.advance(LEASE_SECONDS * 0.9)
        lease = await log.renew(lease)
        with pytest.raises(HeldElsewhere):
            await other.acquire("another server")
    await other_store.close()
    await store.close()


@pytest.mark.anyio
async def test_two_servers_open_a_new_notebook(tmp_path: Path) -> None:
    """Nothing is stored by opening, so both have a claim: the first append decides."""
    first_store, first = await opened(tmp_path)
    second_store, second = await opened(tmp_path)
    first_lease, second_lease = await first.acquire("first"), await second.acquire("second")
    await second.append([start()], epoch=second_lease.epoch, expect_head=Seq(0))
    with pytest.raises(LeaseLost, match="second"):
        await first.append([start()], epoch=first_lease.epoch, expect_head=Seq(0))
    assert (await first.load()).head == 1
    await first_store.close()
    await second_store.close()


def test_this_process_lives_and_an_ended_one_does_not() -> None:
    assert is_alive(OURS)
    assert OURS.pid == os.getpid()
    assert OURS.same_machine(this_process())
    assert not is_alive(ended_process())
    assert is_alive(msgspec.structs.replace(OURS, started=0)), "an unknown start is no proof"


@pytest.mark.anyio
async def test_a_clock_that_jumps_fences_nobody(tmp_path: Path) -> None:
    clock = VirtualClock()
    store, log = await opened(tmp_path, clock=clock)
    lease = await written(log, 3)
    for jump in (86_400.0, -172_800.0):
        clock.jump(jump)
        head = (await log.load()).head
        await log.append([keystroke(9)], epoch=lease.epoch, expect_head=head)
        lease = await log.renew(lease)
    assert [envelope.seq for envelope in await log.read(Seq(0))] == [1, 2, 3, 4, 5, 6]
    await store.close()
