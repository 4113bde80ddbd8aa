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

_OURS = frozenset({EXECUTION_ID, OUTPUT_NUMBER})

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
        plain["outputs"] = sane.outputs(cell.get("outputs"), drop=_OURS)
        plain["execution_count"] = sane.count(cell.get("execution_count"))
    elif "attachments" in plain:
        plain["attachments"] = sane.attachments(plain["attachments"])
    return plain
