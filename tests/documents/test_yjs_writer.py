"""What we write by hand, pycrdt (and so Yjs) must read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text

from anode_jlab.documents.yjs_writer import ARRAY_TYPE, MAP_TYPE, TEXT_TYPE, UpdateWriter
from tests.documents.generated import TEXTS, VALUES


def read(update: bytes) -> Doc[Any]:
    doc: Doc[Any] = Doc()
    doc.apply_update(update)
    return doc


@given(VALUES)
def test_values_are_read_as_written(value: object) -> None:
    writer = UpdateWriter(7)
    writer.map_value(writer.root("meta"), "key", value)
    assert read(writer.update()).get("meta", type=Map)["key"] == value


@pytest.mark.parametrize(
    ("value", "read_as"),
    [
        (2**31 - 1, 2**31 - 1),
        (-(2**31), -(2**31)),
        (2**60, float(2**60)),
        (10**400, float("inf")),
        (-(10**400), float("-inf")),
        ((1, 2), [1, 2]),
        ({1: 2}, {"1": 2}),
        ("\ud800", "\ufffd"),
        ("\ud83d\ude00", "😀"),
        (True, True),
    ],
)
def test_values_that_javascript_has_not(value: object, read_as: object) -> None:
    writer = UpdateWriter(7)
    writer.map_value(writer.root("meta"), "key", value)
    assert read(writer.update()).get("meta", type=Map)["key"] == read_as


def test_what_is_no_json_is_refused() -> None:
    writer = UpdateWriter(7)
    with pytest.raises(TypeError, match="object is no JSON value"):
        writer.map_value(writer.root("meta"), "key", object())


@given(st.lists(st.lists(TEXTS, max_size=3), max_size=4))
def test_nested_types_and_texts(table: list[list[str]]) -> None:
    writer = UpdateWriter(2**32 - 1)
    rows, previous = writer.root("cells"), None
    for row in table:
        previous = writer.array_types(rows, MAP_TYPE, previous)
        fields, last = writer.map_type(previous, "fields", ARRAY_TYPE), None
        for text in row:
            last = writer.array_types(fields, MAP_TYPE, last)
            writer.text(writer.map_type(last, "text", TEXT_TYPE), text)
    doc = read(writer.update())
    assert doc.get("cells", type=Array).to_py() == [
        {"fields": [{"text": text} for text in row]} for row in table
    ]


@given(TEXTS, TEXTS)
def test_clocks_are_right_so_that_editing_goes_on(first: str, second: str) -> None:
    writer = UpdateWriter(5)
    root = writer.root("meta")
    writer.text(writer.map_type(root, "one", TEXT_TYPE), first)
    writer.text(writer.map_type(root, "two", TEXT_TYPE), second)
    doc = read(writer.update())
    meta = doc.get("meta", type=Map)
    text: Text = meta["two"]
    text += "!"
    again = read(writer.update())
    again.apply_update(doc.get_update(again.get_state()))
    assert again.get("meta", type=Map).to_py() == {"one": first, "two": second + "!"}


def test_nothing_written_is_an_empty_update() -> None:
    assert UpdateWriter(1).update() == b"\x00\x00"
