"""Takes what another program changed in the file into the live document; no edit gets lost."""

from __future__ import annotations

from typing import NamedTuple

from anode_jlab.documents import ipynb
from anode_jlab.documents.cell_edits import can_stay, remove_all_but, update_cell, update_meta
from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.file_change import BaseCell, Cell, FileChange, TheirCell, is_same
from anode_jlab.documents.merge_cell import merge_cell
from anode_jlab.documents.merge_order import Slot, arrange, moved_cells
from anode_jlab.documents.merge_values import merge_mapping
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.version_cell import is_version, version_cell
from anode_jlab.ids import CellId


class MergeResult(NamedTuple):
    """What a merge did: the cells that are new, moved or changed, in order, how many went, and the
    cells that hold the file's version of one that both sides changed."""

    cells: tuple[CellId, ...]
    removed: int
    versions: tuple[CellId, ...]

    @property
    def cells_changed(self) -> int:
        """How many cells were added, changed, moved or removed."""
        return len(self.cells) + self.removed


def merge_file_change(document: NotebookDocument, change: FileChange, origin: str) -> MergeResult:
    """Make the file's changes in ``document``; nothing happens where both sides agree.

    Only cells that the file changed are touched: their text by edits inside the live Text, so that
    people keep their cursors. A cell that was deleted on one side and edited on the other stays,
    or comes back. Where both sides changed one place of a text, the cell keeps ours and a cell with
    the file's text follows it (`version_cell`). Inside `document.edit` this joins that
    transaction.
    """
    return _Merge(document, change).run(origin)


class _Merge:
    """One merge; it reads and writes inside one transaction."""

    def __init__(self, document: NotebookDocument, change: FileChange) -> None:
        self._document = document
        self._change = change._replace(cells=_recognised(document, change))
        ids = document.element_ids
        self._slots = [Slot(cell_id, place) for place, cell_id in enumerate(ids)]
        self._moved_here = moved_cells(change.base_order, ids)
        self._new: dict[CellId, Cell] = {}
        """Cells that have to be made: they are not there, or not there any more."""
        self._put: set[CellId] = set()
        """Of all cells those whose place the file tells."""
        self._gone: set[CellId] = set()
        self._changed: set[CellId] = set()
        self._clashes: dict[CellId, Cell] = {}

    def run(self, origin: str) -> MergeResult:
        with self._document.edit(origin):
            self._merge_meta()
            for cell in self._change.cells:
                self._take(cell)
            for base in self._change.removed:
                self._remove(base)
            slots = self._arranged()
            versions = self._add_versions(slots)
            self._apply(slots)
        return MergeResult(
            cells=tuple(slot.id for slot in slots if slot.id in self._changed and slot.id),
            removed=len(self._gone),
            versions=tuple(versions),
        )

    def _merge_meta(self) -> None:
        base, theirs = self._change.base_meta, self._change.meta
        if base != theirs:
            ours = ipynb.read_meta(self._document.doc)
            update_meta(self._document.meta, merge_mapping(base, ours, theirs))

    def _take(self, cell: TheirCell) -> None:
        shared = self._document.cell(cell.id)
        if shared is None:
            if cell.base is None or cell.is_edited:
                self._new[cell.id] = {**cell.theirs, "id": cell.id}
                self._put.add(cell.id)
                self._changed.add(cell.id)
            return
        if not cell.is_changed and not cell.moved:
            return
        ours = ipynb.read_cell(shared)
        merged = merge_cell(cell.base, ours, cell.theirs) if cell.is_changed else None
        wanted = ours if merged is None else merged.cell
        if merged is not None and merged.clash:
            self._clashes[cell.id] = cell.theirs
        if cell.moved and cell.id not in self._moved_here:
            self._put.add(cell.id)
        elif wanted == ours:
            return
        elif can_stay(shared, ours, wanted):
            self._changed.add(cell.id)
            update_cell(shared, ours, wanted)
            return
        self._changed.add(cell.id)
        self._new[cell.id] = wanted

    def _remove(self, base: BaseCell) -> None:
        shared = self._document.cell(base.id)
        if shared is not None and is_same(base, ipynb.read_cell(shared)):
            self._gone.add(base.id)

    def _arranged(self) -> list[Slot]:
        left = [
            Slot(slot.id, None) if slot.id in self._new else slot
            for slot in self._slots
            if slot.id not in self._gone
        ]
        return arrange(left, [cell.id for cell in self._change.cells], put=self._put)

    def _add_versions(self, slots: list[Slot]) -> list[CellId]:
        """Put the file's version behind each cell that clashes, unless it is there already."""
        versions: list[CellId] = []
        for index, slot in reversed(list(enumerate(slots))):
            theirs = self._clashes.get(slot.id) if slot.id is not None else None
            if slot.id is None or theirs is None:
                continue
            version = version_cell(self._document.ids.cell(), slot.id, theirs)
            if any(is_version(found, version) for found in self._following(slots, index)):
                continue
            cell_id = CellId(version["id"])
            self._new[cell_id] = version
            slots.insert(index + 1, Slot(cell_id, None))
            versions.insert(0, cell_id)
            self._changed.add(cell_id)
        return versions

    def _following(self, slots: list[Slot], index: int) -> list[Cell]:
        found = (self._document.cell(slot.id) for slot in slots[index + 1 : index + 4] if slot.id)
        return [ipynb.read_cell(shared) for shared in found if shared is not None]

    def _apply(self, slots: list[Slot]) -> None:
        cells = self._document.cells
        remove_all_but(cells, {slot.place for slot in slots if slot.place is not None})
        for index, slot in enumerate(slots):
            if slot.place is None and slot.id is not None:
                cells.insert(index, new_cell(self._new[slot.id]))


def _recognised(document: NotebookDocument, change: FileChange) -> tuple[TheirCell, ...]:
    """The file's cells; one without an id that we added just so is given the id of ours.

    Else files of nbformat before 4.5 would get such a cell twice.
    """
    if all(cell.named for cell in change.cells):
        return change.cells
    ours: dict[tuple[str, str], list[CellId]] = {}
    for cell_id in document.cell_ids:
        shared = document.cell(cell_id)
        if cell_id not in change.base_order and shared is not None:
            found = ipynb.read_cell(shared)
            ours.setdefault((found["cell_type"], found["source"]), []).append(cell_id)
    recognised = []
    for cell in change.cells:
        alike = ours.get((cell.theirs["cell_type"], cell.theirs["source"]))
        recognised.append(cell if cell.named or not alike else cell._replace(id=alike.pop(0)))
    return tuple(recognised)
