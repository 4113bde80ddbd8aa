from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pycrdt import Array, Doc, Map, Text

from anode_jlab.documents import recent as module
from anode_jlab.documents.recent import Recent
from anode_jlab.documents.units import item_at, text_of
from anode_jlab.documents.update_shape import read_shape
from anode_jlab.ids import CellId

CELL = CellId("c")


class Kept:
    """A document whose updates go into a Recent."""

    def __init__(self) -> None:
        self.doc: Doc[Any] = Doc()
        self.cells: Array[Any] = self.doc.get("cells", type=Array)
        self.encoded = 0
        self.recent = Recent(self.encode)

    def encode(self) -> bytes:
        self.encoded += 1
        return self.doc.get_update()

    @contextmanager
    def change(self) -> Iterator[None]:
        updates: list[bytes] = []
        subscription = self.doc.observe(lambda event: updates.append(event.update))
        with self.doc.transaction():
            yield
        self.doc.unobserve(subscription)
        for update in updates:
            self.recent.add(update, read_shape(update))

    def insert(self, text: str) -> None:
        with self.change():
            self.cells.append(Map({"id": CELL, "cell_type": "code", "source": Text(text)}))

    def erase(self, start: int, end: int) -> None:
        with self.change():
            del self.cells[0]["source"][start:end]

    def type(self, text: str) -> None:
        with self.change():
            self.cells[0]["source"].insert(0, text)

    def delete(self) -> None:
        with self.change():
            del self.cells[0]

    def texts(self) -> list[str]:
        copies = self.recent.ghost().copies({CELL}, least=1)[CELL]
        return [text_of(copy.units) for copy in copies.values()]


def test_a_ghost_has_what_was_deleted() -> None:
    kept = Kept()
    kept.insert("gone tomorrow")
    kept.insert("other")
    kept.erase(0, 5)
    kept.delete()
    assert kept.texts() == ["gone tomorrow", "other"]
    kept.type("an")
    assert kept.texts() == ["gone tomorrow", "another"]


def test_a_loaded_document_is_the_beginning() -> None:
    source = Kept()
    source.insert("loaded")
    kept = Kept()
    empty = [kept.recent.is_empty]
    kept.recent.begin(source.doc.get_update())
    assert [*empty, kept.recent.is_empty] == [True, False]
    assert kept.texts() == ["loaded"]


def test_what_was_deleted_one_by_one() -> None:
    kept = Kept()
    kept.insert("abcdef")
    item = item_at(kept.cells, 0)
    assert item is not None
    (copy,) = kept.recent.ghost().copies({CELL}, least=1)[CELL].values()
    kept.erase(1, 3)
    kept.delete()
    deleted = kept.recent.deleted_beside(item)
    assert [unit.text for unit in copy.units if unit.id in deleted] == ["b", "c"]


def test_old_updates_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UPDATES_PER_SEGMENT", 10)
    kept = Kept()
    kept.insert("old")
    kept.delete()
    for number in range(40):
        kept.insert(str(number))
        assert kept.recent.newest - kept.recent.oldest < 20
    assert "old" not in kept.texts()
    assert kept.texts() == [str(number) for number in range(40)]
    assert kept.encoded == 4


def test_large_updates_end_a_segment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BYTES_PER_SEGMENT", 100)
    kept = Kept()
    for _ in range(3):
        kept.insert("x" * 200)
    assert kept.encoded == 2


def test_an_idle_ghost_is_let_go_and_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GHOST_UPDATES", 3)
    kept = Kept()
    kept.insert("a")
    first = kept.recent.ghost()
    for _ in range(3):
        kept.type("b")
    assert kept.recent.ghost() is first
    for _ in range(4):
        kept.type("c")
    assert kept.recent.ghost() is not first
    assert kept.texts() == ["ccccbbba"]
