"""A writer killed at any moment: everything that it was told to be stored is there, once."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from anode_jlab.eventlog.journal import Journal
from anode_jlab.ids import Seq
from tests.eventlog.logs import keystroke, opened

ROUNDS = 6


def killed_writer(folder: Path, seed: int, after: int, journal: Journal = Journal.WAL) -> int:
    """Let a real process write, kill it after ``after`` acknowledgements; the last one it got."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.eventlog.writer_process", str(folder), str(seed), journal],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        acked = [int(process.stdout.readline()) for _ in range(after)]
        process.kill()
        acked += [int(line) for line in process.stdout.read().split("\n")[:-1] if line]
    return acked[-1]


@pytest.mark.anyio
@pytest.mark.parametrize("journal", list(Journal))
async def test_kill_loses_nothing_acknowledged(tmp_path: Path, journal: Journal) -> None:
    rng = random.Random("killed writers")
    before = 0
    for seed in range(ROUNDS):
        acked = killed_writer(tmp_path, seed, rng.randint(1, 120), journal)
        assert acked > before
        store, log = await opened(tmp_path, journal=journal)
        loaded = await log.load()
        assert loaded.head >= acked
        assert await log.verify() == loaded.head
        expected = [keystroke(seq - 1).event for seq in range(2, loaded.head + 1)]
        assert [envelope.event for envelope in loaded.tail[1:]] == expected
        before = loaded.head
        await store.close()


@pytest.mark.anyio
async def test_the_lease_of_a_killed_server_is_free_at_once(tmp_path: Path) -> None:
    acked = killed_writer(tmp_path, 7, 3)
    store, log = await opened(tmp_path)
    lease = await log.acquire("another server")
    head = (await log.load()).head
    assert head >= acked
    given = await log.append([keystroke(head)], epoch=lease.epoch, expect_head=head)
    assert given.first == Seq(head + 1)
    await store.close()
