"""Between notebook JSON (nbformat 4.0 to 4.5) and the shared document, losing nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pycrdt import Array, Doc, Map

from anode_jlab.documents import sane
from anode_jlab.documents.native import native_array, native_map
from anode_jlab.documents.recorder import MARK_OF_TRUST
from anode_jlab.documents.yjs_writer import ARRAY_TYPE, MAP_TYPE, TEXT_TYPE, UpdateWriter
from anode_jlab.errors import NotANotebook
from anode_jlab.ids import CellId, Ids, RandomIds

FIRST_MINOR_WITH_IDS = 5
"""Cells have ids in files since nbformat 4.5; in the document they always have."""

EXECUTION_STATE = "execution_state"
"""Key of a cell that lives in the document only."""

EXECUTION_ID = "anode_execution_id"
"""Key of outputs that our collector wrote; it lives in the document only."""

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
    for cell in plain_cells(nb, ids):
        previous = writer.array_types(cells, MAP_TYPE, previous)
        _write_cell(writer, previous, cell)
    return writer.update()


def notebook_metadata(nb: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook's metadata as the document holds it."""
    metadata = nb.get("metadata")
    if not isinstance(metadata, Mapping):
        return {}
    return {key: value for key, value in metadata.items() if key not in TRANSIENT_METADATA}


def plain_cells(nb: Mapping[str, Any], ids: Ids | None) -> list[dict[str, Any]]:
    """The cells of a notebook as the document holds them: joined lines, no trust; with ``ids``
    each gets an id of its own.

    Raises NotANotebook.
    """
    cells = nb.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, Mapping) for cell in cells):
        raise NotANotebook("The file has no list of cells.")
    plain = [_plain_cell(cell) for cell in cells]
    if ids is not None:
        seen: set[object] = set()
        for cell in plain:
            if not isinstance(cell.get("id"), str) or not cell["id"] or cell["id"] in seen:
                cell["id"] = _fresh(ids, seen)
            seen.add(cell["id"])
    return plain


def _fresh(ids: Ids, seen: set[object]) -> CellId:
    cell_id = ids.cell()
    while cell_id in seen:
        cell_id = ids.cell()
    return cell_id


def _plain_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    plain = dict(cell)
    plain["cell_type"] = sane.cell_type(cell.get("cell_type"))
    plain["source"] = sane.joined(cell.get("source"))
    plain["metadata"] = {
        key: value
        for key, value in sane.mapping(cell.get("metadata")).items()
        if key != MARK_OF_TRUST
    }
    plain.pop(EXECUTION_STATE, None)
    if "attachments" in cell:
        plain["attachments"] = sane.attachments(cell["attachments"])
    if plain["cell_type"] == "code":
        plain["outputs"] = sane.outputs(cell.get("outputs"), drop=EXECUTION_ID)
        plain.setdefault("execution_count", None)
    return plain


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


def to_notebook(doc: Doc[Any], *, minor: int | None = None) -> dict[str, Any]:
    """Notebook JSON of a document, with joined lines; writable whatever clients put in there.

    ``minor`` is the nbformat minor to write, by default the document's own. What is no cell is
    left out, and fields that nbformat could not write are replaced by empty ones.
    """
    meta, cells = _read_roots(doc)
    own_minor = sane.count(meta.pop("nbformat_minor", None))
    if minor is None:
        minor = FIRST_MINOR_WITH_IDS if own_minor is None else own_minor
    metadata = sane.mapping(meta.pop("metadata", None))
    for key in TRANSIENT_METADATA:
        metadata.pop(key, None)
    meta.pop("nbformat", None)
    meta.pop("cells", None)
    return {
        "cells": [
            _to_cell(cell, index, with_id=minor >= FIRST_MINOR_WITH_IDS)
            for index, cell in enumerate(cells)
            if isinstance(cell, dict)
        ],
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": minor,
        **meta,
    }


def _read_roots(doc: Doc[Any]) -> tuple[dict[str, Any], list[Any]]:
    meta, cells = doc.get("meta", type=Map), doc.get("cells", type=Array)
    with doc.transaction() as txn:
        assert txn._txn is not None
        return (
            json.loads(native_map(meta).to_json(txn._txn)),
            json.loads(native_array(cells).to_json(txn._txn)),
        )


def _to_cell(cell: dict[str, Any], index: int, *, with_id: bool) -> dict[str, Any]:
    kind = cell["cell_type"] = sane.cell_type(cell.get("cell_type"))
    cell["source"] = sane.joined(cell.get("source"))
    cell["metadata"] = sane.mapping(cell.get("metadata"))
    cell["metadata"].pop(MARK_OF_TRUST, None)
    cell.pop(EXECUTION_STATE, None)
    if not with_id:
        cell.pop("id", None)
    elif not isinstance(cell.get("id"), str) or not cell["id"]:
        cell["id"] = f"cell-{index}"
    if kind == "code":
        cell["outputs"] = sane.outputs(cell.get("outputs"), drop=EXECUTION_ID)
        cell["execution_count"] = sane.count(cell.get("execution_count"))
        cell.pop("attachments", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
        if "attachments" in cell:
            cell["attachments"] = sane.attachments(cell["attachments"])
    return cell
