"""Percentiles and medians of plain lists."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` per cent of the values do not exceed."""
    if not values:
        return math.inf
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]


def median(values: Sequence[float]) -> float:
    """The middle value (the lower one of two)."""
    return percentile(values, 50)
