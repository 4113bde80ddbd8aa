"""One text into another by few edits, made in a live Text."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Array, Doc, Text

from anode_jlab.documents.text_edits import MOST_LINES, TextEdit, apply_edits, text_edits

LINES = st.lists(st.text(alphabet="abcé😀 ", max_size=6), max_size=12).map("\n".join)


def applied(old: str, edits: list[TextEdit]) -> str:
    for edit in reversed(edits):
        old = old[: edit.at] + edit.inserted + old[edit.at + edit.deleted :]
    return old


def live(text: str) -> Text:
    doc: Doc[Any] = Doc()
    array = doc.get("texts", type=Array)
    array.append(Text(text))
    result: Text = array[0]
    return result


@given(LINES, LINES)
def test_edits_lead_to_the_new_text(old: str, new: str) -> None:
    edits = text_edits(old, new)
    assert applied(old, edits) == new
    assert [edit.at for edit in edits] == sorted(edit.at for edit in edits)
    text = live(old)
    apply_edits(text, old, edits)
    assert str(text) == new


def test_equal_texts_need_no_edit() -> None:
    assert text_edits("a\nb", "a\nb") == []


def test_only_what_differs_is_touched() -> None:
    old = "one = 1\ntwo = 2\nthree = 3\n"
    new = "zero = 0\none = 1\ntwo = 22\nthree = 3"
    assert text_edits(old, new) == [
        TextEdit(0, 0, "zero = 0\n"),
        TextEdit(15, 0, "2"),
        TextEdit(25, 1, ""),
    ]


def test_a_word_in_a_line() -> None:
    assert text_edits("x = load('a.csv')", "x = load('b.csv')") == [TextEdit(10, 1, "b")]


def test_very_long_texts_are_replaced_in_the_middle() -> None:
    lines = [f"line {n}" for n in range(MOST_LINES + 1)]
    old = "\n".join(["first", *lines, "last"])
    new = "\n".join(["first", *reversed(lines), "last"])
    [edit] = text_edits(old, new)
    assert applied(old, [edit]) == new
    assert edit.at > len("first\n")


def test_people_keep_what_they_type_meanwhile() -> None:
    old, new = "a = 1\nb = 2\nc = 3\n", "a = 1\nb = 20\nc = 3\n"
    ours: Doc[Any] = Doc()
    array = ours.get("texts", type=Array)
    array.append(Text(old))
    theirs: Doc[Any] = Doc()
    theirs.apply_update(ours.get_update())
    theirs.get("texts", type=Array)[0].insert(0, "# typed\n")
    apply_edits(array[0], old, text_edits(old, new))
    ours.apply_update(theirs.get_update())
    assert str(array[0]) == "# typed\n" + new
