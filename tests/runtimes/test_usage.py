"""What a kernel uses of the machine: real processes, and limits of both versions of groups."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from anode_jlab.runtimes.memory import Group
from anode_jlab.runtimes.usage import SHORTEST_SECONDS, LimitOf, Sampler, cores_of, used_by

MEBIBYTE = 1 << 20

WITH_CHILD = """
import subprocess, sys
held = bytearray(b"x" * (64 << 20))
code = "x = b'y' * (48 << 20); print(1, flush=True); input()"
pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
child = subprocess.Popen([sys.executable, "-c", code], **pipes)
child.stdout.readline()
print("ready", flush=True)
input()
sum(range(3_000_000))
print("worked", flush=True)
input()
"""


def test_a_process_and_those_that_it_began() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WITH_CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "ready\n"
            sampler = Sampler(process.pid)
            assert sampler.usage() is None
            sampler.take(0.0)
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.stdout.readline() == "worked\n"
            sampler.take(2.0)
            usage = sampler.usage()
            assert usage is not None
            first, second = usage.samples
            assert first.cpu_percent is None
            assert second.cpu_percent is not None
            assert second.cpu_percent > 0
            assert second.memory > (64 + 48) * MEBIBYTE
            assert 0 < usage.counted <= usage.limit
            assert usage.limit_of in LimitOf
            assert 0 < usage.cores <= (os.cpu_count() or 1)
        finally:
            process.kill()
    sampler.take(4.0)
    assert len(usage.samples) == 2  # it is gone: nothing is invented


def test_many_who_look_make_no_more_measurements_than_one() -> None:
    sampler = Sampler(os.getpid())
    assert [sampler.claim(at) for at in (0.0, 0.1, SHORTEST_SECONDS)] == [True, False, True]


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.mark.parametrize("version", [1, 2])
def test_what_a_group_may_and_does_use(tmp_path: Path, version: int) -> None:
    top = tmp_path / "memory" if version == 1 else tmp_path
    group = Group(top / "user/kernel", top)
    group.folder.mkdir(parents=True)
    assert used_by(group) is None
    everything = cores_of(group)
    names = {
        1: ("memory.usage_in_bytes", "total_inactive_file", "cpu"),
        2: ("memory.current", "inactive_file", "."),
    }
    usage, inactive, cpu = names[version]
    write(group.folder / usage, str(300 * MEBIBYTE))
    write(group.folder / "memory.stat", f"anon 5\n{inactive} {100 * MEBIBYTE}\n")
    assert used_by(group) == 200 * MEBIBYTE
    place = tmp_path / cpu / "user"  # the limit of a group above counts as well
    if version == 1:
        write(place / "kernel/cpu.cfs_quota_us", "-1")
        write(place / "kernel/cpu.cfs_period_us", "100000")
        assert cores_of(group) == everything
        write(place / "cpu.cfs_quota_us", "50000")
        write(place / "cpu.cfs_period_us", "100000")
    else:
        write(place / "kernel/cpu.max", "max 100000")
        assert cores_of(group) == everything
        write(place / "cpu.max", "50000 100000")
    assert cores_of(group) == 0.5
    assert used_by(None) is None
