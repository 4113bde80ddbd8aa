"""Three-way merge of plain values, such as metadata: key by key, and tags one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final


class _Absent:
    """There is no such key."""


ABSENT: Final = _Absent()


def merge_mapping(
    base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> dict[str, Any]:
    """``ours`` with what ``theirs`` changed since ``base``; where both changed one value, ours.

    Keys keep the order of ``ours``, new ones follow.
    """
    merged = dict(ours)
    for key in {**base, **theirs}:
        before, after = base.get(key, ABSENT), theirs.get(key, ABSENT)
        if before == after:
            continue
        value = merge_value(before, ours.get(key, ABSENT), after)
        if value is ABSENT:
            merged.pop(key, None)
        else:
            merged[key] = value
    return merged


def merge_value(base: Any, ours: Any, theirs: Any) -> Any:
    """One value; ``ABSENT`` stands for none."""
    if ours == base:
        return theirs
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return merge_mapping(base if isinstance(base, Mapping) else {}, ours, theirs)
    if _are_words(ours) and _are_words(theirs):
        return _merge_words(base if _are_words(base) else [], ours, theirs)
    return ours


def _are_words(value: Any) -> bool:
    """Whether it is a list of strings without repetition: a set, such as a cell's tags."""
    return (
        isinstance(value, list)
        and all(isinstance(word, str) for word in value)
        and len(set(value)) == len(value)
    )


def _merge_words(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    gone = set(base) - set(theirs)
    kept = [word for word in ours if word not in gone]
    return kept + [word for word in theirs if word not in base and word not in kept]
