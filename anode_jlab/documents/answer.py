"""AI cells of a document: what is asked in one, and the place of its answer.

An AI cell is a code cell with ``metadata.anode_jlab.type`` = ``ai``: any program shows the question
as its source and the answer as its output.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from pycrdt import Map

from anode_jlab.documents.cells import new_outputs
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.run_outputs import cell_outputs
from anode_jlab.documents.sane import mapping, storable
from anode_jlab.ids import CellId

METADATA = "anode_jlab"
"""Key of a cell's (and an output's) metadata that is ours."""

AI = "ai"
"""Type of a cell that is asked."""

ANSWER_MIME = "application/vnd.anode.answer+json"
"""Stands in an output beside the Markdown of an answer and says which answer that is."""

RUN = "run_id"
"""Key of an output's metadata below it: the answer's run."""


class AiCell(msgspec.Struct, frozen=True, kw_only=True):
    """What an AI cell asks, and whom; empty words for what it does not say."""

    question: str
    provider: str = ""
    model: str = ""
    mode: str = ""


def ai_cell(document: NotebookDocument, cell_id: CellId) -> AiCell | None:
    """What stands in an AI cell; None when the cell is none."""
    cell = document.cell(cell_id)
    if cell is None or not is_ai_cell(cell):
        return None
    own = _own(cell)

    def word(name: str) -> str:
        value = own.get(name)
        return value if isinstance(value, str) else ""

    return AiCell(
        question=str(cell.get("source", "")),
        provider=word("provider"),
        model=word("model"),
        mode=word("mode"),
    )


def is_ai_cell(cell: Map[Any]) -> bool:
    """Whether a cell of a document is asked instead of run."""
    return cell.get("cell_type") == "code" and _own(cell).get("type") == AI


def put_answer(
    document: NotebookDocument, cell_id: CellId, *, run_id: str, conversation_id: str, text: str
) -> None:
    """Have this Markdown, and nothing else, as a cell's output; nothing happens when the cell is
    gone. Pages that know ``ANSWER_MIME`` show the answer whose ids it holds, as it is now."""
    outputs = cell_outputs(document, cell_id)
    if outputs is None:
        return
    del outputs[:]
    answer = {
        "output_type": "display_data",
        "data": {
            "text/markdown": storable(text),
            ANSWER_MIME: {"run_id": run_id, "conversation_id": conversation_id},
        },
        "metadata": {METADATA: {RUN: run_id}},
    }
    outputs.extend(new_outputs([answer]))


def _own(cell: Map[Any]) -> Mapping[str, Any]:
    metadata = cell.get("metadata")
    if isinstance(metadata, Map):
        metadata = metadata.to_py()
    return mapping(mapping(metadata).get(METADATA))
