"""Whatever a client writes into the document: facts, repairs and export go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text, XmlFragment

from anode_jlab.documents import ipynb
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.events.content import CellCreated
from anode_jlab.testing.ids import SeededIds
from tests.documents.generated import VALUES

Cells = Array[Any]


def good(cell_id: str = "good") -> Map[Any]:
    return Map(
        {
            "id": cell_id,
            "cell_type": "code",
            "source": Text("x = 1"),
            "metadata": Map({}),
            "outputs": Array([]),
            "execution_count": None,
        }
    )


MALFORMED: dict[str, Callable[[], Any]] = {
    "no fields": lambda: Map({}),
    "a word": lambda: "cell",
    "nothing": lambda: None,
    "a number": lambda: 5,
    "bytes": lambda: b"\x00\x01",
    "a list": lambda: [1, {"cell_type": "code"}],
    "plain JSON cell": lambda: {"cell_type": "code", "source": "x", "id": "p"},
    "a text": lambda: Text("cell"),
    "an array": lambda: Array([1]),
    "xml": XmlFragment,
    "a document": Doc,
    "shared types as words": lambda: Map(
        {"id": Map({"a": 1}), "cell_type": Array(["code"]), "source": Map({"x": 1})}
    ),
    "wrong plain types": lambda: Map(
        {
            "id": 5,
            "cell_type": True,
            "source": 7,
            "metadata": "no",
            "outputs": "no",
            "execution_count": "no",
            "attachments": [1],
        }
    ),
    "code with wrong parts": lambda: Map(
        {
            "id": "w",
            "cell_type": "code",
            "source": Array(["a\n", "b", 5]),
            "metadata": Array([1]),
            "outputs": Map({"a": 1}),
            "execution_count": 1.5,
            "attachments": {"a": 1},
        }
    ),
    "wrong outputs": lambda: Map(
        {
            "id": "o",
            "cell_type": "code",
            "source": "plain words",
            "metadata": {"trusted": True, "kept": 1},
            "outputs": Array(
                [
                    5,
                    None,
                    Map({}),
                    Map({"output_type": 5}),
                    Map({"output_type": "stream", "text": Map({"a": 1})}),
                    Map({"output_type": "stream", "text": Array(["a", "b"])}),
                    Map({"output_type": "display_data", "data": 5, "metadata": Text("no")}),
                    Map({"output_type": "execute_result", "execution_count": "x"}),
                    {"output_type": "error"},
                ]
            ),
        }
    ),
    "markdown with outputs": lambda: Map(
        {
            "id": "m",
            "cell_type": "markdown",
            "source": Text("# t"),
            "metadata": Map({}),
            "outputs": Array([1]),
            "execution_count": 5,
            "attachments": {"a.png": {"image/png": ["a", "b"]}, "b": 5},
        }
    ),
    "unknown type": lambda: Map({"id": "u", "cell_type": "sql", "source": Text("select")}),
    "empty id": lambda: Map({"id": "", "cell_type": "raw", "source": Text("r")}),
}


def client() -> tuple[Doc[Any], Cells, list[bytes]]:
    doc: Doc[Any] = Doc()
    updates: list[bytes] = []
    doc.observe(lambda event: updates.append(event.update))
    return doc, doc.get("cells", type=Array), updates


def edit_inside(value: object) -> None:
    """Go on editing a shared type where it is not expected."""
    if isinstance(value, Text):
        value.insert(0, "é")
    elif isinstance(value, Array):
        value.append(Map({"text": Text("x")}))
        edit_inside(value[0])
        del value[0]
    elif isinstance(value, Map):
        value["a"] = Text("y")
        value["trusted"] = True
        edit_inside(value["a"])
    elif isinstance(value, XmlFragment):
        value.children.append("words")


def assert_alive(document: NotebookDocument) -> None:
    """The document can be exported, and goes on telling what happens to good cells."""
    nb = document.to_notebook()
    node = nbformat.from_dict(nb)  # type: ignore[no-untyped-call]
    nbformat.writes(node)  # type: ignore[no-untyped-call]
    ids = [cell["id"] for cell in nb["cells"]]
    assert len(ids) == len(set(ids))
    with document.edit("test") as edit:
        document.cells.append(good("later"))
    assert [type(fact) for fact in edit.changes[0].facts] == [CellCreated]
    with document.edit("test") as edit:
        document.cells[len(document.cells) - 1]["source"].insert(0, "é")
    assert [fact.event_name for fact in edit.changes[0].facts] == ["v1.CellSourceChanged"]


@pytest.mark.parametrize("kind", MALFORMED)
def test_one_malformed_cell(kind: str) -> None:
    _, cells, updates = client()
    cells.append(good())
    cells.append(MALFORMED[kind]())
    document = NotebookDocument(ids=SeededIds())
    for update in updates:
        document.apply(update, origin="peer", author=None)
    assert_alive(document)
    assert document.to_notebook()["cells"][0]["source"] == "x = 1"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_many_malformed_cells_edited(data: st.DataObject) -> None:
    doc, cells, updates = client()
    document = NotebookDocument(ids=SeededIds())
    kinds = data.draw(st.lists(st.sampled_from(sorted(MALFORMED)), min_size=1, max_size=6))
    with doc.transaction():
        for kind in kinds:
            cells.append(MALFORMED[kind]())
    cells.append(good())
    for _ in range(data.draw(st.integers(0, 6))):
        index = data.draw(st.integers(0, len(cells) - 1))
        if data.draw(st.booleans()):
            del cells[index]
            cells.append(good(data.draw(st.sampled_from(["good", "o", "w", "new"]))))
            continue
        cell = cells[index]
        if not isinstance(cell, Map):
            continue
        key = data.draw(
            st.sampled_from(["id", "cell_type", "source", "metadata", "outputs", "attachments"])
        )
        value = data.draw(
            st.one_of(
                VALUES,
                st.builds(Text, st.sampled_from(["", "text"])),
                st.builds(lambda: Map({"trusted": True, "a": Text("x")})),
                st.builds(lambda: Array([Map({"output_type": "stream", "text": Text("x")})])),
                st.builds(XmlFragment),
            )
        )
        cell[key] = value
        edit_inside(cell[key])
        if data.draw(st.booleans()):
            del cell[key]
    for update in updates:
        document.apply(update, origin="peer", author=None)
    assert_alive(document)


def test_malformed_notebook_metadata() -> None:
    doc: Doc[Any] = Doc()
    meta = doc.get("meta", type=Map)
    meta["nbformat"] = "four"
    meta["nbformat_minor"] = "five"
    meta["metadata"] = Text("no")
    meta["cells"] = [1]
    document = NotebookDocument(ids=SeededIds())
    document.apply(doc.get_update(), origin="peer", author=None)
    nb = document.to_notebook()
    assert nb == {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    meta["metadata"] = Map({"a": Map({"b": 1})})
    changes = document.apply(doc.get_update(), origin="peer", author=None)
    assert [fact.event_name for fact in changes[0].facts] == ["v1.NotebookMetadataChanged"]
    assert document.to_notebook()["metadata"] == {"a": {"b": 1}}


def test_roots_of_other_types() -> None:
    doc: Doc[Any] = Doc()
    text = doc.get("cells", type=Text)
    text += "abc"
    document = NotebookDocument(ids=SeededIds())
    document.apply(doc.get_update(), origin="peer", author=None)
    assert document.to_notebook()["cells"] == []
    with document.edit("test"):
        document.cells.insert(0, good())
    assert document.cell_ids == ["good"]


def test_a_cell_that_is_filled_step_by_step() -> None:
    _, cells, updates = client()
    cells.append(Map({}))
    cells[0]["cell_type"] = "code"
    cells[0]["source"] = Text("x")
    cells[0]["source"].insert(1, "y")
    document = NotebookDocument(ids=SeededIds())
    facts = [
        fact.event_name
        for update in updates
        for change in document.apply(update, origin="peer", author=None)
        for fact in change.facts
    ]
    assert facts == [
        "v1.CellCreated",
        "v1.CellTypeChanged",
        "v1.CellSourceChanged",
        "v1.CellSourceChanged",
    ]
    assert ipynb.placed_cells(document.doc)[0][1]["source"] == "xy"
