"""The live document of a text file: bytes in, changes out, line feeds only."""

from __future__ import annotations

import pytest
from pycrdt import Doc, Text

from anode_jlab.documents.text_document import TextDocument
from anode_jlab.documents.text_kind import TextKind
from anode_jlab.errors import BadFrame, RoomClosed
from anode_jlab.testing.ids import SeededIds

KIND = TextKind()


def peer(document: TextDocument) -> tuple[Doc[Text], Text]:
    doc: Doc[Text] = Doc()
    doc.apply_update(document.encode())
    return doc, doc.get("source", type=Text)


def begun(text: str) -> TextDocument:
    document = KIND.new(ids=SeededIds(1))
    document.apply(KIND.begin(text, ids=SeededIds(2)), origin="import", author=None)
    return document


@pytest.mark.parametrize("text", ["", "a", "x = 1\n# Grüße 🐧\n", "\n\n"])
def test_a_file_becomes_a_document_and_back(text: str) -> None:
    document = begun(text)
    assert document.text == text
    assert KIND.to_file(document.encode()) == text
    assert KIND.is_empty(document) is (text == "")


def test_a_change_is_the_update_that_came() -> None:
    document = begun("one\n")
    doc, source = peer(document)
    vector = document.state_vector()
    source.insert(3, "!")
    (change,) = document.apply(doc.get_update(vector), origin="peer", author=None)
    assert change.update
    assert change.facts == ()
    assert document.text == "one!\n"
    (again,) = document.apply(doc.get_update(vector), origin="peer", author=None)
    assert again.update == b"", "the same once more changes nothing"


def test_carriage_returns_become_line_feeds_for_all() -> None:
    document = begun("Grüße\n")
    doc, source = peer(document)
    vector = document.state_vector()
    source.insert(0, "🐧\r\na\rb\n")
    changes = document.apply(doc.get_update(vector), origin="peer", author=None)
    assert [change.origin for change in changes] == ["peer", "repair"]
    assert document.text == "🐧\na\nb\nGrüße\n"
    for change in changes:
        doc.apply_update(change.update)
    assert str(source) == document.text


def test_an_edit_of_the_server_is_one_change() -> None:
    document = begun("a\nb\n")
    with document.edit("reload") as edit:
        document.source.insert(0, "0\r\n")
        KIND.replace(document, "0\na\nB\n", "reload")
    assert [change.origin for change in edit.changes] == ["reload"]
    assert document.text == "0\na\nB\n"


def test_what_is_no_update_is_refused() -> None:
    document = begun("a")
    with pytest.raises(BadFrame):
        document.apply(b"\x01\x02nonsense", origin="peer", author=None)
    assert document.text == "a"
    document.close()
    with pytest.raises(RoomClosed):
        document.load(b"\x00\x00")


def test_both_sides_of_a_change_survive() -> None:
    document = begun("def f():\n    return 1\n\ny = 2\n")
    with document.edit("peer"):
        document.source.insert(0, "# ours\n")
    change = KIND.change(
        KIND.base("def f():\n    return 1\n\ny = 2\n"),
        "def f():\n    return 3\n\ny = 2\n",
        path="tool.py",
        ids=SeededIds(3),
    )
    merged = KIND.merge(document, change, "merge")
    assert document.text == "# ours\ndef f():\n    return 3\n\ny = 2\n"
    assert (merged.changed, merged.versions) == (1, ())


def test_one_place_changed_by_both_stands_there_twice() -> None:
    document = begun("a\nx = 2\nb\n")
    base = KIND.base("a\nx = 1\nb\n")
    change = KIND.change(base, "a\nx = 3\nb\n", path="tool.py", ids=SeededIds(3))
    merged = KIND.merge(document, change, "merge")
    assert merged.versions
    assert document.text == (
        "a\n<<<<<<< edited here\nx = 2\n=======\nx = 3\n>>>>>>> file on disk\nb\n"
    )


def test_prose_is_merged_word_by_word() -> None:
    document = begun("The quick brown fox.\n")
    base = KIND.base("The quick red fox.\n")
    change = KIND.change(base, "The slow red fox.\n", path="notes.md", ids=SeededIds(3))
    assert not KIND.merge(document, change, "merge").versions
    assert document.text == "The slow brown fox.\n"
