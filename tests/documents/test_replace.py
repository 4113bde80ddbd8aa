"""Live content into that of a file, touching only what differs."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Map, Text

from anode_jlab.documents import ipynb
from anode_jlab.documents.change import Change
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.replace import replace_content
from anode_jlab.errors import NotANotebook
from anode_jlab.testing.ids import SeededIds
from tests.documents.generated import Json, notebooks


def cell(name: str | None, source: str, kind: str = "code", **fields: Any) -> Json:
    plain: Json = {"cell_type": kind, "metadata": {}, "source": source, **fields}
    if kind == "code":
        plain = {"execution_count": None, "outputs": [], **plain}
    return plain if name is None else {"id": name, **plain}


def notebook(*cells: Json, minor: int = 5, **metadata: Any) -> Json:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}


def stream(text: str) -> Json:
    return {"output_type": "stream", "name": "stdout", "text": text}


def document_of(nb: Json) -> NotebookDocument:
    document = NotebookDocument(ids=SeededIds())
    document.load(ipynb.from_notebook(nb, ids=SeededIds(1)))
    return document


def names(changes: list[Change]) -> list[str]:
    return [fact.event_name.removeprefix("v1.") for change in changes for fact in change.facts]


@settings(max_examples=200)
@given(notebooks(), notebooks())
def test_content_becomes_the_wanted_one(first: Json, second: Json) -> None:
    document = document_of(first)
    wanted = copy.deepcopy(second)
    changes = replace_content(document, second, "reload")
    assert document.to_notebook() == wanted
    assert second == wanted
    assert replace_content(document, second, "reload") == []
    replayed = document_of(first)
    for change in changes:
        replayed.load(change.update)
    assert replayed.to_notebook(with_ids=True) == document.to_notebook(with_ids=True)


@given(notebooks())
def test_equal_content_changes_nothing(nb: Json) -> None:
    document = document_of(nb)
    before = document.encode()
    assert replace_content(document, nb, "reload") == []
    assert document.state_vector() == document_of(nb).state_vector()
    assert len(document.encode()) == len(before)


def test_text_is_edited_in_place() -> None:
    document = document_of(notebook(cell("a", "x = 1\ny = 2\n"), cell("b", "z")))
    theirs: Doc[Any] = Doc()
    theirs.apply_update(document.encode())
    theirs.get("cells", type=type(document.cells))[0]["source"].insert(0, "# hi\n")
    changes = replace_content(
        document, notebook(cell("a", "x = 1\ny = 22\n"), cell("b", "z")), "reload"
    )
    assert names(changes) == ["CellSourceChanged"]
    document.apply(theirs.get_update(document.state_vector()), origin="peer", author=None)
    assert document.to_notebook()["cells"][0]["source"] == "# hi\nx = 1\ny = 22\n"


def test_only_what_differs_is_told() -> None:
    document = document_of(notebook(cell("a", "1"), cell("b", "2"), cell("c", "3"), title="t"))
    wanted = notebook(
        cell("c", "3"),
        cell("a", "1", outputs=[stream("x")], execution_count=1),
        cell("d", "new"),
        title="u",
    )
    assert names(replace_content(document, wanted, "reload")) == [
        "CellDeleted",
        "CellMoved",
        "CellCreated",
        "CellOutputsChanged",
        "NotebookMetadataChanged",
    ]


def test_a_moved_cell_is_a_clone_with_its_id() -> None:
    document = document_of(notebook(*(cell(name, name) for name in "abcd")))
    changes = replace_content(document, notebook(*(cell(n, n) for n in "bcda")), "reload")
    assert names(changes) == ["CellMoved"]
    assert document.cell_ids == list("bcda")


def test_another_type_under_the_same_id() -> None:
    document = document_of(notebook(cell("a", "# t")))
    changes = replace_content(document, notebook(cell("a", "# t", "markdown")), "reload")
    assert names(changes) == ["CellTypeChanged"]
    assert "outputs" not in document.cells[0]


def test_equal_outputs_keep_their_execution_id() -> None:
    document = document_of(notebook(cell("a", "1", outputs=[stream("1"), stream("2")])))
    with document.edit("collector"):
        document.cells[0]["outputs"][0]["anode_execution_id"] = "e"
    wanted = notebook(cell("a", "1", outputs=[stream("1"), stream("3"), stream("4")]))
    replace_content(document, wanted, "reload")
    outputs = document.cells[0]["outputs"]
    assert outputs[0]["anode_execution_id"] == "e"
    assert [str(output["text"]) for output in outputs] == ["1", "3", "4"]
    assert isinstance(outputs[2]["text"], Text)


@pytest.mark.parametrize("minor", range(5))
def test_without_ids_cells_are_known_by_their_text(minor: int) -> None:
    document = document_of(
        notebook(cell(None, "import os"), cell(None, "x = compute(1)"), minor=minor)
    )
    before = document.cell_ids
    wanted = notebook(
        cell(None, "import os"), cell(None, "# new"), cell(None, "x = compute(2)"), minor=minor
    )
    changes = replace_content(document, wanted, "reload")
    assert names(changes) == ["CellCreated", "CellSourceChanged"]
    assert [document.cell_ids[0], document.cell_ids[2]] == before


def test_a_file_that_got_ids_gives_them_to_the_document() -> None:
    document = document_of(notebook(cell(None, "import os"), minor=4))
    changes = replace_content(document, notebook(cell("a", "import os")), "reload")
    assert names(changes) == ["CellIdReplaced", "NotebookMetadataChanged"]
    assert document.to_notebook() == notebook(cell("a", "import os"))


@pytest.mark.parametrize("name", [None, "a", ""])
def test_a_file_whose_ids_are_missing_or_doubled(name: str | None) -> None:
    nb = notebook(cell("a", "import os"), cell(name, "x = compute(1)"), cell(name, "y = 2"))
    document = document_of(nb)
    assert replace_content(document, nb, "reload") == []


def test_inside_an_edit_it_takes_part() -> None:
    document = document_of(notebook(cell("a", "1")))
    with document.edit("restore") as edit:
        assert replace_content(document, notebook(cell("a", "12")), "reload") == []
    assert [change.origin for change in edit.changes] == ["restore"]
    assert names(edit.changes) == ["CellSourceChanged"]


def test_malformed_cells_are_replaced() -> None:
    document = document_of(notebook(cell("a", "1")))
    with document.edit("test"):
        document.cells.insert(0, "junk")
        document.cells.append(Map({"id": "b", "cell_type": "code", "source": "words"}))
        document.meta["metadata"] = 5
    wanted = notebook(cell("a", "1"), cell("b", "more words"), title="t")
    replace_content(document, wanted, "reload")
    assert document.to_notebook() == wanted
    assert len(document.cells) == 2
    assert isinstance(document.cells[1]["source"], Text)


def test_values_that_pycrdt_panics_on() -> None:
    document = document_of(notebook(cell("a", "1")))
    wanted = notebook(cell("a", "\ud800", metadata={"n": 2**70, "\udc00": [10**400]}), big=2**64)
    replace_content(document, wanted, "reload")
    assert document.usable
    result = document.to_notebook()
    assert result["cells"][0]["source"] == "\ufffd"
    assert result["metadata"] == {"big": 2.0**64}


def test_what_is_no_notebook_is_refused() -> None:
    document = document_of(notebook(cell("a", "1")))
    with pytest.raises(NotANotebook):
        replace_content(document, {"worksheets": []}, "reload")
    assert document.to_notebook() == notebook(cell("a", "1"))


@settings(max_examples=50)
@given(notebooks(st.just(5)), notebooks(st.just(5)))
def test_there_and_back(first: Json, second: Json) -> None:
    document = document_of(first)
    replace_content(document, second, "reload")
    replace_content(document, first, "restore")
    assert document.to_notebook() == first
