"""Memory that was needed for a moment goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

from anode_jlab.allocator import give_back

PROGRAM = """
import sys
from anode_jlab.allocator import give_back
if sys.argv[1] == "ours" and not give_back({}):
    print("not here")
    sys.exit()

def resident():
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1]) * 4096 // 1_000_000

def block(size):
    return b"x" * size

del (large := [block(20_000_000)])[:]  # from now on glibc takes such blocks from its heap
before, all_ = resident(), []
for _ in range(100):
    all_.append((block(1_000_000), block(2000)))
kept = [small for _, small in all_]
del all_
print(resident() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of Linux's C libraries")
def test_what_is_freed_goes_back() -> None:
    command = [sys.executable, "-c", PROGRAM, "ours"]
    told = subprocess.run(command, env={}, check=True, capture_output=True, text=True).stdout
    if told == "not here\n":
        pytest.skip("another C library")
    assert int(told) < 20, "of 100 MB that were freed"


@pytest.mark.parametrize("name", ["MALLOC_ARENA_MAX", "GLIBC_TUNABLES", "LD_PRELOAD"])
def test_an_operators_choice_stays(name: str) -> None:
    assert not give_back({name: "1"})
