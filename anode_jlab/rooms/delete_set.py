"""What of a document is deleted already, to tell a change from a repetition."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable

from anode_jlab.documents.update_reader import Deletion


class DeleteSet:
    """Deleted stretches per client, sorted and joined, so that one look-up takes log n."""

    def __init__(self, deletions: Iterable[Deletion]) -> None:
        stretches: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for deletion in deletions:
            stretches[deletion.client].append((deletion.clock, deletion.clock + deletion.length))
        self._starts: dict[int, list[int]] = {}
        self._ends: dict[int, list[int]] = {}
        for client, found in stretches.items():
            found.sort()
            starts, ends = [found[0][0]], [found[0][1]]
            for start, end in found[1:]:
                if start <= ends[-1]:
                    ends[-1] = max(ends[-1], end)
                else:
                    starts.append(start)
                    ends.append(end)
            self._starts[client], self._ends[client] = starts, ends

    def covers(self, deletion: Deletion) -> bool:
        """Whether all of a stretch is deleted."""
        starts = self._starts.get(deletion.client)
        if starts is None:
            return False
        place = bisect_right(starts, deletion.clock) - 1
        end = deletion.clock + deletion.length
        return place >= 0 and end <= self._ends[deletion.client][place]
