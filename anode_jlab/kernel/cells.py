"""Values of tables as JSON has them, and what people write to compare them with."""

from __future__ import annotations

import math
import operator
import reprlib
from datetime import datetime
from typing import Any

MOST_COLUMNS = 500

MOST_TEXT = 300
"""Characters of a cell; a longer one is cut."""

EXACT = 2**53
"""Larger whole numbers are texts, for a browser would round them."""

NUMBER, TIME, TRUTH, TEXT, OTHER = "number", "time", "truth", "text", "other"
"""Kinds of columns: how they are compared and drawn."""

SHORT = reprlib.Repr()
SHORT.maxlist = SHORT.maxtuple = SHORT.maxset = SHORT.maxdict = 20
SHORT.maxstring = SHORT.maxother = MOST_TEXT

COMPARE = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


class Problem(Exception):
    """Why there is no answer: a word for programs, a sentence for people."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(text)
        self.code = code


def cell(value: Any) -> Any:
    """A value as JSON has it; None where there is none."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int:
        return value if -EXACT <= value <= EXACT else str(value)
    if kind is float:
        if math.isfinite(value):
            return value
        return None if value != value else ("inf" if value > 0 else "-inf")
    if kind in (list, tuple, dict, set, frozenset):
        text = SHORT.repr(value)
    else:
        text = str(value)
        if kind is not str and text in ("NaT", "<NA>", "nan"):
            return None
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"


def typed(kind: str, value: str) -> Any:
    """What somebody wrote, as a value that a column of this kind can be compared with."""
    try:
        if kind == NUMBER:
            return int(value) if value.strip().lstrip("+-").isdigit() else float(value)
        if kind == TIME:
            return datetime.fromisoformat(value.strip())
    except ValueError:
        what = "number" if kind == NUMBER else "date or time such as 2026-01-31 or 2026-01-31 12:00"
        raise Problem("bad_filter", f"{value!r} is no {what}.") from None
    if kind == TRUTH:
        if value.strip().lower() not in ("true", "false"):
            raise Problem("bad_filter", f"{value!r} is neither True nor False.")
        return value.strip().lower() == "true"
    return value


def joined(name: Any) -> str:
    """The name of a column or row, which may have several parts."""
    return " / ".join(map(str, name)) if isinstance(name, tuple) else str(name)
