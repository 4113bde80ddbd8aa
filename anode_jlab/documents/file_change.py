"""What another program changed in a notebook's file, told cell by cell."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from anode_jlab.documents import ipynb
from anode_jlab.documents.matching import match_cells, staying
from anode_jlab.documents.sane import storable
from anode_jlab.ids import CellId, Ids

OUTPUT_FIELDS = ("outputs", "execution_count")
"""Fields of a cell that a run writes, not a person."""

Cell = dict[str, Any]


class BaseCell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell as the file last held it: under the document's id, its outputs as a digest only."""

    id: CellId
    fields: Cell
    outputs: str


class FileBase(msgspec.Struct, frozen=True, kw_only=True):
    """A notebook as its file held it when it was last read or written here.

    ``meta`` is the notebook without its cells.
    """

    meta: Cell
    cells: tuple[BaseCell, ...]


class TheirCell(NamedTuple):
    """A cell that the file has; ``base`` is what it was, None when it is new there.

    ``named`` tells that ``id`` is the file's or the base's, not one that was made up for it.
    """

    id: CellId
    base: BaseCell | None
    theirs: Cell
    moved: bool
    named: bool

    @property
    def is_changed(self) -> bool:
        """Whether the other program changed anything in it but its place."""
        return self.base is None or not is_same(self.base, self.theirs)

    @property
    def is_edited(self) -> bool:
        """As ``is_changed``, where a run of the cell does not count."""
        return self.base is None or self.base.fields != _without_outputs(self.theirs)


class FileChange(NamedTuple):
    """The way from the base to what the file holds now.

    ``cells`` are those of the file, in its order, and ``removed`` those that it does not have any
    more; ``base_order`` is the order that the cells had.
    """

    cells: tuple[TheirCell, ...]
    removed: tuple[BaseCell, ...]
    base_order: tuple[CellId, ...]
    base_meta: Cell
    meta: Cell

    @property
    def is_empty(self) -> bool:
        """Whether the file holds the same content as before, however it is laid out."""
        return (
            not self.removed
            and self.base_meta == self.meta
            and not any(cell.moved or cell.is_changed for cell in self.cells)
        )


def base_after(change: FileChange) -> FileBase:
    """The base that the file is now."""
    return FileBase(
        meta=change.meta, cells=tuple(_base_cell(cell.id, cell.theirs) for cell in change.cells)
    )


def file_base(nb: Mapping[str, Any], ids: Sequence[CellId]) -> FileBase:
    """The base that a file with ``nb`` is, whose cells have these ids in the document."""
    cells = [storable(cell) for cell in ipynb.plain_cells(nb)]
    pairs = zip(ids, cells, strict=True)
    return FileBase(meta=_meta(nb), cells=tuple(_base_cell(*pair) for pair in pairs))


def file_change(base: FileBase, nb: Mapping[str, Any], *, ids: Ids) -> FileChange:
    """What the file's content ``nb`` changes in ``base``. Raises NotANotebook.

    Cells are matched by id. Where a file has none (nbformat before 4.5), or only ids that were
    never seen before (a program that makes new ones each time), they are matched by likeness and
    keep the document's ids.
    """
    cells = [storable(cell) for cell in ipynb.plain_cells(nb)]
    known = [{"id": cell.id, **cell.fields} for cell in base.cells]
    matches = _match(known, cells)
    unmoved = staying(matches)
    named = _named(base, cells, matches, ids)
    return FileChange(
        cells=tuple(
            TheirCell(
                id=cell_id,
                base=None if match is None else base.cells[match],
                theirs=cell,
                moved=match is not None and match not in unmoved,
                named=match is not None or cell.get("id") == cell_id,
            )
            for cell_id, cell, match in zip(named, cells, matches, strict=True)
        ),
        removed=tuple(cell for place, cell in enumerate(base.cells) if place not in set(matches)),
        base_order=tuple(cell.id for cell in base.cells),
        base_meta=base.meta,
        meta=_meta(nb),
    )


def is_same(base: BaseCell, cell: Mapping[str, Any]) -> bool:
    """Whether a plain cell is as the base has it."""
    return base.fields == _without_outputs(cell) and base.outputs == outputs_digest(cell)


def outputs_digest(cell: Mapping[str, Any]) -> str:
    """A digest of what a run left in a cell; empty when it left nothing."""
    found = {key: cell[key] for key in OUTPUT_FIELDS if cell.get(key)}
    if not found:
        return ""
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def _base_cell(cell_id: CellId, cell: Cell) -> BaseCell:
    return BaseCell(id=cell_id, fields=_without_outputs(cell), outputs=outputs_digest(cell))


def _without_outputs(cell: Mapping[str, Any]) -> Cell:
    return {key: cell[key] for key in cell if key not in OUTPUT_FIELDS and key != "id"}


def _meta(nb: Mapping[str, Any]) -> Cell:
    others = {key: value for key, value in nb.items() if key != "cells"}
    found: Cell = storable({**others, "metadata": ipynb.notebook_metadata(nb)})
    return found


def _match(known: Sequence[Cell], cells: Sequence[Cell]) -> list[int | None]:
    """For each cell of the file the position of the base's cell that it is."""
    found = {cell["id"] for cell in cells if "id" in cell}
    strangers = found.isdisjoint(cell["id"] for cell in known)
    if strangers:
        cells = [{key: value for key, value in cell.items() if key != "id"} for cell in cells]
    return match_cells(known, cells, by_likeness=strangers or len(found) < len(cells))


def _named(
    base: FileBase, cells: Sequence[Cell], matches: Sequence[int | None], ids: Ids
) -> list[CellId]:
    """An id for each cell: the document's where it is known, else the file's, else a new one."""
    reserved = {cell["id"] for cell in cells if "id" in cell}
    used = {cell.id for cell in base.cells}
    given: list[CellId] = []
    for cell, match in zip(cells, matches, strict=True):
        cell_id = cell.get("id") if match is None else base.cells[match].id
        while cell_id is None or (match is None and cell_id in used):
            fresh = ids.cell()
            cell_id = None if fresh in reserved else fresh
        used.add(cell_id)
        given.append(CellId(cell_id))
    return given
