"""One life of a cell, an element of the list of cells, with who wrote what in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from anode_jlab.documents.native import (
    NativeEvent,
    NativeMap,
    NativeText,
    NativeTransaction,
    Subscription,
    read_key,
)
from anode_jlab.documents.offsets import point_of_utf8, utf8_length, utf16_length
from anode_jlab.documents.shadow import valid_id
from anode_jlab.documents.text_edits import text_edits
from anode_jlab.ids import CellId
from anode_jlab.materializers.authored import Run, Written, cut, joined

Gone: TypeAlias = Callable[[CellId | None, int, str, Sequence[Run]], None]
"""Takes text that went: the cell, the place, the text and who wrote it."""


class AuthoredCell:
    """``runs`` are right only once its origin is known: not while it is ``fresh``."""

    __slots__ = ("came_as", "content", "fresh", "id", "map", "subscription", "text", "written")

    def __init__(self, element: object) -> None:
        self.map: NativeMap | None = element if isinstance(element, NativeMap) else None
        self.id: CellId | None = None
        self.came_as: CellId | None = None
        """Its id when it was read."""
        self.text: NativeText | None = None
        self.content = ""
        self.written = Written()
        self.fresh = True
        self.subscription: Subscription | None = None

    @property
    def runs(self) -> list[Run]:
        return self.written.runs

    def settle(self, runs: Iterable[Run]) -> None:
        """It is known who wrote what is in it."""
        self.written, self.fresh = Written(runs), False

    def read(self, txn: NativeTransaction) -> None:
        """Take id and text from the document."""
        if self.map is not None:
            self.id = self.came_as = valid_id(read_key(self.map, txn, "id"))
            self.content = self._read_text(txn)

    def replaced(self, txn: NativeTransaction, origin: int) -> None:
        """The text is another one, or changed in a way that was not followed."""
        before, self.content = self.content, self._read_text(txn)
        if not self.fresh:
            self.settle(carried(before, self.runs, self.content, origin))

    def typed(self, event: NativeEvent, origin: int, gone: Gone) -> int:
        """Text came or went, which ``gone`` is told; how many UTF-16 units came."""
        content, at, edits = self.content, 0, []
        plain = content.isascii()
        for step in event.delta:
            piece = step.get("insert")
            if isinstance(piece, str):
                edits.append((at, 0, piece))
                content = content[:at] + piece + content[at:]
                at += len(piece)
                plain = plain and piece.isascii()
            elif "delete" in step:
                points = step["delete"] if plain else point_of_utf8(content[at:], step["delete"])
                edits.append((at, points, content[at : at + points]))
                content = content[:at] + content[at + points :]
            else:
                retained = step.get("retain", 0)
                at += retained if plain else point_of_utf8(content[at:], retained)
        if self.text is None or self.text.len(event.transaction) != utf8_length(content):
            self.replaced(event.transaction, origin)
            return 0
        self.content = content
        if not self.fresh:
            for place, deleted, piece in edits:
                if deleted:
                    gone(self.id, place, piece, cut(self.runs, place, place + deleted))
                new = [] if deleted else [Run(len(piece), origin)]
                self.written.splice(place, deleted, new)
        return sum([utf16_length(piece) for _, deleted, piece in edits if not deleted])

    def drop(self) -> None:
        """Stop watching."""
        if self.subscription is not None:
            self.subscription.drop()
            self.subscription = None

    def _read_text(self, txn: NativeTransaction) -> str:
        source = None if self.map is None else read_key(self.map, txn, "source")
        self.text = source if isinstance(source, NativeText) else None
        if self.text is not None:
            return self.text.get_string(txn)
        return source if isinstance(source, str) else ""


def carried(old: str, runs: Sequence[Run], new: str, origin: int) -> list[Run]:
    """The runs of a text that was made from another one: what is the same keeps its authors."""
    row: list[Run] = []
    at = 0
    for edit in text_edits(old, new):
        row += cut(runs, at, edit.at)
        row.append(Run(len(edit.inserted), origin))
        at = edit.at + edit.deleted
    return joined([*row, *cut(runs, at, len(old))])


def brought_back(runs: Sequence[Run], past: Sequence[Run], origin: int, unknown: int) -> list[Run]:
    """What came with ``origin`` is by whom it was in the ``past``, where that is known.

    Both are of the same text.
    """
    row: list[Run] = []
    at = 0
    for run in runs:
        if run.origin != origin:
            row.append(run)
        else:
            row += [
                Run(piece.length, origin if piece.origin == unknown else piece.origin)
                for piece in cut(past, at, at + run.length)
            ]
        at += run.length
    return joined(row)
