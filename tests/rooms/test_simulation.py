"""People, bad lines and a server with bad days: nothing acked is lost, nothing is there twice."""

from __future__ import annotations

import logging

import pytest

from anode_jlab.testing.simulation import World

RUNS = 200
RUNS_PER_TEST = 20


@pytest.mark.parametrize("first", range(0, RUNS, RUNS_PER_TEST))
def test_every_promise_holds_for_every_seed(first: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL + 1)  # rooms say aloud that they were discarded
    for seed in range(first, first + RUNS_PER_TEST):
        World(seed).play()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_seed_determines_everything(seed: int) -> None:
    runs = [World(seed), World(seed)]
    for world in runs:
        world.play()
    assert runs[0].notes == runs[1].notes
    assert runs[0].events() == runs[1].events()
