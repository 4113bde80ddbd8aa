"""What clients of jupyter-collaboration expect of an empty notebook: given, and taken back.

That server puts a first cell and empty names of kernel and language into the document, and calls
the cell trusted. A file gets none of it: the names and the mark go before the first real change,
and nothing of it causes an export.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pycrdt import Map

from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.plain import MARK_OF_TRUST

if TYPE_CHECKING:
    from anode_jlab.documents.notebook import NotebookDocument

EMPTY_NAMES: Final[dict[str, dict[str, Any]]] = {
    "kernelspec": {"name": "", "display_name": ""},
    "language_info": {"name": ""},
}


def offer(document: NotebookDocument) -> None:
    """Give a notebook without cells what it lacks; any other stays as it is.

    To be called inside an edit with the origin COURTESY, which lets the mark of trust stay until
    somebody changes something.
    """
    if len(document.cells):
        return
    if not isinstance(document.meta.get("metadata"), Map):
        document.meta["metadata"] = Map()
    metadata = document.meta["metadata"]
    for key, names in EMPTY_NAMES.items():
        if key not in metadata:
            metadata[key] = names
    cell: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "id": document.ids.cell(),
        "metadata": {MARK_OF_TRUST: True},
        "outputs": [],
        "source": "",
    }
    document.cells.append(new_cell(cell))


def take_names_back(meta: Map[Any]) -> None:
    """Inside a transaction: the names that are still empty go."""
    metadata = meta.get("metadata")
    if isinstance(metadata, Map):
        for key, names in EMPTY_NAMES.items():
            if metadata.get(key) == names:
                del metadata[key]


def is_marked(cell: object) -> bool:
    """Whether a cell, as JSON out of the document, still carries the mark of trust."""
    metadata = cell.get("metadata") if isinstance(cell, dict) else None
    return isinstance(metadata, dict) and MARK_OF_TRUST in metadata


def without_empty_names(metadata: dict[str, Any]) -> dict[str, Any]:
    """Notebook metadata as a file gets it while the courtesy stands."""
    return {key: value for key, value in metadata.items() if value != EMPTY_NAMES.get(key)}
