"""Text is folded as a terminal shows it, however it is cut into pieces."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anode_jlab.execution.streams import StreamText
from anode_jlab.execution.terminal import Terminal


def fold(*pieces: str) -> str:
    terminal = Terminal()
    settled = ""
    for piece in pieces:
        terminal.feed(piece)
        settled += terminal.settled()
    return settled + terminal.live()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\n", "plain\n"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("12345\rab", "ab345"),
        ("12345\rab\n", "ab345\n"),
        ("abc\b\bX", "aXc"),
        ("\b\bX", "X"),
        ("one\ntwo\x1b[A\x1b[2K\rONE\n", "ONE\ntwo"),
        ("one\ntwo\x1b[1FX", "Xne\ntwo"),
        ("a\x1b[3Cb", "a   b"),
        ("abcdef\x1b[3D\x1b[K", "abc"),
        ("abcdef\x1b[2GX", "aXcdef"),
        ("a\nb\nc\x1b[2A\x1b[J", "a"),
        ("one\ntwo\x1b[2J\rx", "\nx"),
        ("\x1b[31mred\x1b[0m plain", "\x1b[31mred\x1b[0m plain"),
        ("\x1b[31mred\rR", "\x1b[31mRed"),
        ("\x1b[31mred\x1b[0m\rblue", "blue"),
        ("\x1b[1mbo\x1b[31mth\x1b[0m.\rX", "X\x1b[1mo\x1b[1m\x1b[31mth\x1b[0m."),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "\x1b]8;;http://x\x07link\x1b]8;;\x07"),
        ("end \x1b", "end \x1b"),
    ],
)
def test_what_a_terminal_shows(text: str, shown: str) -> None:
    folded = fold(text)
    assert visible(folded) == visible(shown)
    if "\r" not in text:
        assert folded == shown


def visible(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


PIECES = st.lists(
    st.sampled_from(
        ["a", "bc", "\n", "\r", "\b", "é🐧", "\x1b[A", "\x1b[2K", "\x1b[31m", "\x1b[0m", "\x1b[2C"]
    ),
    max_size=60,
)


@given(PIECES, st.integers(1, 7))
def test_cuts_make_no_difference(pieces: list[str], size: int) -> None:
    text = "".join(pieces)
    cut = [text[at : at + size] for at in range(0, len(text), size)]
    assert fold(*cut) == fold(*pieces) == fold(text)


@given(st.lists(st.text("ab\n\r\b", max_size=8), max_size=30))
def test_edits_lead_to_the_text(pieces: list[str]) -> None:
    stream = StreamText()
    written = ""
    for piece in pieces:
        stream.feed(piece)
        edit = stream.edit()
        if edit is not None:
            assert written.endswith(edit.deleted)
            written = written[: len(written) - len(edit.deleted)] + edit.inserted
        assert written == stream.text
    assert written == fold("".join(pieces))
    assert stream.digest()[0] == len(written.encode())


def test_long_texts_settle_above_the_window() -> None:
    terminal = Terminal()
    terminal.feed("".join(f"{number}\n" for number in range(1000)))
    assert terminal.settled().startswith("0\n1\n")
    terminal.feed("\x1b[500AX")
    assert terminal.live().startswith("X")


def test_one_line_without_end_settles() -> None:
    for start in ("", "x\r", "\x1b[31m"):
        terminal = Terminal()
        terminal.feed(start + "y" * 100_000)
        assert len(terminal.settled()) >= 60_000
        terminal.feed("z" * 100_000 + "\nlast")
        assert len(terminal.live()) < 50_000
        assert terminal.live().endswith("last")
