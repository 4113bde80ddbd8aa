"""Three-way merge of one cell: the file before, the live document, the file now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from anode_jlab.documents.file_change import OUTPUT_FIELDS, BaseCell, Cell, outputs_digest
from anode_jlab.documents.merge_text import merge_text
from anode_jlab.documents.merge_values import ABSENT, merge_mapping, merge_value

_BY_TYPE = (*OUTPUT_FIELDS, "attachments")
"""Fields that cells of one type have and others not."""


class MergedCell(NamedTuple):
    """What the cell shall be; ``clash``: the text is ours, and theirs has to be kept beside it."""

    cell: Cell
    clash: bool


def merge_cell(base: BaseCell | None, ours: Cell, theirs: Cell) -> MergedCell:
    """Bring the file's change of one cell into ours. Cells are plain (`plain.plain_cell`).

    Outputs are the file's when it brought other ones and our text is not another one: then they
    belong to what is there. Without a base (both sides made a cell of this id) nothing tells who
    changed what: ours stays, and a text that differs clashes.
    """
    if base is None:
        return MergedCell(ours, ours["source"] != theirs["source"])
    before = base.fields
    kind = merge_value(before["cell_type"], ours["cell_type"], theirs["cell_type"])
    text = merge_text(before["source"], ours["source"], theirs["source"], prose=kind == "markdown")
    merged = merge_mapping(_rest(before), _rest(ours), _rest(theirs))
    merged |= {"cell_type": kind, "source": text.text}
    merged |= {key: ours[key] for key in ("id",) if key in ours}
    merged["metadata"] = merge_mapping(before["metadata"], ours["metadata"], theirs["metadata"])
    attachments = merge_value(
        before.get("attachments", ABSENT),
        ours.get("attachments", ABSENT),
        theirs.get("attachments", ABSENT),
    )
    if kind == "code":
        merged |= _outputs(base, ours, theirs)
    elif attachments is not ABSENT:
        merged["attachments"] = attachments
    return MergedCell(merged, text.clash)


def _rest(cell: Mapping[str, Any]) -> Cell:
    """Fields that have no rule of their own."""
    own = ("id", "cell_type", "source", "metadata", *_BY_TYPE)
    return {key: value for key, value in cell.items() if key not in own}


def _outputs(base: BaseCell, ours: Cell, theirs: Cell) -> Cell:
    changed_there = outputs_digest(theirs) != base.outputs
    is_our_text = ours["source"] in (base.fields["source"], theirs["source"])
    from_file = changed_there and is_our_text and theirs["cell_type"] == "code"
    chosen = theirs if from_file or ours["cell_type"] != "code" else ours
    return {"outputs": chosen.get("outputs", []), "execution_count": chosen.get("execution_count")}
