"""One cell as plain JSON: what the document holds and the file carries, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anode_jlab.documents import sane

MARK_OF_TRUST = "trusted"
"""Per-viewer trust is no content: this key of metadata is taken out wherever it arrives."""

EXECUTION_STATE = "execution_state"
"""Key of a cell that lives in the document only."""

EXECUTION_ID = "anode_execution_id"
"""Key of outputs that our collector wrote; it lives in the document only."""

OUTPUT_NUMBER = "anode_output"
"""Key beside it: the number of the output among those of its run, from 0."""

PICTURE = "anode_picture"
"""Key of an output: a picture of it in base64 that a page made, as of a chart. It stands beside the
output, so that nobody has to write that anew; in files it is one of its representations."""

_PNG = "image/png"

_OURS = frozenset({EXECUTION_ID, OUTPUT_NUMBER, PICTURE})

_OF_CODE = ("outputs", "execution_count")
_OF_TEXT = ("attachments",)


def plain_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    """A cell with joined lines, a known type and every field of the right kind; an id only when
    it has a usable one. Keys that nobody knows stay, those of other types of cells go."""
    kind = sane.cell_type(cell.get("cell_type"))
    foreign = _OF_TEXT if kind == "code" else _OF_CODE
    plain = {
        key: value for key, value in cell.items() if key != EXECUTION_STATE and key not in foreign
    }
    if not isinstance(plain.get("id"), str) or not plain["id"]:
        plain.pop("id", None)
    plain["cell_type"] = kind
    plain["source"] = sane.joined(cell.get("source"))
    plain["metadata"] = sane.mapping(cell.get("metadata"))
    plain["metadata"].pop(MARK_OF_TRUST, None)
    if kind == "code":
        plain["outputs"] = sane.outputs(_pictured(cell.get("outputs")), drop=_OURS)
        plain["execution_count"] = sane.count(cell.get("execution_count"))
    elif "attachments" in plain:
        plain["attachments"] = sane.attachments(plain["attachments"])
    return plain


def _pictured(outputs: object) -> object:
    """Outputs with their pictures among the representations."""
    if not isinstance(outputs, list):
        return outputs
    return [_with_picture(output) for output in outputs]


def _with_picture(output: object) -> object:
    if not isinstance(output, Mapping) or not isinstance(output.get(PICTURE), str):
        return output
    data = output.get("data")
    if not isinstance(data, Mapping) or _PNG in data:
        return output
    return {**output, "data": {**data, _PNG: output[PICTURE]}}
