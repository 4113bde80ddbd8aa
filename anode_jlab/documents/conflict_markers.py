"""Conflict markers, as git leaves them in a text that two people changed: the text of each side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

MARKER_LENGTH = 7
"""Of git's markers. Longer ones come from merges inside of the common ancestor, whose text is then
of no use."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """A text with conflicts, told apart again; names are what git wrote behind its markers.

    ``base`` is the common ancestor, where git was asked to write it (``merge.conflictStyle``).
    """

    ours: str
    theirs: str
    base: str | None
    our_name: str
    their_name: str


class _Part(Enum):
    """Where in a text a line is; the value is the character of the marker that begins it."""

    COMMON = ">"
    OURS = "<"
    BASE = "|"
    THEIRS = "="


_NEXT = {
    _Part.COMMON: (_Part.OURS,),
    _Part.OURS: (_Part.BASE, _Part.THEIRS),
    _Part.BASE: (_Part.THEIRS,),
    _Part.THEIRS: (_Part.COMMON,),
}
"""Which marker may come in which part."""


class _Line(NamedTuple):
    part: _Part
    text: str


@dataclass(slots=True)
class _Reading:
    """How far the text was read."""

    part: _Part = _Part.COMMON
    names: dict[_Part, str] = field(default_factory=dict)
    has_base: bool = False
    conflicts: int = 0


def sides_of(text: str) -> Sides | None:
    """The sides of a text with conflict markers; None when it has none, or not whole ones."""
    reading = _Reading()
    try:
        lines = list(_read(text, reading))
    except _NotWhole:
        return None
    if not reading.conflicts or reading.part is not _Part.COMMON:
        return None

    def side(part: _Part) -> str:
        return "\n".join(line.text for line in lines if line.part in (_Part.COMMON, part))

    return Sides(
        ours=side(_Part.OURS),
        theirs=side(_Part.THEIRS),
        base=side(_Part.BASE) if reading.has_base else None,
        our_name=reading.names.get(_Part.OURS, ""),
        their_name=reading.names.get(_Part.COMMON, ""),
    )


class _NotWhole(Exception):
    """A marker at a place where none can be."""


def _read(text: str, reading: _Reading) -> Iterator[_Line]:
    for line in text.split("\n"):
        marker = _marker(line)
        if marker is None or (marker is _Part.THEIRS and reading.part is _Part.COMMON):
            yield _Line(reading.part, line)
            continue
        if marker not in _NEXT[reading.part]:
            raise _NotWhole
        reading.names.setdefault(marker, line[MARKER_LENGTH:].strip())
        reading.has_base |= marker is _Part.BASE
        reading.conflicts += marker is _Part.OURS
        reading.part = marker


def _marker(line: str) -> _Part | None:
    """The part that a line begins, if it is a marker."""
    body = line.rstrip("\r\n")
    for part in _Part:
        if body.startswith(part.value * MARKER_LENGTH):
            rest = body[MARKER_LENGTH:]
            return part if rest == "" or rest.startswith(" ") else None
    return None
