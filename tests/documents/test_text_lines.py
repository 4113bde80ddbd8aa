"""A text file keeps how its lines end and how it begins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anode_jlab.documents.text_lines import in_style_of, plain

BOM = "\ufeff"


@pytest.mark.parametrize(
    ("before", "content", "after"),
    [
        (None, "a\nb\n", "a\nb\n"),
        ("a\nb", "a\nB\nc", "a\nB\nc"),
        ("a\r\nb\r\n", "a\nB\nc\n", "a\r\nB\r\nc\r\n"),
        ("a\rb\r", "a\nb\nc", "a\rb\rc"),
        (BOM + "a\r\n", "b\n", BOM + "b\r\n"),
        (BOM, "b\n", BOM + "b\n"),
        ("", "a\n", "a\n"),
        ("one\r\ntwo\nthree\r\n", "one\ntwo\nnew\nthree\n", "one\r\ntwo\nnew\r\nthree\r\n"),
        ("one\ntwo\r\nthree\n", "zero\ntwo\nthree", "zero\ntwo\r\nthree"),
    ],
)
def test_a_change_leaves_the_other_lines_as_they_are(
    before: str | None, content: str, after: str
) -> None:
    assert in_style_of(before, content) == after
    assert plain(after) == content


def test_a_long_file_of_mixed_ends_changes_in_one_line_only() -> None:
    ends = ("\n", "\r\n", "\r\n")
    before = "".join(f"line {n}{ends[n % 3]}" for n in range(20_000))
    after = in_style_of(before, plain(before).replace("line 9000\n", "another\n"))
    assert after == before.replace("line 9000\n", "another\r\n")


@given(st.text(st.sampled_from("ab\r\n")), st.booleans())
def test_unchanged_content_is_the_same_file(text: str, mark: bool) -> None:
    before = BOM * mark + text
    assert in_style_of(before, plain(before)) == before


@given(st.text(st.sampled_from("ab\r\n")), st.text(st.sampled_from("ab\n")))
def test_any_content_comes_back(before: str, content: str) -> None:
    assert plain(in_style_of(before, content)) == content
