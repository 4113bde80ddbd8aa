"""The cells of a notebook in their order, found by id without a walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from anode_jlab.ids import CellId
from anode_jlab.materializers.notebook import CellState


class _Entry:
    __slots__ = ("cell",)

    def __init__(self, cell: CellState) -> None:
        self.cell = cell


class CellOrder:
    """A list of cells in which two may share an id, until that doubling is repaired."""

    def __init__(self, cells: Iterable[CellState]) -> None:
        self._order = [_Entry(cell) for cell in cells]
        self._entries: dict[CellId, list[_Entry]] = {}
        for entry in self._order:
            self._entries.setdefault(entry.cell.id, []).append(entry)

    def __contains__(self, cell_id: CellId) -> bool:
        return cell_id in self._entries

    def cells(self) -> tuple[CellState, ...]:
        """All cells in order."""
        return tuple([entry.cell for entry in self._order])

    def first(self, cell_id: CellId) -> CellState | None:
        """The cell, or of two with the same id the one that stands first."""
        entry = self._first(cell_id)
        return None if entry is None else entry.cell

    def insert(self, index: int, cell: CellState) -> None:
        """Put a cell before the one at ``index``, or at the end."""
        entry = _Entry(cell)
        self._order.insert(index, entry)
        self._entries.setdefault(cell.id, []).append(entry)

    def move(self, cell_id: CellId, from_index: int, to_index: int) -> None:
        """Move a cell to where ``to_index`` is once it is taken out; nothing when there is none."""
        place = self.place(cell_id, from_index)
        if place is not None:
            self._order.insert(to_index, self._order.pop(place))

    def take(self, cell_id: CellId, index: int) -> CellState | None:
        """Take a cell out, from ``index`` if it stands there; None when there is none."""
        place = self.place(cell_id, index)
        if place is None:
            return None
        entry = self._order.pop(place)
        self._entries[cell_id].remove(entry)
        if not self._entries[cell_id]:
            del self._entries[cell_id]
        return entry.cell

    def change(self, cell_id: CellId, change: Callable[[CellState], CellState]) -> None:
        """Put what ``change`` makes of the cell in its place."""
        for entry in self._entries.get(cell_id, ()):
            entry.cell = change(entry.cell)

    def place(self, cell_id: CellId, index: int) -> int | None:
        """Where a cell stands: ``index`` if it is there, else where it is found first."""
        if 0 <= index < len(self._order) and self._order[index].cell.id == cell_id:
            return index
        entry = self._first(cell_id)
        return None if entry is None else self._order.index(entry)

    def _first(self, cell_id: CellId) -> _Entry | None:
        entries = self._entries.get(cell_id, ())
        if len(entries) > 1:
            return min(entries, key=self._order.index)
        return entries[0] if entries else None
