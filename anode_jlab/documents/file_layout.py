"""How a notebook file's JSON is laid out, and the text that each of its values was written as."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

WHITESPACE = re.compile(r"[ \t\r\n]*")
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
ESCAPED = re.compile(r"\\u(?!00[0-7])[0-9a-fA-F]{4}")
FIRST_KEY = re.compile(r'\{(?P<gap>[ \t\r\n]*)"(?:[^"\\]|\\.)*"(?P<separator>[ \t\r\n]*:[ \t]*)')
COMMA_AT_LINE_END = re.compile(r"(?P<separator>,[ \t]*)\r?\n")
COMMA_ON_ONE_LINE = re.compile(r"[}\]\"0-9el](?P<separator>,[ \t]*)\"")

_decoder = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value with the text it was written as: ``text[start:end]``."""

    text: str
    start: int
    end: int
    value: Any
    label: str = ""
    """For a member of an object: its key and colon, as they were written."""

    @property
    def verbatim(self) -> str:
        return self.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file's JSON is laid out. ``indent`` is None when everything is on one line."""

    indent: str | None
    newline: str
    comma: str
    colon: str
    ascii: bool
    ordered: bool

    @property
    def indented(self) -> bool:
        """Whether items stand on lines of their own."""
        return self.indent is not None

    def dump(self, value: Any, level: int) -> str:
        """``value`` as JSON that stands ``level`` levels deep."""
        text = json.dumps(
            value,
            indent=self.indent,
            separators=(self.comma, self.colon),
            ensure_ascii=self.ascii,
            sort_keys=self.ordered,
        )
        if self.indent is None:
            return text
        return text.replace("\n", self.newline + self.indent * level)

    def wrap(self, brackets: str, items: Sequence[str], level: int) -> str:
        """The items of an object or list that stands ``level`` levels deep."""
        opening, closing = brackets[0], brackets[1]
        if not items:
            return brackets
        if self.indent is None:
            return opening + self.comma.join(items) + closing
        inner = self.newline + self.indent * (level + 1)
        body = (self.comma + inner).join(items)
        return f"{opening}{inner}{body}{self.newline}{self.indent * level}{closing}"


def read_layout(text: str, members: dict[str, Node], cells: Sequence[Node]) -> Layout:
    """The layout of a notebook file's text."""
    first = FIRST_KEY.match(text, skip_blanks(text, 0))
    gap = first["gap"] if first else "\n "
    colon = first["separator"] if first else ": "
    indent = gap.rpartition("\n")[2] if "\n" in gap else None
    comma = (COMMA_ON_ONE_LINE if indent is None else COMMA_AT_LINE_END).search(text)
    objects = [members, *(cell.value for cell in cells[:20])]
    return Layout(
        indent=indent,
        newline="\r\n" if "\r\n" in gap else "\n",
        comma=comma["separator"] if comma else ",",
        colon=colon,
        ascii=NOT_ASCII.search(text) is None and ESCAPED.search(text) is not None,
        ordered=all(list(found) == sorted(found) for found in objects),
    )


def skip_blanks(text: str, at: int) -> int:
    found = WHITESPACE.match(text, at)
    return found.end() if found else at


def _node(text: str, at: int, label: str = "") -> Node:
    value, end = _decoder.raw_decode(text, at)
    return Node(text, at, end, value, label)


def members_of(text: str, start: int) -> Iterator[tuple[str, Node]]:
    """The members of the object that starts at ``start``."""
    at = skip_blanks(text, start + 1)
    while text[at] != "}":
        key = _node(text, at)
        after_colon = skip_blanks(text, skip_blanks(text, key.end) + 1)
        value = _node(text, after_colon, text[at:after_colon])
        yield key.value, value
        at = skip_blanks(text, value.end)
        if text[at] == ",":
            at = skip_blanks(text, at + 1)


def elements_of(text: str, start: int) -> Iterator[Node]:
    """The elements of the list that starts at ``start``."""
    at = skip_blanks(text, start + 1)
    while text[at] != "]":
        node = _node(text, at)
        yield node
        at = skip_blanks(text, node.end)
        if text[at] == ",":
            at = skip_blanks(text, at + 1)


def end_of_object(text: str, start: int, members: dict[str, Node]) -> int:
    last = max((node.end for node in members.values()), default=start + 1)
    return skip_blanks(text, last) + 1
