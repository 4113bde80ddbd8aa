"""How much is measured: the quick and the full run."""

from __future__ import annotations

import msgspec

from bench.moving import Walk
from bench.typing_load import Scene


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Rounds, durations and sizes. Each round measures all contenders one after another."""

    name: str
    typing_rounds: int
    flood_rounds: int
    opening_rounds: int
    start_rounds: int
    browser_rounds: int
    couple: Scene
    hall: Scene
    many: Scene
    flood_seconds: float
    opened_cells: tuple[int, ...]
    browser_cells: int
    left_notebooks: int
    long_edits: int
    kept_edits: int
    """Keystrokes after which the stores of others are measured: they grow by each alike."""
    run_rounds: int
    trivial_cells: int
    printed_lines: int
    flushed_lines: int
    printed_bytes: int
    beside: Scene
    """People in the notebook in which a cell prints so much."""
    walks: tuple[Walk, ...]
    """People who move their carets in one notebook."""
    storm_rounds: int
    storm_people: int
    """They come back at once when a server is started again."""
    shown_results: int = 40
    """Times that a cell is run in the browser."""
    offline_changes: int = 10_000
    """Made in a browser while its server is away."""
    forget_seconds: float = 4.0
    """Given to a server to save and forget a notebook that nobody has open."""


def _scenes(couple: int, hall: int, many: int) -> tuple[Scene, Scene, Scene]:
    """Two people; a hundred in one notebook; two in each of fifty: with so many bursts each."""
    return (
        Scene(notebooks=1, people=2, pause_seconds=2.0, bursts=couple),
        Scene(notebooks=1, people=100, pause_seconds=10.0, bursts=hall),
        Scene(notebooks=50, people=2, pause_seconds=8.0, bursts=many),
    )


_couple, _hall, _many = _scenes(5, 1, 1)

_walks = (
    Walk(people=50, per_second=2.0, seconds=10.0),
    Walk(people=200, per_second=0.5, seconds=10.0),
)
"""A working group, and a lecture: a hundred moves a second in both."""

_beside = Scene(notebooks=1, people=2, pause_seconds=0.5, bursts=6)

LONG = 100_000
"""Keystrokes of a notebook that was worked on for months."""

QUICK = Plan(
    name="quick",
    typing_rounds=1,
    flood_rounds=1,
    opening_rounds=1,
    start_rounds=3,
    browser_rounds=1,
    couple=_couple,
    hall=_hall,
    many=_many,
    flood_seconds=2.0,
    opened_cells=(3000,),
    browser_cells=3000,
    left_notebooks=20,
    long_edits=LONG,
    kept_edits=3000,
    run_rounds=1,
    trivial_cells=100,
    printed_lines=100_000,
    flushed_lines=5000,
    printed_bytes=100_000_000,
    beside=_beside,
    walks=_walks,
    storm_rounds=1,
    storm_people=200,
)

_couple, _hall, _many = _scenes(12, 2, 2)

FULL = Plan(
    name="full",
    typing_rounds=3,
    flood_rounds=2,
    opening_rounds=5,
    start_rounds=7,
    browser_rounds=3,
    couple=_couple,
    hall=_hall,
    many=_many,
    flood_seconds=4.0,
    opened_cells=(1000, 3000),
    browser_cells=3000,
    left_notebooks=20,
    long_edits=LONG,
    kept_edits=3000,
    run_rounds=3,
    trivial_cells=100,
    printed_lines=100_000,
    flushed_lines=5000,
    printed_bytes=100_000_000,
    beside=_beside,
    walks=_walks,
    storm_rounds=3,
    storm_people=200,
)

SMOKE = Plan(
    name="smoke",
    typing_rounds=1,
    flood_rounds=1,
    opening_rounds=1,
    start_rounds=1,
    browser_rounds=0,
    couple=Scene(notebooks=1, people=2, pause_seconds=0.0, bursts=1, rest_seconds=0.1),
    hall=Scene(notebooks=1, people=4, pause_seconds=0.0, bursts=1, rest_seconds=0.1),
    many=Scene(notebooks=2, people=2, pause_seconds=0.0, bursts=1, rest_seconds=0.1),
    flood_seconds=0.2,
    opened_cells=(30,),
    browser_cells=0,
    left_notebooks=1,
    long_edits=1000,
    kept_edits=100,
    run_rounds=1,
    trivial_cells=2,
    printed_lines=20,
    flushed_lines=10,
    printed_bytes=10_000,
    beside=Scene(notebooks=1, people=2, pause_seconds=0.0, bursts=1, rest_seconds=0.1),
    walks=(Walk(people=3, per_second=4.0, seconds=0.5),),
    storm_rounds=1,
    storm_people=3,
    forget_seconds=1.0,
)
"""So little that nothing can be concluded: it shows that the bench itself works."""
