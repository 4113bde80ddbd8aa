"""Between notebook JSON (nbformat 4.0 to 4.5) and the shared document, losing nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pycrdt import Array, Doc, Map

from anode_jlab.documents import courtesy, sane
from anode_jlab.documents.plain import EXECUTION_STATE, plain_cell
from anode_jlab.documents.yjs_writer import ARRAY_TYPE, MAP_TYPE, TEXT_TYPE, UpdateWriter
from anode_jlab.errors import NotANotebook
from anode_jlab.ids import Ids, RandomIds

FIRST_MINOR_WITH_IDS = 5
"""Cells have ids in files since nbformat 4.5; in the document they always have."""

TRANSIENT_METADATA = ("orig_nbformat", "orig_nbformat_minor", "signature")
"""Keys of notebook metadata that nbformat itself never writes."""


def from_notebook(
    nb: Mapping[str, Any], *, ids: Ids | None = None, client: int | None = None
) -> bytes:
    """One Yjs update that builds the document of a notebook from nothing.

    Cells without an id of their own get one from ``ids``; ``client`` is the Yjs client id that the
    structs carry. Lines may be joined or not. Raises NotANotebook when there are no cells to read.
    """
    ids = ids or RandomIds()
    writer = UpdateWriter(ids.yjs_client() if client is None else client)
    meta = writer.root("meta")
    writer.map_value(meta, "nbformat", nb.get("nbformat", 4))
    writer.map_value(meta, "nbformat_minor", nb.get("nbformat_minor", 0))
    metadata = writer.map_type(meta, "metadata", MAP_TYPE)
    for key, value in notebook_metadata(nb).items():
        writer.map_value(metadata, key, value)
    for key, value in nb.items():
        if key not in ("cells", "metadata", "nbformat", "nbformat_minor"):
            writer.map_value(meta, key, value)
    cells, previous = writer.root("cells"), None
    for cell in _cells_with_ids(nb, ids):
        previous = writer.array_types(cells, MAP_TYPE, previous)
        _write_cell(writer, previous, cell)
    return writer.update()


def notebook_metadata(nb: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook's metadata as the document holds it."""
    metadata = nb.get("metadata")
    if not isinstance(metadata, Mapping):
        return {}
    return {key: value for key, value in metadata.items() if key not in TRANSIENT_METADATA}


def plain_cells(nb: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The cells of a notebook as the document holds them. Raises NotANotebook."""
    cells = nb.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, Mapping) for cell in cells):
        raise NotANotebook("The file has no list of cells.")
    return [plain_cell(cell) for cell in cells]


def _cells_with_ids(nb: Mapping[str, Any], ids: Ids) -> list[dict[str, Any]]:
    cells = plain_cells(nb)
    seen: set[str] = set()
    for cell in cells:
        cell_id = cell.get("id")
        while cell_id is None or cell_id in seen:
            cell_id = ids.cell()
        seen.add(cell_id)
        cell["id"] = cell_id
    return cells


def _write_cell(writer: UpdateWriter, place: bytes, cell: Mapping[str, Any]) -> None:
    is_code = cell["cell_type"] == "code"
    for key, value in cell.items():
        if key == "source":
            writer.text(writer.map_type(place, key, TEXT_TYPE), value)
        elif key == "metadata":
            metadata = writer.map_type(place, key, MAP_TYPE)
            for name, item in value.items():
                writer.map_value(metadata, name, item)
        elif key == "outputs" and is_code:
            _write_outputs(writer, writer.map_type(place, key, ARRAY_TYPE), value)
        else:
            writer.map_value(place, key, value)
    if is_code:
        writer.map_value(place, EXECUTION_STATE, "idle")


def _write_outputs(writer: UpdateWriter, place: bytes, outputs: list[dict[str, Any]]) -> None:
    previous = None
    for output in outputs:
        previous = writer.array_types(place, MAP_TYPE, previous)
        for key, value in output.items():
            if key == "text" and output["output_type"] == "stream":
                writer.text(writer.map_type(previous, key, TEXT_TYPE), value)
            else:
                writer.map_value(previous, key, value)


def notebook_from_update(update: bytes) -> dict[str, Any]:
    """The notebook that an encoded document holds: for another thread than the document's own."""
    doc: Doc[Any] = Doc()
    doc.apply_update(update)
    return to_notebook(doc)


def to_notebook(doc: Doc[Any], *, with_ids: bool | None = None) -> dict[str, Any]:
    """Notebook JSON of a document, with joined lines; nbformat can write it whatever clients did.

    ``with_ids`` tells whether cells carry their ids; by default as the notebook's nbformat minor
    has it. What is no cell is left out; fields that nbformat could not write become empty ones.
    """
    meta = _read_root(doc, "meta", Map)
    minor = sane.count(meta.pop("nbformat_minor", None))
    if minor is None:
        minor = FIRST_MINOR_WITH_IDS
    if with_ids is None:
        with_ids = minor >= FIRST_MINOR_WITH_IDS
    metadata = sane.mapping(meta.pop("metadata", None))
    for key in TRANSIENT_METADATA:
        metadata.pop(key, None)
    for key in ("nbformat", "cells"):
        meta.pop(key, None)
    raw_cells = _read_root(doc, "cells", Array)
    if any(map(courtesy.is_marked, raw_cells)):
        metadata = courtesy.without_empty_names(metadata)
    cells = [plain_cell(cell) for cell in raw_cells if isinstance(cell, dict)]
    seen = {None}
    for index, cell in enumerate(cells):
        cell_id = cell.pop("id", None)
        if with_ids:
            cell["id"] = f"cell-{index}" if cell_id in seen else cell_id
            seen.add(cell["id"])
    return {
        "cells": cells,
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": minor,
        **meta,
    }


def placed_cells(doc: Doc[Any]) -> list[tuple[int, dict[str, Any]]]:
    """The plain cells of a document, each with its place in the ``cells`` array."""
    return [
        (place, plain_cell(cell))
        for place, cell in enumerate(_read_root(doc, "cells", Array))
        if isinstance(cell, dict)
    ]


def read_meta(doc: Doc[Any]) -> dict[str, Any]:
    """The notebook's own fields as the document holds them: all but its cells."""
    found: dict[str, Any] = _read_root(doc, "meta", Map)
    return found


def read_cell(shared: Map[Any]) -> dict[str, Any]:
    """One live cell, plain, without a look at the others."""
    with shared.doc.transaction() as txn:
        assert txn._txn is not None
        return plain_cell(json.loads(shared.integrated.to_json(txn._txn)))


def _read_root(doc: Doc[Any], name: str, kind: type[Map[Any]] | type[Array[Any]]) -> Any:
    root = doc.get(name, type=kind)
    with doc.transaction() as txn:
        assert txn._txn is not None
        return json.loads(root.integrated.to_json(txn._txn))
