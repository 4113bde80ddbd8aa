"""Way stations stay few and evenly spread."""

from __future__ import annotations

import random
from itertools import pairwise

from anode_jlab.eventlog.stations import MOST_STATIONS, surplus


def test_few_snapshots_all_stay() -> None:
    assert surplus([]) == []
    assert surplus(list(range(1, MOST_STATIONS + 1))) == []


def test_the_one_that_is_needed_stays() -> None:
    crowd = list(range(1, 2 * MOST_STATIONS))
    for needed in crowd:
        gone = surplus(crowd, needed=needed)
        assert needed not in gone
        assert len(crowd) - len(gone) == MOST_STATIONS


def test_however_many_are_taken_few_stay_and_gaps_stay_small() -> None:
    rng = random.Random("stations")
    kept: list[int] = []
    seq = 0
    for _ in range(1500):
        seq += rng.randint(100, 1000)
        kept.append(seq)
        for gone in surplus(kept):
            kept.remove(gone)
        assert len(kept) <= MOST_STATIONS
        assert kept[-1] == seq
        if len(kept) == MOST_STATIONS:
            gaps = [later - earlier for earlier, later in pairwise(kept)]
            assert max(gaps) <= max(2000, 4 * seq / MOST_STATIONS)
