"""Three-way merge of text: what two sides made of one text, brought together where they can be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple, TypeAlias

MOST_PARTS = 5000
"""Above this number of lines a text counts as one: comparing is quadratic in the worst case."""

MARK_OURS: Final = "<<<<<<< edited here"
MARK_BETWEEN: Final = "======="
MARK_THEIRS: Final = ">>>>>>> file on disk"

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Merged(NamedTuple):
    """The merged text. ``clash`` tells that both sides changed one place: there it reads as ours,
    and what is theirs has to be kept elsewhere."""

    text: str
    clash: bool


class _Hunk(NamedTuple):
    """``start`` to ``end`` of the base became ``parts``."""

    start: int
    end: int
    parts: tuple[str, ...]


def merge_text(base: str, ours: str, theirs: str, *, prose: bool) -> Merged:
    """Bring the changes of both sides together, line by line.

    Where both changed the same lines, ``prose`` is merged word by word, so that two people may
    correct one paragraph; words that both put into one place stand there one after the other. In
    code such lines clash: put together they might mean something that nobody wrote.
    """
    if theirs in (base, ours):
        return Merged(ours, False)
    if ours == base:
        return Merged(theirs, False)
    parts, clash = _merge(base.split("\n"), ours.split("\n"), theirs.split("\n"))
    if clash and prose:
        words = [_WORDS.findall(text) for text in (base, ours, theirs)]
        parts, clash = _merge(*words, join=_one_after_the_other)
        return Merged("".join(parts), clash)
    return Merged("\n".join(parts), clash)


def merge_marked(base: str, ours: str, theirs: str, *, prose: bool) -> Merged:
    """As `merge_text`, but where it clashes both versions stand between marks, as git sets them."""
    merged = merge_text(base, ours, theirs, prose=prose)
    if not merged.clash:
        return merged
    lines = (text.split("\n") for text in (base, ours, theirs))
    return Merged("\n".join(_merge(*lines, join=_marked).parts), True)


class _Outcome(NamedTuple):
    parts: list[str]
    clash: bool


_Join: TypeAlias = Callable[[Sequence[str], Sequence[str], bool], _Outcome]
"""What stands where both sides changed one place: ours, theirs, whether both only put it there."""


def _ours(ours: Sequence[str], theirs: Sequence[str], inserted: bool) -> _Outcome:
    return _Outcome([*ours], True)


def _one_after_the_other(ours: Sequence[str], theirs: Sequence[str], inserted: bool) -> _Outcome:
    """An insertion that holds the other one is all of it: who wrote it had seen that, in a file
    that we had written in the meantime."""
    if not inserted:
        return _Outcome([*ours], True)
    if _holds(ours, theirs):
        return _Outcome([*ours], False)
    return _Outcome([*theirs] if _holds(theirs, ours) else [*ours, *theirs], False)


def _holds(whole: Sequence[str], part: Sequence[str]) -> bool:
    size = len(part)
    return any(whole[at : at + size] == part for at in range(len(whole) - size + 1))


def _marked(ours: Sequence[str], theirs: Sequence[str], inserted: bool) -> _Outcome:
    return _Outcome([MARK_OURS, *ours, MARK_BETWEEN, *theirs, MARK_THEIRS], True)


def _merge(
    base: Sequence[str], ours: Sequence[str], theirs: Sequence[str], *, join: _Join = _ours
) -> _Outcome:
    """Merge sequences."""
    mine, other = _hunks(base, ours), _hunks(base, theirs)
    parts: list[str] = []
    place, clash = 0, False
    while mine or other:
        group_mine, group_other = _next_group(mine, other)
        group = group_mine + group_other
        start, end = min(h.start for h in group), max(h.end for h in group)
        parts += base[place:start]
        text_mine = _applied(base, start, end, group_mine)
        text_other = _applied(base, start, end, group_other)
        if not group_mine:
            parts += text_other
        elif not group_other or text_mine == text_other:
            parts += text_mine
        else:
            joined = join(text_mine, text_other, start == end)
            parts += joined.parts
            clash = clash or joined.clash
        place = end
    return _Outcome([*parts, *base[place:]], clash)


def _next_group(mine: list[_Hunk], other: list[_Hunk]) -> tuple[list[_Hunk], list[_Hunk]]:
    """Take the first hunk, with all those of both sides that hang together with it."""
    first = mine if mine and (not other or _key(mine[0]) <= _key(other[0])) else other
    taken: dict[int, list[_Hunk]] = {id(mine): [], id(other): []}
    hunk = first.pop(0)
    taken[id(first)].append(hunk)
    start, end = hunk.start, hunk.end
    grew = True
    while grew:
        grew = False
        for side in (mine, other):
            while side and _meet(start, end, side[0]):
                hunk = side.pop(0)
                taken[id(side)].append(hunk)
                end = max(end, hunk.end)
                grew = True
    return taken[id(mine)], taken[id(other)]


def _key(hunk: _Hunk) -> tuple[int, int]:
    return hunk.start, hunk.end


def _meet(start: int, end: int, hunk: _Hunk) -> bool:
    """Whether a hunk touches the same parts of the base, or puts something into the same place."""
    if start == end or hunk.start == hunk.end:
        return (hunk.start, hunk.end) == (start, end) or start < hunk.start < end
    return hunk.start < end


def _applied(base: Sequence[str], start: int, end: int, hunks: Sequence[_Hunk]) -> list[str]:
    parts: list[str] = []
    for hunk in hunks:
        parts += [*base[start : hunk.start], *hunk.parts]
        start = hunk.end
    return [*parts, *base[start:end]]


def _hunks(base: Sequence[str], changed: Sequence[str]) -> list[_Hunk]:
    if max(len(base), len(changed)) > MOST_PARTS:
        head = _equal_length(base, changed)
        tail = _equal_length(base[head:][::-1], changed[head:][::-1])
        end = len(changed) - tail
        return [_Hunk(head, len(base) - tail, tuple(changed[head:end]))]
    matcher = SequenceMatcher(None, base, changed, autojunk=False)
    return [
        _Hunk(i, i_end, tuple(changed[j:j_end]))
        for tag, i, i_end, j, j_end in matcher.get_opcodes()
        if tag != "equal"
    ]


def _equal_length(one: Sequence[str], other: Sequence[str]) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length
