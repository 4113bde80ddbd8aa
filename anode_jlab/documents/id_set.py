"""Sets of content units, kept as stretches: what an update deletes, compared and looked up."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from anode_jlab.documents.update_reader import Deletion, Id


class IdSet:
    """Units of content by client and clock; stretches that touch are one."""

    __slots__ = ("_stretches",)

    def __init__(self, deletions: Iterable[Deletion] = ()) -> None:
        by_client: dict[int, list[tuple[int, int]]] = {}
        for client, clock, length in deletions:
            by_client.setdefault(client, []).append((clock, clock + length))
        self._stretches = {client: _joined(found) for client, found in by_client.items()}

    def __contains__(self, unit: Id) -> bool:
        stretches = self._stretches.get(unit[0])
        if stretches is None:
            return False
        at = bisect_right(stretches, (unit[1], _FAR)) - 1
        return at >= 0 and unit[1] < stretches[at][1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdSet) and self._stretches == other._stretches

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return bool(self._stretches)

    def is_within(self, other: IdSet) -> bool:
        """Whether ``other`` has all of these units."""
        return all(
            other._holds(client, start, end)
            for client, stretches in self._stretches.items()
            for start, end in stretches
        )

    def meets(self, other: IdSet) -> bool:
        """Whether some unit is in both."""
        return any(
            other._has_part(client, start, end)
            for client, stretches in self._stretches.items()
            for start, end in stretches
        )

    def _has_part(self, client: int, start: int, end: int) -> bool:
        stretches = self._stretches.get(client, [])
        at = bisect_right(stretches, (end - 1, _FAR)) - 1
        return at >= 0 and start < stretches[at][1]

    def _holds(self, client: int, start: int, end: int) -> bool:
        stretches = self._stretches.get(client, [])
        at = bisect_right(stretches, (start, _FAR)) - 1
        return at >= 0 and end <= stretches[at][1]


_FAR = 1 << 60


def _joined(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    stretches.sort()
    joined = [stretches[0]]
    for start, end in stretches[1:]:
        last_start, last_end = joined[-1]
        if start <= last_end:
            joined[-1] = (last_start, max(last_end, end))
        else:
            joined.append((start, end))
    return joined
