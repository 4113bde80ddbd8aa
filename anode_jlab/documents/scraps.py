"""Text that people typed and that was not seen in any cell: the server may bring it in later.

Who types into a cell that was moved meanwhile types into what is deleted by then. The mender
carries that into the clone, perhaps with a later change, by somebody else.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final, NamedTuple

from anode_jlab.documents.lib0 import Lib0Reader
from anode_jlab.documents.text_edits import text_edits
from anode_jlab.documents.update_reader import STRING
from anode_jlab.documents.update_shape import OWN_LIMITS, read_shape
from anode_jlab.ids import CellId
from anode_jlab.materializers.authored import Run, cut

SCRAPS_KEPT: Final = 200
"""So many are remembered, the latest."""

MOST_COMPARED: Final = 100_000
"""Product of the lengths up to which a text is also looked for in parts (some 10 ms)."""

UNKNOWN: Final = -1
"""In place of an origin."""


class Scrap(NamedTuple):
    """A text and who wrote it; ``cell_id`` is where it was, None where that is not known."""

    cell_id: CellId | None
    content: str
    runs: tuple[Run, ...]


class Scraps:
    """Those of one walk."""

    def __init__(self) -> None:
        self._kept: deque[Scrap] = deque(maxlen=SCRAPS_KEPT)
        self._last: tuple[CellId | None, int] | None = None

    def fell(self, update: bytes, visible: int, origin: int) -> None:
        """An update was applied of whose text so many UTF-16 units were seen to come."""
        blocks = [b for b in read_shape(update, OWN_LIMITS).blocks if b.ref == STRING]
        if sum(block.length for block in blocks) <= visible:
            return
        self._last = None
        for block in blocks:
            text = Lib0Reader(update, at=block.start).string()
            self._kept.append(Scrap(None, text, (Run(len(text), origin),)))

    def deleted(self, cell_id: CellId | None, at: int, content: str, runs: Sequence[Run]) -> None:
        """Text of a cell was taken out; what is erased letter by letter is one text."""
        if self._last == (cell_id, at):
            last = self._kept.pop()
            self._kept.append(Scrap(cell_id, last.content + content, (*last.runs, *runs)))
        elif self._last == (cell_id, at + len(content)):
            last = self._kept.pop()
            self._kept.append(Scrap(cell_id, content + last.content, (*runs, *last.runs)))
        else:
            self._kept.append(Scrap(cell_id, content, tuple(runs)))
        self._last = (cell_id, at)

    def lost(self, cell_id: CellId | None, content: str, runs: Sequence[Run], heir: str) -> None:
        """A cell went, and this is the text of the one that came in its place."""
        self._last = None
        for edit in text_edits(content, heir):
            if edit.deleted:
                end = edit.at + edit.deleted
                part = cut(runs, edit.at, end)
                self._kept.append(Scrap(cell_id, content[edit.at : end], tuple(part)))

    def origins_of(self, piece: str, cells: Collection[CellId | None]) -> list[int]:
        """The origin of each code point of a text that was in one of the cells, or UNKNOWN."""
        found = [UNKNOWN] * len(piece)
        kept = [scrap for scrap in reversed(self._kept) if scrap.cell_id in cells]
        for scrap in kept:
            at = piece.find(scrap.content) if scrap.content else -1
            if at >= 0:
                _fill(found, at, scrap.runs)
        for scrap in (*kept, *kept):  # what came in another order is found the second time
            for start, end in _unknown(found):
                if len(scrap.content) * (end - start) <= MOST_COMPARED:
                    _fill_parts(found, start, piece[start:end], scrap)
        return found


def _fill(found: list[int], at: int, runs: Sequence[Run]) -> None:
    for run in runs:
        for place in range(at, at + run.length):
            if found[place] == UNKNOWN:
                found[place] = run.origin
        at += run.length


def _unknown(found: Sequence[int]) -> list[tuple[int, int]]:
    """The stretches whose origin is not known yet."""
    stretches: list[tuple[int, int]] = []
    at = 0
    for is_unknown, same in groupby(found, key=UNKNOWN.__eq__):
        end = at + len(list(same))
        if is_unknown:
            stretches.append((at, end))
        at = end
    return stretches


def _fill_parts(found: list[int], start: int, piece: str, scrap: Scrap) -> None:
    matcher = SequenceMatcher(None, scrap.content, piece, autojunk=False)
    for block in matcher.get_matching_blocks():
        _fill(found, start + block.b, cut(scrap.runs, block.a, block.a + block.size))
