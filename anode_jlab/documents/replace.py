"""Turns the live content into that of a file or an earlier moment, by as few edits as possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from pycrdt import Array, Map, Text

from anode_jlab.documents import ipynb
from anode_jlab.documents.cells import new_cell, new_outputs
from anode_jlab.documents.change import Change
from anode_jlab.documents.matching import match_cells, staying
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.plain import EXECUTION_STATE, MARK_OF_TRUST
from anode_jlab.documents.sane import storable
from anode_jlab.documents.text_edits import apply_edits, text_edits

_SHARED = ("source", "metadata", "outputs")
"""Fields of a cell that are shared types; all others are plain values."""

_NOTEBOOK = ("cells", "metadata", "nbformat", "nbformat_minor")


class _Kept(NamedTuple):
    """A cell that stays in its place: what it is, and what it shall be."""

    shared: Map[Any]
    now: Mapping[str, Any]
    then: Mapping[str, Any]


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
        if match is not None and _can_stay(document.cells, places[match], now[match], cell)
        else None
        for match, cell in zip(matches, then, strict=True)
    ]
    kept = staying(candidates)
    with document.edit(origin) as edit:
        _replace_meta(document.meta, nb)
        for match, cell in zip(candidates, then, strict=True):
            if match is not None and match in kept and now[match] != cell:
                _update_cell(_Kept(document.cells[places[match]], now[match], cell))
        _remove_all_but(document.cells, {places[match] for match in kept})
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


def _can_stay(
    cells: Array[Any], place: int, now: Mapping[str, Any], then: Mapping[str, Any]
) -> bool:
    """Whether the live cell can become the wanted one by edits inside of it."""
    if now == then:
        return True
    if now["cell_type"] != then["cell_type"]:
        return False
    shared = cells[place]
    return (
        isinstance(shared.get("source"), Text)
        and isinstance(shared.get("metadata"), Map)
        and (then["cell_type"] != "code" or isinstance(shared.get("outputs"), Array))
    )


def _remove_all_but(cells: Array[Any], kept: set[int]) -> None:
    end = len(cells)
    while end:
        start = end
        while start and start - 1 not in kept:
            start -= 1
        if start < end:
            del cells[start:end]
            end = start
        else:
            end -= 1


def _replace_meta(meta: Map[Any], nb: Mapping[str, Any]) -> None:
    for key in ("nbformat", "nbformat_minor"):
        if key in nb and meta.get(key) != nb[key]:
            meta[key] = nb[key]
    metadata = storable(ipynb.notebook_metadata(nb))
    if isinstance(meta.get("metadata"), Map):
        _update_map(meta["metadata"], metadata)
    else:
        meta["metadata"] = Map(metadata)
    others = storable({key: value for key, value in nb.items() if key not in _NOTEBOOK})
    _update_map(meta, others, spare=_NOTEBOOK)


def _update_cell(cell: _Kept) -> None:
    now, then, shared = cell.now, cell.then, cell.shared
    apply_edits(shared["source"], now["source"], text_edits(now["source"], then["source"]))
    _update_map(shared["metadata"], then["metadata"], spare=(MARK_OF_TRUST,))
    if now.get("outputs") != then.get("outputs"):
        _update_outputs(shared["outputs"], now["outputs"], then["outputs"])
    others = {key: value for key, value in then.items() if key not in _SHARED}
    _update_map(shared, others, spare=(*_SHARED, EXECUTION_STATE))


def _update_map(shared: Map[Any], then: Mapping[str, Any], *, spare: Sequence[str] = ()) -> None:
    now = shared.to_py() or {}
    for key in now.keys() - then.keys() - set(spare):
        del shared[key]
    for key, value in then.items():
        if key not in now or now[key] != value:
            shared[key] = value


def _update_outputs(
    shared: Array[Any], now: Sequence[Mapping[str, Any]], then: Sequence[Mapping[str, Any]]
) -> None:
    """Replace the stretch that differs; what is equal at both ends keeps its place and identity."""
    if len(shared) != len(now):
        del shared[:]
        shared.extend(new_outputs(then))
        return
    head = _equal_length(now, then)
    tail = _equal_length(now[head:][::-1], then[head:][::-1])
    if head + tail < len(now):
        del shared[head : len(now) - tail]
    for index, output in enumerate(new_outputs(then[head : len(then) - tail])):
        shared.insert(head + index, output)


def _equal_length(one: Sequence[Any], other: Sequence[Any]) -> int:
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))
