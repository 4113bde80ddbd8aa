"""The part of a resource that a request asks for (RFC 9110, 14): one range of bytes."""

from __future__ import annotations

import re
from typing import NamedTuple

from anode_jlab.errors import RangeNotThere

_ONE_RANGE = re.compile(r"bytes=\s*(\d*)\s*-\s*(\d*)\s*")

LONGEST_NUMBER = 18
"""Digits of a position; more cannot be one and cost time."""


class Span(NamedTuple):
    """From ``start`` up to ``stop``."""

    start: int
    stop: int


def wanted(header: str | None, size: int) -> Span | None:
    """The range that the header asks for; None for the whole.

    The whole is right too where a header is not understood or names several ranges. Raises
    RangeNotThere when nothing of the range is in a resource of this size.
    """
    asked = None if header is None else _ONE_RANGE.fullmatch(header)
    if asked is None or asked.group(0) == "bytes=-" or asked.groups() == ("", ""):
        return None
    first, last = asked.groups()
    if max(len(first), len(last)) > LONGEST_NUMBER:
        raise RangeNotThere
    if not first:
        span = Span(max(size - int(last), 0), size)
    else:
        span = Span(int(first), min(int(last) + 1, size) if last else size)
        if last and int(last) < int(first):
            return None
    if span.start >= span.stop:
        raise RangeNotThere
    return span
