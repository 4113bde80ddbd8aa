"""The few edits that turn one text into another, so that cursors and concurrent typing survive."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from pycrdt import Text

from anode_jlab.documents.offsets import utf8_length

MOST_LINES = 5000
"""Above this a text counts as one line: comparing is quadratic in the worst case."""

MOST_POINTS = 400
"""Above this a changed stretch is replaced as a whole, not character by character."""


class TextEdit(NamedTuple):
    """At code point ``at`` of the old text, ``deleted`` code points become ``inserted``."""

    at: int
    deleted: int
    inserted: str


def text_edits(old: str, new: str) -> list[TextEdit]:
    """Edits from ``old`` to ``new``, in the order of their places, without overlap."""
    if old == new:
        return []
    start = _common_prefix(old, new)
    end = _common_prefix(old[start:][::-1], new[start:][::-1])
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    edits = []
    for at, before, after in _changed_stretches(middle_old, middle_new):
        edits += [
            TextEdit(start + at + edit.at, edit.deleted, edit.inserted)
            for edit in _fine_edits(before, after)
        ]
    return edits


def text_distance(one: str, other: str) -> int:
    """How many characters of one are not in the other, and the other way round."""
    return sum(edit.deleted + len(edit.inserted) for edit in text_edits(one, other))


def apply_edits(text: Text, old: str, edits: list[TextEdit]) -> None:
    """Make the edits in a live text that reads ``old``."""
    places, offset, point = [], 0, 0
    for edit in edits:
        offset += utf8_length(old[point : edit.at])
        point = edit.at
        places.append(offset)
    for edit, place in zip(reversed(edits), reversed(places), strict=True):
        if edit.inserted:
            text.insert(place, edit.inserted)
        if edit.deleted:
            begin = place + utf8_length(edit.inserted)
            del text[begin : begin + utf8_length(old[edit.at : edit.at + edit.deleted])]


def _common_prefix(one: str, other: str) -> int:
    """Length of the common beginning, by bisection: comparing slices is much faster than a loop."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _changed_stretches(old: str, new: str) -> Iterator[tuple[int, str, str]]:
    """Where lines differ: position in ``old``, what was there, what comes there."""
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if max(len(old_lines), len(new_lines)) > MOST_LINES:
        yield 0, old, new
        return
    starts = [0]
    for line in old_lines:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, old_lines, new_lines, autojunk=False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag != "equal":
            yield starts[i], "".join(old_lines[i:i_end]), "".join(new_lines[j:j_end])


def _fine_edits(old: str, new: str) -> list[TextEdit]:
    start = _common_prefix(old, new)
    end = _common_prefix(old[start:][::-1], new[start:][::-1])
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    if not before or not after or max(len(before), len(after)) > MOST_POINTS:
        return [TextEdit(start, len(before), after)]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [
        TextEdit(start + i, i_end - i, after[j:j_end])
        for tag, i, i_end, j, j_end in matcher.get_opcodes()
        if tag != "equal"
    ]
