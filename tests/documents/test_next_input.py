"""Text that code puts up: in the place of what ran, or below it; typing is never overwritten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from anode_jlab.documents.ipynb import from_notebook
from anode_jlab.documents.next_input import put_next_input
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.recorder import RUN
from anode_jlab.ids import CellId
from anode_jlab.testing.ids import SeededIds
from tests.integration.server_process import notebook

CELL, NEW = CellId("cell-0"), CellId("new")


@pytest.fixture
def document() -> Iterator[NotebookDocument]:
    made = NotebookDocument(ids=SeededIds())
    made.load(from_notebook(notebook("%load a.py", "y")))
    yield made
    made.close()


def put(document: NotebookDocument, text: str, instead_of: str | None) -> list[str]:
    """Put it twice, as when the room had to be reloaded; the sources then."""
    for _ in range(2):
        with document.edit(RUN):
            put_next_input(document, CELL, text, instead_of=instead_of, new=NEW)
    return [cell["source"] for cell in document.to_notebook()["cells"]]


def test_the_source_that_ran_is_replaced(document: NotebookDocument) -> None:
    assert put(document, "x = 'ü🐧'", "%load a.py") == ["x = 'ü🐧'", "y"]
    assert document.cell_ids == [CELL, "cell-1"]


def test_what_was_typed_meanwhile_stays(document: NotebookDocument) -> None:
    assert put(document, "x = 1", "%load b.py") == ["%load a.py", "x = 1", "y"]


def test_a_new_cell_below(document: NotebookDocument) -> None:
    assert put(document, "x = 1", None) == ["%load a.py", "x = 1", "y"]
    assert document.to_notebook()["cells"][1]["cell_type"] == "code"


def test_the_cell_is_gone(document: NotebookDocument) -> None:
    with document.edit("peer"):
        del document.cells[0]
    assert put(document, "x = 1", "%load a.py") == ["y", "x = 1"]
