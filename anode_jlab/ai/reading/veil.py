"""Covers what hidden cells say wherever else it comes up: in a traceback, a listing, a file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from anode_jlab.ai.reading.outputs import plain_texts

SHORTEST_LINE = 4
"""Characters of a line that is looked for: shorter ones stand in every text."""

ENDS = (6, 3)
"""How many last characters of an anchor it is found by."""

COVER = "[hidden]"

_PLAIN = re.compile(r"[ !#-&(-\[\]-~]+")
"""What stays as it is, however often Python or JSON writes a text between quotation marks."""


class Veil:
    """Knows the lines of hidden cells. A line that a visible cell's source has too is no secret."""

    def __init__(self, hidden: Iterable[Mapping[str, Any]] = (), shown: Iterable[str] = ()) -> None:
        """``hidden`` are plain cells, ``shown`` the sources of the others."""
        lines = {line for cell in hidden for text in _texts(cell) for line in _lines(text)}
        if lines:
            lines -= {line for source in shown for line in _lines(source)}
        self._by_end: dict[str, list[_Phrase]] = defaultdict(list)
        """By the ends of their anchors: of many phrases few can be in a text."""
        for phrase in map(_Phrase, lines):
            self._by_end[phrase.end].append(phrase)

    def covered(self, text: str) -> str:
        """The text without what hidden cells say."""
        if not self._by_end:
            return text
        ends = {text[at : at + size] for size in ENDS for at in range(len(text) - size + 1)}
        ends.add("")
        found = [phrase for end in ends & self._by_end.keys() for phrase in self._by_end[end]]
        for phrase in sorted(found, key=len, reverse=True):
            if phrase.anchor in text:
                text = phrase.pattern.sub(COVER, text)
        return text


class _Phrase:
    """A line to look for; ``anchor`` is a part of it that tells quickly where it is not."""

    def __init__(self, line: str) -> None:
        self._line = line
        self.anchor = max(_PLAIN.findall(line), key=len, default="")
        size = next((size for size in ENDS if size <= len(self.anchor)), 0)
        self.end = self.anchor[-size:] if size else ""

    def __len__(self) -> int:
        return len(self._line)

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
