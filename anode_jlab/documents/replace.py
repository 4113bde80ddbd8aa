"""Turns the live content into that of a file or an earlier moment, by as few edits as possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pycrdt import Map

from anode_jlab.documents import ipynb
from anode_jlab.documents.cell_edits import can_stay, remove_all_but, update_cell, update_meta
from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.change import Change
from anode_jlab.documents.matching import match_cells, staying
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.sane import storable


def replace_content(document: NotebookDocument, nb: Mapping[str, Any], origin: str) -> list[Change]:
    """Make ``document`` read as ``nb``; nothing happens where they agree.

    Cells are matched by id, and by likeness where ids are missing (nbformat before 4.5). Text
    is edited inside the live Text, so that people keep their cursors; a cell that moved or changed
    its type becomes a clone under its id, as JupyterLab makes them. Inside `document.edit` this
    joins that transaction and returns no changes of its own. Raises NotANotebook.
    """
    then = [storable(cell) for cell in ipynb.plain_cells(nb)]
    places, now = _current(document)
    matches = match_cells(now, then, by_likeness=_lacks_ids(document.meta, then))
    _give_ids(document, now, then, matches)
    candidates = [
        match
        if match is not None and can_stay(document.cells[places[match]], now[match], cell)
        else None
        for match, cell in zip(matches, then, strict=True)
    ]
    kept = staying(candidates)
    with document.edit(origin) as edit:
        update_meta(document.meta, nb)
        for match, cell in zip(candidates, then, strict=True):
            if match is not None and match in kept and now[match] != cell:
                update_cell(document.cells[places[match]], now[match], cell)
        remove_all_but(document.cells, {places[match] for match in kept})
        for index, (match, cell) in enumerate(zip(candidates, then, strict=True)):
            if match is None or match not in kept:
                document.cells.insert(index, new_cell(cell))
    return [] if edit.is_open else edit.changes


def _current(document: NotebookDocument) -> tuple[list[int], list[dict[str, Any]]]:
    placed = ipynb.placed_cells(document.doc)
    return [place for place, _ in placed], [cell for _, cell in placed]


def _lacks_ids(meta: Map[Any], then: Sequence[Mapping[str, Any]]) -> bool:
    """Whether ids alone cannot tell which cell is which: the file has not one for each cell, or
    those of the document are its own, because nbformat before 4.5 has none."""
    minor = meta.get("nbformat_minor")
    if not isinstance(minor, int | float) or minor < ipynb.FIRST_MINOR_WITH_IDS:
        return True
    return len({cell["id"] for cell in then if "id" in cell}) < len(then)


def _give_ids(
    document: NotebookDocument,
    now: Sequence[Mapping[str, Any]],
    then: Sequence[dict[str, Any]],
    matches: Sequence[int | None],
) -> None:
    """Each wanted cell gets an id of its own: the file's, else that of the cell it is, else new."""
    claimed = {cell["id"] for cell in then if "id" in cell}
    taken = {cell.get("id") for cell in now} | claimed
    given: set[str] = set()
    for cell, match in zip(then, matches, strict=True):
        cell_id = cell.get("id")
        if (cell_id is None or cell_id in given) and match is not None:
            cell_id = now[match].get("id")
            if cell_id in claimed:
                cell_id = None
        while cell_id is None or cell_id in given:
            fresh = document.ids.cell()
            cell_id = None if fresh in taken else fresh
        given.add(cell_id)
        cell["id"] = cell_id
