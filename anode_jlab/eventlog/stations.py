"""Which old snapshots stay as way stations of time travel, so that they never outgrow the log."""

from __future__ import annotations

from collections.abc import Sequence

MOST_STATIONS = 64
"""Snapshots kept at most: a long replay is then 1/32 of the history at worst."""


def surplus(seqs: Sequence[int]) -> list[int]:
    """Those of the ascending snapshot ``seqs`` that may go: the newest and the first always stay.

    While there are more than ``MOST_STATIONS``, the one goes whose neighbours are closest together:
    what remains is spread evenly over the history, however many were ever taken.
    """
    kept = list(seqs)
    gone: list[int] = []
    while len(kept) > MOST_STATIONS:
        gaps = (kept[place + 1] - kept[place - 1] for place in range(1, len(kept) - 1))
        place = min(enumerate(gaps, start=1), key=lambda gap: (gap[1], gap[0]))[0]
        gone.append(kept.pop(place))
    return gone
