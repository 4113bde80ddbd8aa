"""People who type, move and retype cells, asleep and awake, bad lines, other programs and a server
with bad days: nothing saved is lost or doubled.

``ANODE_SIMULATION_RUNS=100000`` makes a long run of it, ``ANODE_SIMULATION_FIRST`` its first seed.
"""

from __future__ import annotations

import logging
import os

import pytest

from anode_jlab.testing.simulation import World

FIRST = int(os.environ.get("ANODE_SIMULATION_FIRST", "0"))
RUNS = int(os.environ.get("ANODE_SIMULATION_RUNS", "1000"))
RUNS_PER_TEST = 50
PEOPLE = (3, 5)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(FIRST, FIRST + RUNS, RUNS_PER_TEST))
def test_every_promise_holds_for_every_seed(first: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL + 1)  # rooms say aloud that they were discarded
    for seed in range(first, min(first + RUNS_PER_TEST, FIRST + RUNS)):
        World(seed, people=PEOPLE[seed % 2]).play()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("merging", [1, 2])
def test_clients_of_others_end_equal_and_lose_nothing_from_the_history(
    merging: int, caplog: pytest.LogCaptureFixture
) -> None:
    """They send what they did offline as one update, see ``docs/explanation/clones.md``."""
    caplog.set_level(logging.CRITICAL + 1)
    for seed in range(FIRST, FIRST + max(1, RUNS // 40)):
        World(seed, merging=merging).play()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_seed_determines_everything(seed: int) -> None:
    runs = [World(seed), World(seed)]
    for world in runs:
        world.play()
    assert runs[0].notes == runs[1].notes
    assert runs[0].events() == runs[1].events()
