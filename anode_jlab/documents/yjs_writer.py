"""Writes a Yjs v1 update from nothing: ten times as fast as building a document and encoding it.

Format: https://github.com/yjs/yjs/blob/main/INTERNALS.md and lib0's encoding. One client writes
all structs in clock order, so that no struct refers to a later one.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from anode_jlab.documents.offsets import utf16_length
from anode_jlab.documents.sane import as_float, whole_characters

ARRAY_TYPE, MAP_TYPE, TEXT_TYPE = 0, 1, 2
"""Yjs type references."""

_HAS_ORIGIN, _HAS_KEY = 0x80, 0x20
_CONTENT_STRING, _CONTENT_TYPE, _CONTENT_ANY = 4, 7, 8
_ONE_BYTE = tuple(bytes((value,)) for value in range(0x80))
_LARGEST_INTEGER = 0x7FFFFFFF
"""lib0 writes larger integers as floating point."""


class UpdateWriter:
    """Collects structs; a shared type is known by its *place*: how structs inside of it name it."""

    def __init__(self, client: int) -> None:
        self._client = varuint(client)
        self._clock = 0
        self._structs = 0
        self._out = bytearray()
        self._keys: dict[str, bytes] = {}

    def root(self, name: str) -> bytes:
        """The place of a root type."""
        return b"\x01" + varstring(name)

    def map_value(self, place: bytes, key: str, value: object) -> None:
        """Set ``key`` of the map at ``place`` to a JSON value."""
        self._head(_CONTENT_ANY | _HAS_KEY, place, key)
        self._out.append(1)
        write_any(self._out, value)
        self._clock += 1

    def map_type(self, place: bytes, key: str, type_ref: int) -> bytes:
        """Set ``key`` of the map at ``place`` to a new shared type and return its place."""
        self._head(_CONTENT_TYPE | _HAS_KEY, place, key)
        return self._new_type(type_ref)

    def array_types(self, place: bytes, type_ref: int, previous: bytes | None) -> bytes:
        """Append a new shared type to the array at ``place`` and return its place.

        ``previous`` is the place of the element appended before it.
        """
        if previous is None:
            self._head(_CONTENT_TYPE, place, None)
        else:
            self._structs += 1
            self._out.append(_CONTENT_TYPE | _HAS_ORIGIN)
            self._out += previous[1:]
        return self._new_type(type_ref)

    def text(self, place: bytes, text: str) -> None:
        """Fill the empty text at ``place``."""
        if text:
            text = whole_characters(text)
            self._head(_CONTENT_STRING, place, None)
            self._out += varstring(text)
            self._clock += utf16_length(text)

    def update(self) -> bytes:
        """Everything written so far as one update."""
        if not self._structs:
            return b"\x00\x00"
        head = b"\x01" + varuint(self._structs) + self._client + b"\x00"
        return head + bytes(self._out) + b"\x00"

    def _head(self, info: int, place: bytes, key: str | None) -> None:
        self._structs += 1
        out = self._out
        out.append(info)
        out += place
        if key is not None:
            encoded = self._keys.get(key)
            if encoded is None:
                encoded = self._keys[key] = varstring(key)
            out += encoded

    def _new_type(self, type_ref: int) -> bytes:
        self._out.append(type_ref)
        place = b"\x00" + self._client + varuint(self._clock)
        self._clock += 1
        return place


def varuint(value: int) -> bytes:
    """lib0's variable-length unsigned integer: 7 bits a byte, the lowest first."""
    if value < 0x80:
        return _ONE_BYTE[value]
    out = bytearray()
    while value > 0x7F:
        out.append(0x80 | (value & 0x7F))
        value >>= 7
    out.append(value)
    return bytes(out)


def varstring(text: str) -> bytes:
    """Length in bytes, then UTF-8."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        data = whole_characters(text).encode()
    return varuint(len(data)) + data


def write_any(out: bytearray, value: object) -> None:
    """Append lib0's encoding of a JSON value. Raises TypeError for what is no JSON."""
    if isinstance(value, str):
        out.append(119)
        out += varstring(value)
    elif value is None:
        out.append(126)
    elif isinstance(value, bool):
        out.append(120 if value else 121)
    elif isinstance(value, int | float):
        _write_number(out, value)
    elif isinstance(value, Mapping):
        out.append(118)
        out += varuint(len(value))
        for key, item in value.items():
            out += varstring(str(key))
            write_any(out, item)
    elif isinstance(value, Sequence):
        out.append(117)
        out += varuint(len(value))
        for item in value:
            write_any(out, item)
    else:
        raise TypeError(f"{type(value).__name__} is no JSON value")


def _write_number(out: bytearray, value: float) -> None:
    if isinstance(value, int) and abs(value) <= _LARGEST_INTEGER:
        out.append(125)
        _write_varint(out, value)
        return
    out.append(123)
    out += struct.pack(">d", as_float(value))


def _write_varint(out: bytearray, value: int) -> None:
    sign = 0x40 if value < 0 else 0
    value = abs(value)
    first = value & 0x3F
    value >>= 6
    out.append((0x80 if value else 0) | sign | first)
    while value:
        low = value & 0x7F
        value >>= 7
        out.append((0x80 if value else 0) | low)
