"""Changes of one cell, as an editor makes them; each inside of an edit of the document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pycrdt import Map, Text

from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.plain import EXECUTION_STATE, plain_cell
from anode_jlab.documents.sane import joined, mapping, whole_characters
from anode_jlab.documents.text_edits import apply_edits, text_edits
from anode_jlab.errors import CellNotFound
from anode_jlab.ids import CellId


def create(
    document: NotebookDocument,
    cell_id: CellId,
    cell_type: str,
    source: str,
    *,
    after: CellId | None,
    first: bool = False,
) -> None:
    """A new cell behind another one, or else at the end or as the ``first``. Raises
    CellNotFound."""
    plain = plain_cell({"id": cell_id, "cell_type": cell_type, "source": whole_characters(source)})
    document.cells.insert(_place(document, after, first=first), new_cell(plain))


def write(document: NotebookDocument, cell_id: CellId, source: str) -> None:
    """Give the cell another text, by edits inside of it: cursors stay. Raises CellNotFound."""
    text = found(document, cell_id).get("source")
    source = whole_characters(source)
    if isinstance(text, Text):
        apply_edits(text, str(text), text_edits(str(text), source))
    else:
        found(document, cell_id)["source"] = Text(source)


def delete(document: NotebookDocument, cell_id: CellId) -> None:
    """Remove the cell. Raises CellNotFound."""
    del document.cells[_index(document, cell_id)]


def move(
    document: NotebookDocument, cell_id: CellId, *, after: CellId | None, first: bool = False
) -> None:
    """Put the cell elsewhere; ``after`` and ``first`` as in ``create``. Raises CellNotFound."""
    raw, index = _raw(found(document, cell_id)), _index(document, cell_id)
    place = _place(document, after, first=first)
    if place in (index, index + 1):
        return
    del document.cells[index]
    document.cells.insert(place - 1 if place > index else place, _clone(raw))


def set_type(document: NotebookDocument, cell_id: CellId, cell_type: str) -> None:
    """Make another type of it; outputs of what is no code any more go. Raises CellNotFound."""
    raw, index = _raw(found(document, cell_id)), _index(document, cell_id)
    del document.cells[index]
    document.cells.insert(index, new_cell(plain_cell({**raw, "cell_type": cell_type})))


def put_back(document: NotebookDocument, plain: Mapping[str, Any], *, after: CellId | None) -> None:
    """A cell that was there before, with its id and outputs, behind another one or at the top.
    In place of one that is deleted in the same edit it becomes its clone. Raises CellNotFound."""
    document.cells.insert(_place(document, after, first=True), new_cell(plain_cell(plain)))


def type_of(document: NotebookDocument, cell_id: CellId) -> str:
    """The cell's type now. Raises CellNotFound."""
    return str(found(document, cell_id).get("cell_type", ""))


def found(document: NotebookDocument, cell_id: CellId) -> Map[Any]:
    """The live cell. Raises CellNotFound."""
    cell = document.cell(cell_id)
    if cell is None:
        raise CellNotFound(f"There is no cell {cell_id}.")
    return cell


def source_of(document: NotebookDocument, cell_id: CellId) -> str:
    """The cell's text now. Raises CellNotFound."""
    return str(found(document, cell_id).get("source", ""))


def metadata_of(document: NotebookDocument, cell_id: CellId) -> dict[str, Any]:
    """The cell's metadata now, plain. Raises CellNotFound."""
    metadata = found(document, cell_id).get("metadata")
    return mapping(metadata.to_py() if isinstance(metadata, Map) else metadata)


def _index(document: NotebookDocument, cell_id: CellId) -> int:
    index = document.index(cell_id)
    if index is None:
        raise CellNotFound(f"There is no cell {cell_id}.")
    return index


def _place(document: NotebookDocument, after: CellId | None, *, first: bool) -> int:
    if after is None:
        return 0 if first else len(document.cells)
    return _index(document, after) + 1


def _raw(cell: Map[Any]) -> dict[str, Any]:
    """All fields of a cell: those too that only the document has, as which run wrote an output."""
    with cell.doc.transaction() as txn:
        assert txn._txn is not None
        raw: dict[str, Any] = json.loads(cell.integrated.to_json(txn._txn))
    return raw


def _clone(raw: dict[str, Any]) -> Map[Any]:
    plain = plain_cell(raw)
    if plain["cell_type"] != "code":
        return new_cell(plain)
    outputs = [output for output in raw.get("outputs", ()) if isinstance(output, dict)]
    plain["outputs"] = [
        {**output, "text": joined(output.get("text"))}
        if output.get("output_type") == "stream"
        else output
        for output in outputs
    ]
    state = raw.get(EXECUTION_STATE)
    return new_cell(plain, state if isinstance(state, str) else "idle")
