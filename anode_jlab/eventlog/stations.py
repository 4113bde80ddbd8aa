"""Which old snapshots stay as way stations of time travel, so that they never outgrow the log."""

from __future__ import annotations

from collections.abc import Sequence

MOST_STATIONS = 64
"""Snapshots kept at most: a long replay is then 1/32 of the history at worst."""


def surplus(seqs: Sequence[int], needed: int | None = None) -> list[int]:
    """Those of the ascending snapshot ``seqs`` that may go.

    The newest, the first, and the one that is ``needed`` always stay.

    While there are more than ``MOST_STATIONS``, the one goes whose neighbours are closest together:
    what remains is spread evenly over the history, however many were ever taken.
    """
    kept = list(seqs)
    gone: list[int] = []
    while len(kept) > MOST_STATIONS:
        inner = (place for place in range(1, len(kept) - 1) if kept[place] != needed)
        place = min(inner, key=lambda place: (kept[place + 1] - kept[place - 1], place))
        gone.append(kept.pop(place))
    return gone
