"""Which cell of a document a cell of a file is: by id, and by likeness where there are no ids."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

LIKE_ENOUGH = 0.5
"""Share of common text from which on two cells of one type count as the same cell, edited."""

MOST_COMPARISONS = 400
"""Above this number of pairs between two equal cells, likeness is not looked for."""

MOST_TEXT = 4000
"""Only so many characters of a text are compared."""

Cell = Mapping[str, Any]


def match_cells(
    current: Sequence[Cell], wanted: Sequence[Cell], *, by_likeness: bool
) -> list[int | None]:
    """For each wanted cell the position of the current cell that it is, None when it is new.

    No position appears twice. Ids decide; ``by_likeness`` pairs what is left over by equal, then
    by similar text.
    """
    free = {cell.get("id"): index for index, cell in reversed(list(enumerate(current)))}
    matches: list[int | None] = [
        free.pop(cell["id"], None) if "id" in cell else None for cell in wanted
    ]
    if by_likeness:
        taken = {match for match in matches if match is not None}
        left = [index for index in range(len(current)) if index not in taken]
        open_ = [index for index, match in enumerate(matches) if match is None]
        pairs = _pair_alike([current[i] for i in left], [wanted[i] for i in open_])
        for one, other in pairs:
            matches[open_[other]] = left[one]
    return matches


def staying(matches: Sequence[int | None]) -> set[int]:
    """The largest set of matched current positions whose order is kept: the others must move."""
    tails: list[int] = []
    chain: dict[int, int | None] = {}
    for match in matches:
        if match is None:
            continue
        place = bisect_left(tails, match)
        chain[match] = tails[place - 1] if place else None
        tails[place : place + 1] = [match]
    kept: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        kept.add(last)
        last = chain[last]
    return kept


def _pair_alike(current: Sequence[Cell], wanted: Sequence[Cell]) -> list[tuple[int, int]]:
    old, new = [_key(cell) for cell in current], [_key(cell) for cell in wanted]
    pairs: list[tuple[int, int]] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            pairs += zip(range(i, i_end), range(j, j_end), strict=True)
        elif (i_end - i) * (j_end - j) <= MOST_COMPARISONS:
            pairs += _pair_similar(old, new, range(i, i_end), range(j, j_end))
    return pairs + _pair_moved(old, new, pairs)


def _pair_similar(
    old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]], some: range, others: range
) -> list[tuple[int, int]]:
    """Between two equal cells: the best partner for each, without crossing."""
    pairs: list[tuple[int, int]] = []
    begin = some.start
    for j in others:
        likeness, i = max(
            ((_likeness(old[i], new[j]), -i) for i in range(begin, some.stop)), default=(0.0, 0)
        )
        if likeness >= LIKE_ENOUGH:
            pairs.append((-i, j))
            begin = -i + 1
    return pairs


def _pair_moved(
    old: Sequence[tuple[str, str]],
    new: Sequence[tuple[str, str]],
    pairs: Sequence[tuple[int, int]],
) -> list[tuple[int, int]]:
    """Equal cells at other places; an empty one is like any other and counts as new."""
    used_old, used_new = {i for i, _ in pairs}, {j for _, j in pairs}
    places: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for i, key in enumerate(old):
        if i not in used_old and key[1]:
            places[key].append(i)
    return [
        (places[key].pop(0), j) for j, key in enumerate(new) if j not in used_new and places[key]
    ]


def _likeness(one: tuple[str, str], other: tuple[str, str]) -> float:
    if one[0] != other[0]:
        return 0.0
    matcher = SequenceMatcher(None, one[1][:MOST_TEXT], other[1][:MOST_TEXT], autojunk=False)
    if matcher.real_quick_ratio() < LIKE_ENOUGH or matcher.quick_ratio() < LIKE_ENOUGH:
        return 0.0
    return matcher.ratio()


def _key(cell: Cell) -> tuple[str, str]:
    return cell["cell_type"], cell["source"]
