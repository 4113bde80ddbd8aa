"""The live document: bytes in, changes out, repairs, failures."""

from __future__ import annotations

from typing import Any

import pytest
from pycrdt import Array, Doc, Map, Text

from anode_jlab.documents import ipynb
from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.plain import plain_cell
from anode_jlab.documents.shared import is_panic
from anode_jlab.errors import BadFrame, RoomClosed
from anode_jlab.events.content import CellCreated, CellDeleted, CellIdReplaced, CellSourceChanged
from anode_jlab.ids import CellId
from anode_jlab.testing.ids import SeededIds
from tests.documents.generated import Json


def code(name: str, source: str = "") -> Json:
    return plain_cell({"id": name, "cell_type": "code", "source": source})


def document_with(*cells: Json) -> NotebookDocument:
    nb: Json = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    document = NotebookDocument(ids=SeededIds())
    document.load(ipynb.from_notebook(nb, ids=SeededIds()))
    return document


def client_of(document: NotebookDocument) -> tuple[Doc[Any], Array[Any]]:
    doc: Doc[Any] = Doc()
    doc.apply_update(document.encode())
    return doc, doc.get("cells", type=Array)


def test_an_update_twice_changes_nothing_the_second_time() -> None:
    document = document_with(code("a"))
    doc, cells = client_of(document)
    cells[0]["source"].insert(0, "x")
    update = doc.get_update(document.state_vector())
    [first] = document.apply(update, origin="peer", author=None)
    [second] = document.apply(update, origin="peer", author=None)
    assert first.update
    assert first.origin == "peer"
    assert (second.update, second.facts) == (b"", ())


def test_an_empty_update_changes_nothing() -> None:
    [change] = document_with().apply(b"\x00\x00", origin="peer", author=None)
    assert change.update == b""


@pytest.mark.parametrize(
    "update", [b"", b"\x01", b"\xff\xff\xff\xff\x0f", b"\x01\x02\x05\x00\x04\x01\x05cells\x01a\x00"]
)
def test_bytes_that_are_no_update(update: bytes) -> None:
    document = document_with(code("a", "x"))
    with pytest.raises(BadFrame):
        document.apply(update, origin="peer", author=None)
    assert document.usable
    with document.edit("test") as edit:
        document.cells[0]["source"].insert(0, "y")
    assert len(edit.changes) == 1
    assert document.to_notebook()["cells"][0]["source"] == "yx"


def test_a_cut_update() -> None:
    document = document_with(code("a", "x"))
    doc, cells = client_of(document)
    cells.append(new_cell(code("b", "a longer text")))
    update = doc.get_update(document.state_vector())
    before = document.to_notebook()
    for end in range(len(update)):
        with pytest.raises(BadFrame):
            document.apply(update[:end], origin="peer", author=None)
    assert document.usable
    assert document.to_notebook() == before
    document.apply(update, origin="peer", author=None)
    assert document.cell_ids == ["a", "b"]


class NativePanic(BaseException):
    """Stands for pyo3's PanicException, which no sound input raises."""


NativePanic.__name__ = "PanicException"


def test_a_native_panic_ends_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    document = document_with(code("a", "x"))

    def panic(update: bytes) -> None:
        raise NativePanic("index out of bounds")

    monkeypatch.setattr(document.doc, "apply_update", panic)
    with pytest.raises(BadFrame):
        document.apply(b"\x00\x00", origin="peer", author=None)
    assert not document.usable
    with pytest.raises(RoomClosed):
        document.apply(b"\x00\x00", origin="peer", author=None)
    with pytest.raises(RoomClosed), document.edit("test"):
        pass


def test_a_real_panic_inside_an_edit() -> None:
    document = document_with(code("a", "x"))
    with pytest.raises(BaseException) as caught, document.edit("test"):  # noqa: PT011
        document.meta["big"] = 2**63
    assert is_panic(caught.value)
    assert not document.usable


def test_other_ends_of_the_world_are_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    document = document_with()

    def interrupt(update: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(document.doc, "apply_update", interrupt)
    with pytest.raises(KeyboardInterrupt):
        document.apply(b"\x00\x00", origin="peer", author=None)
    assert not document.usable


def test_an_edit_that_fails_before_it_changed_anything() -> None:
    document = document_with(code("a"))
    with pytest.raises(ZeroDivisionError), document.edit("test"):
        raise ZeroDivisionError
    assert document.usable


def test_an_edit_that_fails_half_way() -> None:
    document = document_with(code("a"))
    with pytest.raises(ZeroDivisionError), document.edit("test"):  # noqa: PT012
        document.cells[0]["source"].insert(0, "x")
        raise ZeroDivisionError
    assert not document.usable


def test_edits_inside_of_one_another_are_one() -> None:
    document = document_with(code("a"))
    with document.edit("outer") as outer:
        document.cells[0]["source"].insert(0, "x")
        with document.edit("inner") as inner:
            document.cells.append(new_cell(code("b")))
        assert inner is outer
    assert [(change.origin, len(change.facts)) for change in outer.changes] == [("outer", 2)]


def test_an_edit_without_changes() -> None:
    document = document_with(code("a"))
    with document.edit("test") as edit:
        pass
    assert edit.changes == []


def test_the_difference_to_a_state_vector() -> None:
    document = document_with(code("a", "x"))
    doc, cells = client_of(document)
    vector = document.state_vector()
    with document.edit("test"):
        document.cells[0]["source"].insert(0, "y")
    doc.apply_update(document.diff(vector))
    assert str(cells[0]["source"]) == "yx"
    assert document.diff(None) == document.encode()
    for garbage in (b"", b"\x01", b"\xff\xff"):
        with pytest.raises(BadFrame):
            document.diff(garbage)


def test_cells_are_found_by_id() -> None:
    document = document_with(*(code(f"c{n}", f"text {n}") for n in range(5)))
    with document.edit("test"):
        document.cells.insert(0, "junk")
        del document.cells[2]
    found = document.cell(CellId("c3"))
    assert found is not None
    assert str(found["source"]) == "text 3"
    assert document.index(CellId("c3")) == 3
    assert document.cell(CellId("c1")) is None
    assert document.index(CellId("c1")) is None
    with document.edit("test") as edit:
        found["source"].insert(0, "!")
    assert edit.changes[0].facts == (
        CellSourceChanged(cell_id=CellId("c3"), inserted=1, deleted=0, length=7),
    )


def test_an_equal_copy_of_a_cell_goes() -> None:
    document = document_with(code("a", "x"), code("b"))
    doc, cells = client_of(document)
    cells.append(new_cell(code("a", "x")))
    first, repair = document.apply(
        doc.get_update(document.state_vector()), origin="peer", author=None
    )
    assert first.facts == (CellCreated(cell_id=CellId("a"), cell_type="code", index=2),)
    assert repair.origin == "repair"
    assert repair.facts == (CellDeleted(cell_id=CellId("a"), index=2),)
    assert document.cell_ids == ["a", "b"]


def test_a_different_copy_gets_a_new_id_even_when_it_stands_first() -> None:
    document = document_with(code("a", "x"), code("b"))
    doc, cells = client_of(document)
    cells.insert(0, new_cell(code("a", "other")))
    _, repair = document.apply(doc.get_update(document.state_vector()), origin="peer", author=None)
    [fact] = repair.facts
    assert isinstance(fact, CellIdReplaced)
    assert (fact.cell_id, fact.index) == ("a", 0)
    assert document.cell_ids == [fact.new_id, "a", "b"]
    assert [cell["source"] for cell in document.to_notebook()["cells"]] == ["other", "x", ""]


def test_many_copies_at_once() -> None:
    document = document_with()
    doc, cells = client_of(document)
    with doc.transaction():
        for text in ("x", "x", "y", "x", "z"):
            cells.append(new_cell(code("a", text)))
    document.apply(doc.get_update(document.state_vector()), origin="peer", author=None)
    assert [cell["source"] for cell in document.to_notebook()["cells"]] == ["x", "y", "z"]
    assert len(set(document.cell_ids)) == 3
    assert document.cell_ids[0] == "a"


def test_the_mark_of_trust_is_taken_out() -> None:
    document = document_with(code("a"))
    doc, cells = client_of(document)
    with doc.transaction():
        cells[0]["metadata"]["trusted"] = True
        cells.append(new_cell({**code("b"), "metadata": {"trusted": True, "kept": 1}}))
    first, repair = document.apply(
        doc.get_update(document.state_vector()), origin="peer", author=None
    )
    assert [fact.event_name for fact in first.facts] == ["v1.CellCreated"]
    assert repair.facts == ()
    assert document.cells[0]["metadata"].to_py() == {}
    assert document.cells[1]["metadata"].to_py() == {"kept": 1}


def test_a_cell_without_an_id_gets_one() -> None:
    document = document_with()
    doc, cells = client_of(document)
    cells.append(Map({"cell_type": "code", "source": Text("x")}))
    first, repair = document.apply(
        doc.get_update(document.state_vector()), origin="peer", author=None
    )
    assert first.facts == ()
    assert [fact.event_name for fact in repair.facts] == ["v1.CellCreated"]
    assert document.cell_ids == [document.cells[0]["id"]]
    del document.cells[0]["id"]


def test_an_id_that_was_taken_away_comes_back() -> None:
    document = document_with(code("a", "x"))
    doc, cells = client_of(document)
    del cells[0]["id"]
    changes = document.apply(doc.get_update(document.state_vector()), origin="peer", author=None)
    assert [change.facts for change in changes] == [(), ()]
    assert document.cell_ids == ["a"]
    assert document.cells[0]["id"] == "a"


def test_loading_is_no_change() -> None:
    document = document_with(code("a", "x"))
    [change] = document.apply(b"\x00\x00", origin="peer", author=None)
    assert change.facts == ()
    assert document.cell_ids == ["a"]


def test_importing_tells_the_cells() -> None:
    nb: Json = {"cells": [code("a"), code("b")], "metadata": {"t": 1}, "nbformat_minor": 5}
    document = NotebookDocument(ids=SeededIds())
    [change] = document.apply(ipynb.from_notebook(nb), origin="import", author=None)
    assert [fact.event_name for fact in change.facts] == [
        "v1.CellCreated",
        "v1.CellCreated",
        "v1.NotebookMetadataChanged",
    ]


def test_a_closed_document_is_not_used() -> None:
    document = document_with(code("a"))
    document.close()
    with pytest.raises(RoomClosed):
        document.apply(b"\x00\x00", origin="peer", author=None)
