"""Positions in text, counted in three ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Array, Doc, Text

from anode_jlab.documents.offsets import (
    point_of_utf8,
    point_of_utf16,
    utf8_length,
    utf8_offset,
    utf16_length,
    utf16_offset,
)

TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from("aé€😀"), st.characters(exclude_categories=["Cs"]))
)


@pytest.mark.parametrize(
    ("text", "utf8", "utf16"), [("", 0, 0), ("ab", 2, 2), ("é€", 5, 2), ("a😀", 5, 3)]
)
def test_lengths(text: str, utf8: int, utf16: int) -> None:
    assert utf8_length(text) == utf8
    assert utf16_length(text) == utf16


@given(TEXTS, st.data())
def test_offsets_lead_back(text: str, data: st.DataObject) -> None:
    point = data.draw(st.integers(min_value=0, max_value=len(text)))
    assert point_of_utf8(text, utf8_offset(text, point)) == point
    assert point_of_utf16(text, utf16_offset(text, point)) == point


def test_inside_of_a_character_is_its_beginning() -> None:
    assert [point_of_utf8("a😀b", offset) for offset in range(7)] == [0, 1, 1, 1, 1, 2, 3]
    assert [point_of_utf16("a😀b", offset) for offset in range(5)] == [0, 1, 1, 2, 3]


def test_behind_the_end_is_the_end() -> None:
    assert point_of_utf8("ab", 9) == 2
    assert point_of_utf8("é", 9) == 1
    assert point_of_utf16("ab", 9) == 2
    assert point_of_utf16("😀", 9) == 1


@given(TEXTS, st.data())
def test_pycrdt_counts_utf8(text: str, data: st.DataObject) -> None:
    point = data.draw(st.integers(min_value=0, max_value=len(text)))
    doc: Doc[Array[Text]] = Doc()
    array = doc.get("texts", type=Array)
    array.append(Text(text))
    array[0].insert(utf8_offset(text, point), "|")
    assert str(array[0]) == text[:point] + "|" + text[point:]
    assert len(array[0]) == utf8_length(text) + 1
