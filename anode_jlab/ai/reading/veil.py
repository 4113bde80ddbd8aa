"""Covers what hidden cells say wherever else it comes up: in a traceback, a listing, a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from anode_jlab.ai.reading.outputs import plain_texts

SHORTEST_LINE = 4
"""Characters of a line that is looked for: shorter ones stand in every text."""

COVER = "[hidden]"

_PLAIN = re.compile(r"[^\s'\"\\]+", re.ASCII)
"""What stays as it is, however often Python or JSON writes a text between quotation marks."""


class Veil:
    """Knows the lines of hidden cells. A line that a visible cell's source has too is no secret."""

    def __init__(self, hidden: Iterable[Mapping[str, Any]] = (), shown: Iterable[str] = ()) -> None:
        """``hidden`` are plain cells, ``shown`` the sources of the others."""
        lines = {line for cell in hidden for text in _texts(cell) for line in _lines(text)}
        if lines:
            lines -= {line for source in shown for line in _lines(source)}
        self._phrases = [_Phrase(line) for line in sorted(lines, key=len, reverse=True)]

    def covered(self, text: str) -> str:
        """The text without what hidden cells say."""
        for phrase in self._phrases:
            if phrase.anchor in text:
                text = phrase.pattern.sub(COVER, text)
        return text


class _Phrase:
    """A line to look for; ``anchor`` is a part of it that tells quickly where it is not."""

    def __init__(self, line: str) -> None:
        self._line = line
        plain = (run for run in _PLAIN.findall(line) if run.isascii())
        self.anchor = max(plain, key=len, default="")

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The line as it is, and as it stands in strings within strings."""
        return re.compile("".join(map(_escaped, self._line)))


def _escaped(character: str) -> str:
    if character in "'\"\\":
        return r"\\*" + re.escape(character)
    if character == "\t":
        return r"(?:\t|\\+t)"
    if character.isascii():
        return re.escape(character)
    units = character.encode("utf-16-be").hex()
    pairs = "".join(r"\\+u" + units[at : at + 4] for at in range(0, len(units), 4))
    return f"(?:{re.escape(character)}|{pairs})"


def _texts(cell: Mapping[str, Any]) -> Iterable[str]:
    yield cell["source"]
    for output in cell.get("outputs", ()):
        yield from plain_texts(output)


def _lines(text: str) -> Iterable[str]:
    stripped = (line.strip() for line in text.splitlines())
    return (line for line in stripped if len(line) >= SHORTEST_LINE)
