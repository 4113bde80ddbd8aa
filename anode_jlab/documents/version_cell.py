"""Cells that hold another version of a cell: both sides changed one place of its text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anode_jlab.ids import CellId

OURS = "anode_jlab"
"""Key of a cell's metadata under which we keep what the cell is for."""

VERSION_OF = "version_of"
"""Under ``OURS``: the id of the cell that this one is a version of."""

TYPE = "cell_type"
"""Under ``OURS``: the type that the version has in the file."""

FROM = "from"
"""Under ``OURS``: the branch that a version comes from, by the name that git gives it; the version
of a plain file has none."""


def version_cell(cell_id: CellId, of: CellId, theirs: Mapping[str, Any]) -> dict[str, Any]:
    """A plain cell with the text of ``theirs``, the file's version of the cell ``of``.

    Code becomes a raw cell: else the next run of the notebook would execute both versions.
    """
    kind = theirs["cell_type"]
    return {
        "id": cell_id,
        "cell_type": "raw" if kind == "code" else kind,
        "source": theirs["source"],
        "metadata": {OURS: {VERSION_OF: of, TYPE: kind}},
    }


def is_version(cell: Mapping[str, Any], version: Mapping[str, Any]) -> bool:
    """Whether ``cell`` holds the same text, of the same cell, as ``version`` does."""
    found, wanted = cell["metadata"].get(OURS), version["metadata"][OURS]
    return (
        isinstance(found, Mapping)
        and found.get(VERSION_OF) == wanted[VERSION_OF]
        and cell["source"] == version["source"]
    )
