"""Text for a cell that running code gave, as ``%load`` and ``set_next_input`` of IPython do."""

from __future__ import annotations

from typing import Any

from pycrdt import Text

from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.sane import whole_characters
from anode_jlab.documents.text_edits import apply_edits, text_edits
from anode_jlab.ids import CellId


def put_next_input(
    document: NotebookDocument, cell_id: CellId, text: str, *, instead_of: str | None, new: CellId
) -> None:
    """Put ``text`` into the document, inside of an edit.

    It takes the place of the cell's source when that still reads ``instead_of``. Otherwise, and so
    that nothing that was typed meanwhile is lost, it is a new cell ``new`` below it, or at the end
    when the cell is gone. Doing it twice does it once.
    """
    text = whole_characters(text)
    cell = document.cell(cell_id)
    source = None if cell is None else cell.get("source")
    if isinstance(source, Text) and str(source) in (instead_of, text) and instead_of is not None:
        apply_edits(source, str(source), text_edits(str(source), text))
        return
    if document.cell(new) is not None:
        return
    index = document.index(cell_id)
    plain: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "id": new,
        "metadata": {},
        "outputs": [],
        "source": text,
    }
    document.cells.insert(len(document.cells) if index is None else index + 1, new_cell(plain))
