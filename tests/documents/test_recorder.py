"""What happened, told from transactions: single cases, and facts against the document itself."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pycrdt import Array, Doc, Map, Text

from anode_jlab.documents import ipynb
from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.plain import plain_cell
from anode_jlab.events.actor import SERVER
from anode_jlab.events.content import (
    CellCreated,
    CellDeleted,
    CellIdReplaced,
    CellMetadataChanged,
    CellMoved,
    CellOutputsChanged,
    CellSourceChanged,
    CellTypeChanged,
    NotebookMetadataChanged,
)
from anode_jlab.events.event import Envelope, Event
from anode_jlab.ids import CellId, Seq
from anode_jlab.materializers.builder import StateBuilder
from anode_jlab.testing.ids import SeededIds
from tests.documents.generated import Json

Facts = tuple[Event, ...]


class Person:
    """A client with a copy of its own, editing as JupyterLab does."""

    def __init__(self, document: NotebookDocument, client_id: int | None = None) -> None:
        self.document = document
        self.doc: Doc[Any] = Doc(client_id=client_id)
        self.cells: Array[Any] = self.doc.get("cells", type=Array)
        self.meta: Map[Any] = self.doc.get("meta", type=Map)
        self.pull()

    def pull(self) -> None:
        self.doc.apply_update(self.document.encode())

    def push(self) -> Facts:
        """Send what is new; the facts of all changes that this made."""
        update = self.doc.get_update(self.document.state_vector())
        changes = self.document.apply(update, origin="peer", author=None)
        return tuple(fact for change in changes for fact in change.facts)

    def insert(self, index: int, **fields: Any) -> None:
        self.cells.insert(index, new_cell(plain_cell(fields)))

    def move(self, origin: int, target: int, **fields: Any) -> None:
        """Delete and insert a clone; ``target`` is the index after the deletion."""
        cell = plain_cell({**self.cells[origin].to_py(), **fields})
        with self.doc.transaction():
            del self.cells[origin]
            self.cells.insert(target, new_cell(cell))


def document_with(*texts: str) -> NotebookDocument:
    cells = [
        {"id": chr(ord("a") + i), "cell_type": "code", "source": text}
        for i, text in enumerate(texts)
    ]
    nb: Json = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    document = NotebookDocument(ids=SeededIds())
    document.load(ipynb.from_notebook(nb, ids=SeededIds()))
    return document


def cell_id(word: str) -> CellId:
    return CellId(word)


def test_typing() -> None:
    person = Person(document_with("one", "two"))
    person.cells[1]["source"].insert(0, "é😀")
    assert person.push() == (
        CellSourceChanged(cell_id=cell_id("b"), inserted=2, deleted=0, length=5),
    )


def test_deleting_counts_code_points() -> None:
    person = Person(document_with("aé😀b"))
    del person.cells[0]["source"][1:7]
    assert person.push() == (
        CellSourceChanged(cell_id=cell_id("a"), inserted=0, deleted=2, length=2),
    )
    del person.cells[0]["source"][0:1]
    assert person.push() == (
        CellSourceChanged(cell_id=cell_id("a"), inserted=0, deleted=1, length=1),
    )


def test_typing_in_several_cells_is_told_in_their_order() -> None:
    person = Person(document_with("1", "2", "3"))
    for index in (2, 0, 1):
        person.cells[index]["source"].insert(0, "x")
    assert [getattr(fact, "cell_id", None) for fact in person.push()] == ["a", "b", "c"]


def test_text_that_came_and_went_in_one_transaction_is_no_change() -> None:
    document = document_with("1")
    with document.edit("test") as edit:
        document.cells[0]["source"].insert(0, "x")
        del document.cells[0]["source"][0:1]
    assert [change.facts for change in edit.changes] == [()]
    assert edit.changes[0].update


def test_creating_and_deleting() -> None:
    person = Person(document_with("1", "2", "3"))
    with person.doc.transaction():
        del person.cells[2]
        del person.cells[0]
        person.insert(1, id="x", cell_type="markdown", source="# t")
        person.insert(0, id="y", cell_type="raw", source="")
    assert person.push() == (
        CellDeleted(cell_id=cell_id("c"), index=2),
        CellDeleted(cell_id=cell_id("a"), index=0),
        CellCreated(cell_id=cell_id("y"), cell_type="raw", index=0),
        CellCreated(cell_id=cell_id("x"), cell_type="markdown", index=2),
    )


def test_a_deletion_undone_is_a_cell_restored() -> None:
    person = Person(document_with("1", "2"))
    del person.cells[0]
    person.push()
    person.insert(0, id="a", cell_type="code", source="1")
    assert person.push() == (
        CellCreated(cell_id=cell_id("a"), cell_type="code", index=0, restored=True),
    )


def test_moving() -> None:
    person = Person(document_with("1", "2", "3"))
    person.move(0, 2)
    assert person.push() == (CellMoved(cell_id=cell_id("a"), from_index=0, to_index=2),)
    person.move(2, 0)
    assert person.push() == (CellMoved(cell_id=cell_id("a"), from_index=2, to_index=0),)


def test_a_clone_in_its_own_place_did_not_move() -> None:
    person = Person(document_with("1", "2"))
    person.move(0, 0)
    assert person.push() == ()


def test_changing_the_type() -> None:
    person = Person(document_with("1", "2"))
    person.move(1, 1, cell_type="markdown")
    assert person.push() == (
        CellTypeChanged(cell_id=cell_id("b"), from_type="code", to_type="markdown"),
    )


def test_changing_the_type_in_place() -> None:
    person = Person(document_with("1"))
    person.cells[0]["cell_type"] = "markdown"
    assert person.push() == (
        CellTypeChanged(cell_id=cell_id("a"), from_type="code", to_type="markdown"),
    )


def test_a_clone_with_another_text() -> None:
    person = Person(document_with("1", "2"))
    person.move(0, 1, source="1 and more")
    assert person.push() == (
        CellMoved(cell_id=cell_id("a"), from_index=0, to_index=1),
        CellSourceChanged(cell_id=cell_id("a"), inserted=9, deleted=0, length=10),
    )


def test_a_text_replaced_by_a_new_one() -> None:
    person = Person(document_with("one"))
    person.cells[0]["source"] = Text("fours")
    assert person.push() == (
        CellSourceChanged(cell_id=cell_id("a"), inserted=5, deleted=3, length=5),
    )
    person.cells[0]["source"].insert(0, "!")
    assert person.push() == (
        CellSourceChanged(cell_id=cell_id("a"), inserted=1, deleted=0, length=6),
    )


def test_metadata_of_a_cell() -> None:
    person = Person(document_with("1"))
    with person.doc.transaction():
        person.cells[0]["metadata"]["tags"] = ["x"]
        person.cells[0]["metadata"]["collapsed"] = True
    assert person.push() == (CellMetadataChanged(cell_id=cell_id("a"), keys=("collapsed", "tags")),)
    person.cells[0]["metadata"] = Map({"name": "n"})
    assert person.push() == (CellMetadataChanged(cell_id=cell_id("a"), keys=("name",)),)


def test_outputs() -> None:
    person = Person(document_with("1"))
    output = {"output_type": "stream", "name": "stdout", "text": Text("x")}
    person.cells[0]["outputs"].append(Map(output))
    assert person.push() == (CellOutputsChanged(cell_id=cell_id("a"), count=1),)
    person.cells[0]["outputs"][0]["text"].insert(1, "y")
    assert person.push() == (CellOutputsChanged(cell_id=cell_id("a"), count=1),)
    person.cells[0]["outputs"].clear()
    assert person.push() == (CellOutputsChanged(cell_id=cell_id("a"), count=0),)


def test_what_has_no_fact() -> None:
    person = Person(document_with("1"))
    with person.doc.transaction():
        person.cells[0]["execution_state"] = "busy"
        person.cells[0]["execution_count"] = 5.0
        person.doc.get("state", type=Map)["dirty"] = True
    assert person.push() == ()


def test_notebook_metadata() -> None:
    person = Person(document_with())
    with person.doc.transaction():
        person.meta["nbformat_minor"] = 4
        person.meta["metadata"]["kernelspec"] = {"name": "x"}
    assert person.push() == (NotebookMetadataChanged(keys=("kernelspec", "nbformat_minor")),)


def test_an_id_changed_in_place() -> None:
    person = Person(document_with("1", "2"))
    person.cells[1]["id"] = "z"
    assert person.push() == (CellIdReplaced(cell_id=cell_id("b"), new_id=cell_id("z"), index=1),)
    person.cells[1]["source"].insert(0, "x")
    assert person.push() == (
        CellSourceChanged(cell_id=cell_id("z"), inserted=1, deleted=0, length=2),
    )


def test_facts_and_bytes_are_of_one_transaction() -> None:
    person = Person(document_with("1"))
    person.insert(1, id="n", cell_type="code", source="new")
    update = person.doc.get_update(person.document.state_vector())
    other = document_with("1")
    [change] = person.document.apply(update, origin="peer", author=None)
    assert other.apply(change.update, origin="replay", author=None)[0].facts == change.facts


class Ledger:
    """The materialised state, and the lengths of texts, from facts alone."""

    def __init__(self, document: NotebookDocument) -> None:
        self._state = StateBuilder()
        for index, cell in enumerate(content(document)):
            self._apply(CellCreated(cell_id=cell["id"], cell_type=cell["cell_type"], index=index))
        self._lengths = {cell["id"]: len(cell["source"]) for cell in content(document)}

    def take(self, fact: Event) -> None:
        if isinstance(fact, CellSourceChanged):
            if fact.cell_id in self._lengths:
                assert self._lengths[fact.cell_id] + fact.inserted - fact.deleted == fact.length
            self._lengths[fact.cell_id] = fact.length
        if isinstance(fact, CellDeleted):
            self._lengths.pop(fact.cell_id, None)
        self._apply(fact)

    def assert_true(self, document: NotebookDocument) -> None:
        cells = content(document)
        told = [(cell.id, cell.type) for cell in self._state.state().cells]
        assert told == [(cell["id"], cell["cell_type"]) for cell in cells]
        assert len({cell["id"] for cell in cells}) == len(cells)
        for cell in cells:
            assert self._lengths.get(cell["id"], len(cell["source"])) == len(cell["source"])

    def _apply(self, fact: Event) -> None:
        seq = Seq(self._state.seq + 1)
        self._state.apply(Envelope(seq=seq, time=0.0, actor=SERVER, event=fact))


def content(document: NotebookDocument) -> list[Json]:
    cells: list[Json] = document.to_notebook(with_ids=True)["cells"]
    return cells


class Author(Person):
    """Makes random transactions, some with many edits, without looking at the others' first."""

    def act(self, rng: random.Random) -> None:
        with self.doc.transaction():
            for _ in range(rng.choice((1, 1, 1, 2, 5))):
                self._edit(rng)

    def _edit(self, rng: random.Random) -> None:
        count = len(self.cells)
        kind = rng.choice(("type", "type", "delete text", "new", "delete", "move", "retype"))
        if kind == "new" or not count:
            name = f"n{rng.randrange(12)}" if rng.random() < 0.1 else f"u{rng.getrandbits(32)}"
            self.insert(rng.randint(0, count), id=name, cell_type="code", source="né😀w")
            return
        index = rng.randrange(count)
        text = self.cells[index]["source"]
        plain = str(text)
        if kind == "type":
            at = len(plain[: rng.randint(0, len(plain))].encode())
            text.insert(at, rng.choice(("x", "é", "😀", "a line\n")))
        elif kind == "delete text" and plain:
            start, end = sorted(rng.choices(range(len(plain) + 1), k=2))
            if start < end:
                del text[len(plain[:start].encode()) : len(plain[:end].encode())]
        elif kind == "delete":
            del self.cells[index]
        elif kind == "move":
            self.move(index, rng.randint(0, count - 1))
        elif kind == "retype":
            self.move(index, index, cell_type=rng.choice(("code", "markdown", "raw")))


@pytest.mark.parametrize("seed", range(60))
def test_facts_lead_to_the_document(seed: int) -> None:
    rng = random.Random(seed)
    document = document_with(*("é" * n for n in range(rng.randint(0, 6))))
    ledger = Ledger(document)
    people = [Author(document, client_id=n + 1) for n in range(3)]
    for _ in range(40):
        person = rng.choice(people)
        if rng.random() < 0.5:
            person.pull()
        person.act(rng)
        for fact in person.push():
            ledger.take(fact)
        ledger.assert_true(document)


@pytest.mark.parametrize("seed", range(20))
def test_the_logged_updates_lead_to_the_document(seed: int) -> None:
    """What is logged (each transaction's own update) rebuilds the document, repairs included."""
    rng = random.Random(seed)
    document = document_with("1", "2", "3")
    log = [document.encode()]
    people = [Author(document, client_id=n + 1) for n in range(3)]
    for _ in range(40):
        person = rng.choice(people)
        if rng.random() < 0.5:
            person.pull()
        person.act(rng)
        update = person.doc.get_update(document.state_vector())
        log += [c.update for c in document.apply(update, origin="peer", author=None) if c.update]
    replayed = NotebookDocument(ids=SeededIds())
    for update in log:
        replayed.load(update)
    assert replayed.to_notebook() == document.to_notebook()
    assert replayed.state_vector() == document.state_vector()
    assert replayed.cell_ids == document.cell_ids
