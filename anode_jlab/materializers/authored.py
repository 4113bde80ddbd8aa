"""A text as runs of characters that came from one origin: who wrote which part of it, and when.

Lengths count Unicode code points. Edits keep who wrote what they leave alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec

from anode_jlab.events.actor import Actor
from anode_jlab.ids import Seq


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What one actor did within about a minute, begun by the event ``seq``.

    ``actor`` is None where the history was purged.
    """

    seq: Seq
    time: float
    actor: Actor | None


class Run(NamedTuple):
    """So many code points of one origin, which is a place in a list of origins."""

    length: int
    origin: int


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """Lines in a row of the same authors; ``first`` counts from 0.

    ``origin`` is the latest one of what stands in them, ``origins`` are all, the latest first.
    """

    first: int
    lines: int
    origin: int
    origins: tuple[int, ...]


def joined(runs: Iterable[Run]) -> list[Run]:
    """The same without empty runs, and neighbours of one origin as one."""
    row: list[Run] = []
    for run in runs:
        if not run.length:
            continue
        if row and row[-1].origin == run.origin:
            row[-1] = Run(row[-1].length + run.length, run.origin)
        else:
            row.append(run)
    return row


class Written:
    """The runs of a text that is edited. Edits are mostly near the last one, so its place is kept:
    it is found from there."""

    __slots__ = ("_before", "_index", "runs")

    def __init__(self, runs: Iterable[Run] = ()) -> None:
        self.runs = list(runs)
        self._index = self._before = 0

    def splice(self, at: int, deleted: int, new: Sequence[Run]) -> None:
        """Put ``new`` at code point ``at``, in place of the ``deleted`` ones behind it."""
        runs = self.runs
        self._go(at)
        start, before = self._index, self._before
        stop, behind = _place(runs, start, before, at + deleted)
        pieces = [Run(at - before, runs[start].origin)] if at > before else []
        pieces += new
        if stop < len(runs):
            pieces.append(Run(behind + runs[stop].length - at - deleted, runs[stop].origin))
        if start:
            self._index -= 1
            self._before -= runs[start - 1].length
            pieces.insert(0, runs[start - 1])
        runs[self._index : stop + 1] = joined(pieces)

    def _go(self, at: int) -> None:
        """To the run that holds code point ``at``, or that begins there."""
        index, before, runs = self._index, self._before, self.runs
        while before > at:
            index -= 1
            before -= runs[index].length
        self._index, self._before = _place(runs, index, before, at)


def _place(runs: Sequence[Run], index: int, before: int, at: int) -> tuple[int, int]:
    """The run that holds code point ``at`` or begins there, and where it begins."""
    for length, _ in islice(runs, index, None):
        if before + length > at:
            break
        before += length
        index += 1
    return index, before


def cut(runs: Sequence[Run], start: int, stop: int) -> list[Run]:
    """The runs of a part of the text."""
    found: list[Run] = []
    at = 0
    for run in runs:
        low, high = max(start, at), min(stop, at + run.length)
        if low < high:
            found.append(Run(high - low, run.origin))
        at += run.length
        if at >= stop:
            break
    return found


def passages(text: str, runs: Sequence[Run], origins: Sequence[Origin]) -> list[Passage]:
    """The authors of each line, line for line; neighbours of the same authors are one passage.

    A line's end is no part of it, but all that an empty one has.
    """

    def age(place: int) -> tuple[float, int]:
        return origins[place].time, origins[place].seq

    found: list[Passage] = []
    for number, places in enumerate(_lines(text, runs)):
        row = tuple(sorted(places, key=age, reverse=True))
        last = found[-1] if found else None
        if last is not None and last.origins == row:
            found[-1] = msgspec.structs.replace(last, lines=last.lines + 1)
        elif row:
            found.append(Passage(first=number, lines=1, origin=row[0], origins=row))
    return found


def _lines(text: str, runs: Sequence[Run]) -> Iterator[set[int]]:
    """The origins of what stands in each line."""
    index = before = start = 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        is_last = number == len(lines) - 1
        low, high = start, start + len(line)
        if low == high and is_last:  # its beginning is the end of the line before
            low = max(low - 1, 0)
        elif low == high:
            high += 1
        while index and before > low:
            index -= 1
            before -= runs[index].length
        index, before = _place(runs, index, before, low)
        origins: set[int] = set()
        while index < len(runs) and before < high:
            origins.add(runs[index].origin)
            if before + runs[index].length > high:
                break
            before += runs[index].length
            index += 1
        yield origins
        start += len(line) + 1
