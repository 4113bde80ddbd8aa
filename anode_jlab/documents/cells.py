"""New shared cells and outputs from plain ones, in the shape that JupyterLab reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pycrdt import Array, Map, Text

from anode_jlab.documents.sane import storable


def new_cell(cell: Mapping[str, Any], execution_state: str = "idle") -> Map[Any]:
    """A shared cell that is not in a document yet; ``cell`` is plain (`ipynb.plain_cells`).

    Its keys are written in one order, though a cell that was read from a document has none: equal
    cells are equal bytes.
    """
    shared: dict[str, Any] = {
        key: storable(value)
        for key, value in sorted(cell.items())
        if key not in ("source", "metadata", "outputs")
    }
    shared["source"] = Text(storable(cell["source"]))
    shared["metadata"] = Map(storable(cell["metadata"]))
    if cell["cell_type"] == "code":
        shared["outputs"] = Array(new_outputs(cell["outputs"]))
        shared["execution_state"] = execution_state
    return Map(shared)


def new_outputs(outputs: Sequence[Mapping[str, Any]]) -> list[Map[Any]]:
    """Shared outputs; the text of a stream is a Text, so that it can grow."""
    shared = []
    for output in outputs:
        fields = storable(output)
        if output["output_type"] == "stream":
            fields["text"] = Text(fields["text"])
        shared.append(Map(fields))
    return shared
