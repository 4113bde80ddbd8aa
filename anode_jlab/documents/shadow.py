"""What the recorder remembers of a cell, because events tell neither ids nor texts of what went."""

from __future__ import annotations

from anode_jlab.documents.native import (
    NativeMap,
    NativeText,
    NativeTransaction,
    Subscription,
    read_key,
)
from anode_jlab.ids import CellId


class CellShadow:
    """One element of the ``cells`` array: one life of a cell id (a clone is another object).

    ``id`` is None for what is no cell yet: an element that is no Map, or a Map without an id.
    ``points`` and ``size`` are the lengths of its text in code points and in UTF-8 bytes.
    """

    __slots__ = ("id", "map", "points", "size", "subscription", "text", "type")

    def __init__(self, element: object) -> None:
        self.map: NativeMap | None = element if isinstance(element, NativeMap) else None
        self.id: CellId | None = None
        self.type = ""
        self.text: NativeText | None = None
        self.points = 0
        self.size = 0
        self.subscription: Subscription | None = None

    def read(self, txn: NativeTransaction) -> None:
        """Take id, type and lengths from the document."""
        if self.map is None:
            return
        self.id = valid_id(read_key(self.map, txn, "id"))
        self.type = cell_type(read_key(self.map, txn, "cell_type"))
        self.read_source(txn)

    def read_source(self, txn: NativeTransaction) -> None:
        """Take the lengths from a source that is new to us."""
        source = None if self.map is None else read_key(self.map, txn, "source")
        self.text = source if isinstance(source, NativeText) else None
        if self.text is not None:
            self.points = len(self.text.get_string(txn))
            self.size = self.text.len(txn)
        else:
            self.points = len(source) if isinstance(source, str) else 0
            self.size = self.points

    def drop(self) -> None:
        """Stop observing."""
        if self.subscription is not None:
            self.subscription.drop()
            self.subscription = None


def valid_id(value: object) -> CellId | None:
    """A usable cell id, or None."""
    return CellId(value) if isinstance(value, str) and value else None


def cell_type(value: object) -> str:
    """The cell's type as a word; what is no word counts as raw, which shows any text as it is."""
    return value if isinstance(value, str) and value else "raw"
