"""Notebook JSON into the document and back."""

from __future__ import annotations

import copy
import json
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings

from anode_jlab.documents import ipynb
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import NotANotebook
from anode_jlab.testing.ids import SeededIds
from tests.documents.generated import Json, notebooks


def document_of(nb: Json) -> NotebookDocument:
    document = NotebookDocument(ids=SeededIds())
    document.load(ipynb.from_notebook(nb, ids=SeededIds()))
    return document


def round_trip(nb: Json) -> Json:
    return document_of(nb).to_notebook()


def code_cell(**fields: Any) -> Json:
    cell: Json = {
        "cell_type": "code",
        "execution_count": None,
        "id": "a",
        "metadata": {},
        "outputs": [],
        "source": "",
    }
    return {**cell, **fields}


def notebook(*cells: Json, minor: int = 5, **fields: Any) -> Json:
    return {
        "cells": list(cells),
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": minor,
        **fields,
    }


@given(notebooks())
def test_round_trip_changes_nothing(nb: Json) -> None:
    before = copy.deepcopy(nb)
    assert round_trip(nb) == before
    assert nb == before


@settings(max_examples=50)
@given(notebooks())
def test_result_is_valid_and_writable(nb: Json) -> None:
    node = nbformat.from_dict(round_trip(nb))  # type: ignore[no-untyped-call]
    nbformat.validate(node)
    nbformat.writes(node)  # type: ignore[no-untyped-call]


@settings(max_examples=50)
@given(notebooks())
def test_split_lines_are_joined_as_nbformat_joins_them(nb: Json) -> None:
    node = nbformat.from_dict(nb)  # type: ignore[no-untyped-call]
    written = nbformat.writes(node)  # type: ignore[no-untyped-call]
    normal = nbformat.reads(written, as_version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    assert round_trip(json.loads(written)) == normal


@pytest.mark.parametrize("minor", range(5))
def test_ids_below_minor_5_live_in_the_document_only(minor: int) -> None:
    cell = {key: value for key, value in code_cell().items() if key != "id"}
    document = document_of(notebook(cell, cell, minor=minor))
    assert len(set(document.cell_ids)) == 2
    assert [set(cell) for cell in document.to_notebook()["cells"]] == [set(cell)] * 2
    assert [cell["id"] for cell in document.to_notebook(with_ids=True)["cells"]] == (
        document.cell_ids
    )
    assert document.to_notebook()["nbformat_minor"] == minor


def test_cells_get_ids_of_their_own() -> None:
    document = document_of(
        notebook(code_cell(id="a"), code_cell(id="a"), code_cell(id=""), code_cell(id=5))
    )
    assert document.cell_ids[0] == "a"
    assert len(set(document.cell_ids)) == 4


def test_a_fresh_id_is_never_one_that_is_taken() -> None:
    taken = SeededIds().cell()
    document = document_of(notebook(code_cell(id=taken), code_cell(id=taken)))
    assert len(set(document.cell_ids)) == 2


def test_trust_and_transient_keys_stay_out() -> None:
    nb = notebook(
        code_cell(metadata={"trusted": True, "tags": ["x"]}),
        metadata={"orig_nbformat": 3, "orig_nbformat_minor": 0, "signature": "s", "title": "t"},
    )
    result = round_trip(nb)
    assert result["cells"][0]["metadata"] == {"tags": ["x"]}
    assert result["metadata"] == {"title": "t"}


def test_our_execution_ids_stay_out() -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "x"}
    forged = notebook(code_cell(outputs=[{**output, "anode_execution_id": "e"}]))
    assert round_trip(forged)["cells"][0]["outputs"] == [output]
    document = document_of(notebook(code_cell(outputs=[output])))
    with document.edit("collector"):
        document.cells[0]["outputs"][0]["anode_execution_id"] = "e"
    assert document.to_notebook()["cells"][0]["outputs"] == [output]


def test_a_picture_that_a_page_made_is_a_representation_in_the_file() -> None:
    chart: dict[str, Any] = {"output_type": "display_data", "data": {"x/y": "1"}, "metadata": {}}
    own = {**chart, "data": {"x/y": "1", "image/png": "T3du"}}
    text = {"output_type": "stream", "name": "stdout", "text": "x"}
    document = document_of(notebook(code_cell(outputs=[chart, own, text])))
    with document.edit("page"):
        for output in document.cells[0]["outputs"]:
            output["anode_picture"] = "UGFnZQ=="
    drawn = {**chart, "data": {"x/y": "1", "image/png": "UGFnZQ=="}}
    assert document.to_notebook()["cells"][0]["outputs"] == [drawn, own, text]


def test_unknown_keys_are_kept() -> None:
    nb = notebook(
        code_cell(vendor={"deep": [1, {"a": None}]}),
        vendor_of_notebook={"x": 1},
    )
    assert round_trip(nb) == nb


def test_mime_bundles() -> None:
    lists = {
        "text/plain": ["a\n", "b"],
        "application/json": ["a\n", "b"],
        "application/vnd.x+json": ["c"],
        "text/odd": ["a", 1],
    }
    output = {"output_type": "display_data", "data": lists, "metadata": {}}
    [result] = round_trip(notebook(code_cell(outputs=[output])))["cells"][0]["outputs"]
    assert result["data"] == {**lists, "text/plain": "a\nb"}


@pytest.mark.parametrize("cells", [None, 5, "cells", [5], [None], {"a": 1}])
def test_without_a_list_of_cells_it_is_no_notebook(cells: object) -> None:
    with pytest.raises(NotANotebook):
        ipynb.from_notebook({"cells": cells, "nbformat": 4, "nbformat_minor": 5})


def test_without_the_key_it_is_no_notebook() -> None:
    with pytest.raises(NotANotebook):
        ipynb.from_notebook({"worksheets": []})


def test_incomplete_cells_are_completed() -> None:
    result = round_trip(notebook({}, {"cell_type": "code"}, {"cell_type": "heading", "level": 1}))
    assert [cell["cell_type"] for cell in result["cells"]] == ["raw", "code", "raw"]
    assert result["cells"][1]["outputs"] == []
    assert result["cells"][2]["level"] == 1
    node = nbformat.from_dict(result)  # type: ignore[no-untyped-call]
    nbformat.writes(node)  # type: ignore[no-untyped-call]


def test_lone_surrogates_do_not_hurt() -> None:
    result = round_trip(notebook(code_cell(source="a\ud800b", metadata={"\udc00": "\ud83d\ude00"})))
    assert result["cells"][0]["source"] == "a\ufffdb"
    assert result["cells"][0]["metadata"] == {"\ufffd": "😀"}


def test_the_same_notebook_gives_the_same_bytes() -> None:
    nb = notebook(code_cell(source="x"), metadata={"b": 1, "a": 2})
    updates = {ipynb.from_notebook(nb, ids=SeededIds(3)) for _ in range(3)}
    assert len(updates) == 1


def test_notebook_from_update() -> None:
    nb = notebook(code_cell(source="x"))
    assert ipynb.notebook_from_update(document_of(nb).encode()) == nb


def test_an_empty_document_is_an_empty_notebook() -> None:
    assert NotebookDocument(ids=SeededIds()).to_notebook() == notebook()
