"""Long streams: cut by their text alone, and the one stream again in a file."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anode_jlab.documents.long_text import (
    LARGEST_PIECE,
    LONG_TEXT_MIME,
    LongText,
    Piece,
    head_of,
    long_text_in,
    one_stream,
    parts_of,
    pieces_of,
    tail_of,
)
from anode_jlab.ids import Sha256

LINES = "".join(f"line {number} ü🐧\n" for number in range(30_000))


def piece(text: str) -> Piece:
    data = text.encode()
    return Piece(Sha256(sha256(data).hexdigest()), len(data), text.count("\n"))


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


@given(st.sampled_from([LINES, "x" * 400_000, "\n" * 200_000]), st.integers(0, 400_000))
def test_pieces_are_the_text_and_do_not_depend_on_what_follows(text: str, size: int) -> None:
    text = text[:size]
    pieces = list(pieces_of(text))
    assert "".join(pieces) == text
    assert all(len(one) <= LARGEST_PIECE for one in pieces)
    longer = list(pieces_of(text + "and more\n" * 9000))
    assert longer[: len(pieces) - 1] == pieces[:-1]


def test_few_pieces() -> None:
    assert len(list(pieces_of("0123456789\n" * 1_000_000))) < 60


def test_ends_are_of_whole_lines() -> None:
    head, tail = head_of(LINES, 65_536), tail_of(LINES, 65_536)
    assert LINES.startswith(head)
    assert head.endswith("\n")
    assert LINES.endswith("\n" + tail)
    assert 16_000 < len(tail) < len(head) <= 32_768


@pytest.mark.parametrize("text", [LINES, "x" * 100_000])
def test_there_and_back(text: str) -> None:
    pieces = list(pieces_of(text))
    parts = parts_of(stream(text), 65_536, [piece(one) for one in pieces])
    assert [sorted(part) for part in parts] == [
        ["name", "output_type", "text"],
        ["data", "metadata", "output_type"],
        ["name", "output_type", "text"],
    ]
    around = [stream("error\n", "stderr"), *parts, stream("other\n", "stderr")]
    whole = one_stream(around, lambda long: text)
    assert whole == [around[0], stream(text), around[-1]]


def test_what_cannot_be_found_stays() -> None:
    parts = list(parts_of(stream(LINES), 65_536, [piece(one) for one in pieces_of(LINES)]))

    def missing(long: LongText) -> str:
        raise LookupError

    assert one_stream(parts, missing) == parts


def test_ends_that_say_something_else_stay() -> None:
    """A person may have removed the beginning; the end of a stream may not have been kept."""
    head, reference, tail = parts_of(stream(LINES), 65_536, [piece(LINES)])
    assert one_stream([reference], lambda _: LINES) == [stream(LINES)]
    changed = {**head, "text": "mine\n"}
    more = {**tail, "text": "and more\n"}
    whole = one_stream([changed, reference, more], lambda _: LINES)
    assert whole == [changed, stream(LINES + "and more\n")]


def test_what_was_lost_is_told() -> None:
    lost = LongText("stderr", (piece("kept\n"),), 1234).output()
    assert "1,234 characters could not be kept" in lost["data"]["text/plain"]
    (whole,) = one_stream([lost, stream("end\n", "stderr")], lambda _: "kept\n")
    assert whole["text"] == "kept\n\n[1,234 characters of output could not be kept.]\nend\n"


@pytest.mark.parametrize(
    "plain",
    [
        None,
        7,
        {"name": "stdin", "pieces": []},
        {"name": "stdout", "pieces": [{"sha256": 1}]},
        {"name": "stdout"},
    ],
)
def test_what_is_no_reference(plain: object) -> None:
    assert long_text_in({"data": {LONG_TEXT_MIME: plain}}) is None
    assert long_text_in({"data": plain}) is None


def test_numbers_of_javascript() -> None:
    plain = {"name": "stdout", "pieces": [{"sha256": "a" * 64, "size": 2.0, "lines": 1.0}]}
    found = long_text_in({"data": {LONG_TEXT_MIME: plain}})
    assert found is not None
    assert (found.size, found.lines) == (2, 1)
