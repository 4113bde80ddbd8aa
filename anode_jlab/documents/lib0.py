"""Reads and writes lib0's encodings, of which all messages of Yjs are made.

Source of the format: ``encoding.js`` and ``decoding.js`` of lib0 0.2. Values are skipped, not
built, and no declared count is believed before it was compared with the bytes that are left.
"""

from __future__ import annotations

import json
from typing import Final

from anode_jlab.errors import BadFrame, TooLarge

MAX_CLIENT: Final = 2**53 - 1
"""Yjs keeps client ids in doubles."""

MAX_DEPTH: Final = 64
"""Nesting of one value, or of types, that is taken: notebooks need five."""

_ANY_INTEGER: Final = 125
_ANY_STRING: Final = 119
_ANY_OBJECT: Final = 118
_ANY_ARRAY: Final = 117
_ANY_BINARY: Final = 116
_ANY_SIZES: Final = {127: 0, 126: 0, 124: 4, 123: 8, 122: 8, 121: 0, 120: 0}


class Lib0Reader:
    """A cursor over bytes; raises BadFrame (IndexError at a cut) on what is not valid."""

    __slots__ = ("data", "pos", "size", "values")

    def __init__(self, data: bytes, *, at: int = 0, values: int = 0) -> None:
        self.data = data
        self.size = len(data)
        self.pos = at
        self.values = values
        """How many values (``any``) may still come: a byte here can be 24 in memory."""

    def uint(self) -> int:
        """An unsigned integer of at most 53 bits."""
        pos = self.pos
        value = self.data[pos]
        if value < 0x80:
            self.pos = pos + 1
            return value
        value &= 0x7F
        shift = 7
        while True:
            pos += 1
            byte = self.data[pos]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 56:
                raise BadFrame("An integer is too long.")
        if value > MAX_CLIENT:
            raise BadFrame("An integer is too large.")
        self.pos = pos + 1
        return value

    def count(self, least: int) -> int:
        """A declared number of things that take at least ``least`` bytes each."""
        number = self.uint()
        if number * least > self.size - self.pos:
            raise BadFrame("More is declared than follows.")
        return number

    def skip_bytes(self) -> None:
        """A byte array with its length before it."""
        length = self.uint()
        self.pos += length
        if self.pos > self.size:
            raise BadFrame("Bytes are cut off.")

    def string(self) -> str:
        length = self.uint()
        start, end = self.pos, self.pos + length
        if end > self.size:
            raise BadFrame("A string is cut off.")
        self.pos = end
        try:
            return str(self.data[start:end], "utf-8")
        except UnicodeDecodeError as error:
            raise BadFrame("A string is not UTF-8.") from error

    def skip_any(self, depth: int = 0) -> None:
        """One lib0 ``any`` value."""
        if self.values <= 0:
            raise TooLarge("The update has too many values.")
        self.values -= 1
        kind = self.data[self.pos]
        self.pos += 1
        size = _ANY_SIZES.get(kind)
        if size is not None:
            self.pos += size
            if self.pos > self.size:
                raise BadFrame("A number is cut off.")
        elif kind == _ANY_STRING:
            self.string()
        elif kind == _ANY_INTEGER:
            self._skip_integer()
        elif kind == _ANY_BINARY:
            self.skip_bytes()
        elif kind in (_ANY_OBJECT, _ANY_ARRAY):
            if depth >= MAX_DEPTH:
                raise TooLarge("A value is nested too deeply.")
            named = kind == _ANY_OBJECT
            for _ in range(self.count(2 if named else 1)):
                if named:
                    self.string()
                self.skip_any(depth + 1)
        else:
            raise BadFrame("A value is of unknown kind.")

    def _skip_integer(self) -> None:
        first = self.pos
        while self.data[self.pos] >= 0x80:
            self.pos += 1
            if self.pos - first > 8:
                raise BadFrame("An integer is too long.")
        self.pos += 1

    def skip_json(self) -> None:
        """A JSON value in a string."""
        text = self.string()
        if text.count("[") + text.count("{") > MAX_DEPTH and _json_depth(text) > MAX_DEPTH:
            raise TooLarge("A value is nested too deeply.")
        try:
            json.loads(text, parse_constant=_refuse_constant)
        except ValueError as error:
            raise BadFrame("A value is not JSON.") from error


def write_uint(out: bytearray, value: int) -> None:
    """Append an unsigned integer as ``UpdateReader.uint`` reads it."""
    while value > 0x7F:
        out.append(0x80 | (value & 0x7F))
        value >>= 7
    out.append(value)


def _json_depth(text: str) -> int:
    """How deep brackets nest outside of strings."""
    depth = deepest = 0
    quoted = escaped = False
    for char in text:
        if quoted:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                quoted = False
        elif char == '"':
            quoted = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _refuse_constant(name: str) -> object:
    raise ValueError(name)
