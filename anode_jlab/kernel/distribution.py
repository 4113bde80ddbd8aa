"""How the values of a column are distributed, in a few numbers."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from anode_jlab.kernel.cells import NUMBER, TEXT, TIME, TRUTH, cell

BARS = 16
MOST_FREQUENT = 3


def distribution(kind: str, values: Any) -> Any:
    """Of one column: how many are missing, and bars between two ends or the most frequent ones."""
    there = [value for value in values if cell(value) is not None]
    told: dict[str, Any] = {"missing": len(values) - len(there)}
    if kind in (NUMBER, TIME):
        numbers = [_number(value) for value in there]
        pairs = [(n, v) for n, v in zip(numbers, there, strict=True) if math.isfinite(n)]
        if pairs:
            low, high = min(pairs, key=_first), max(pairs, key=_first)
            told.update(low=cell(low[1]), high=cell(high[1]))
            told["bars"] = _bars([n for n, _ in pairs], low[0], high[0])
    elif kind in (TEXT, TRUTH):
        counts = Counter(str(cell(value)) for value in there)
        told["different"] = len(counts)
        told["frequent"] = [list(pair) for pair in counts.most_common(MOST_FREQUENT)]
    return told


def _first(pair: Any) -> Any:
    return pair[0]


def _number(value: Any) -> float:
    """Days for what is a date or a moment."""
    if not hasattr(value, "toordinal"):
        return float(value)
    seconds = 0
    if hasattr(value, "hour"):
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return float(value.toordinal() + seconds / 86_400)


def _bars(numbers: Any, low: float, high: float) -> Any:
    bars = [0] * (BARS if high > low else 1)
    width = (high - low) / len(bars) or 1.0
    for number in numbers:
        bars[min(int((number - low) / width), len(bars) - 1)] += 1
    return bars
