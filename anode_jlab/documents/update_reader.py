"""Reads the bytes of a Yjs v1 update block by block, without building any of its content.

Format: ``UpdateDecoderV1``, ``readClientsStructRefs``, ``readDeleteSet`` and ``content*.js`` of
yjs 13.6, on lib0's variable-length integers. Nothing is allocated by a declared count: each count
is first compared with the bytes that are left. What the native library (yrs) reads otherwise than
Yjs is refused, for it would see something else than what was judged here: the old JSON content,
XML hooks, spare bits that are set, integers that are longer than 32 bits.
"""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from anode_jlab.errors import BadFrame, TooLarge

Id = tuple[int, int]
"""Client and clock of one unit of content."""

MAX_CLIENT: Final = 2**53 - 1
"""Yjs keeps client ids in doubles."""

MAX_CLOCK: Final = 2**31 - 1
"""The native library counts clocks in 32 bits; half of that keeps every sum of two in range."""

MAX_DEPTH: Final = 64
"""Nesting of one value, or of types, that is taken: notebooks need five."""

GC, DELETED, _JSON, BINARY, STRING, EMBED, FORMAT, TYPE, ANY, DOC, SKIP = range(11)
"""Content references: the low five bits of a block's first byte."""

_TYPES: Final = frozenset((0, 1, 2, 3, 4, 6))
"""Array, Map, Text, XML element, fragment and text."""

_NAMED_TYPE: Final = 3
_HAS_ORIGIN: Final = 0x80
_HAS_RIGHT_ORIGIN: Final = 0x40
_HAS_PARENT_SUB: Final = 0x20
_FLAGS: Final = _HAS_ORIGIN | _HAS_RIGHT_ORIGIN | _HAS_PARENT_SUB

_ANY_INTEGER: Final = 125
_ANY_STRING: Final = 119
_ANY_OBJECT: Final = 118
_ANY_ARRAY: Final = 117
_ANY_BINARY: Final = 116
_ANY_SIZES: Final = {127: 0, 126: 0, 124: 4, 123: 8, 122: 8, 121: 0, 120: 0}


class Block(NamedTuple):
    """One struct of an update: ``length`` units of ``client``'s content from ``clock`` on.

    ``parent`` is an id, the name of a root type, or None when it is that of an origin. The content
    lies at ``start:end`` of the update (after the length, for those that declare one).
    """

    client: int
    clock: int
    length: int
    ref: int
    origin: Id | None
    right_origin: Id | None
    parent: Id | str | None
    parent_sub: str | None
    start: int
    end: int


class Deletion(NamedTuple):
    """``length`` deleted units of ``client`` from ``clock`` on."""

    client: int
    clock: int
    length: int


class UpdateReader:
    """A cursor over an update; raises BadFrame (IndexError at a cut) on what is not valid."""

    __slots__ = ("_client", "_client_bytes", "data", "halves", "pos", "size", "values")

    def __init__(self, data: bytes, *, values: int = 0) -> None:
        self.data = data
        self.size = len(data)
        self.pos = 0
        self._client = -1
        self._client_bytes = b"\xff" * 9
        self.values = values
        """How many values (``any``) may still come: a byte here can be 24 in memory."""
        self.halves: set[Id] = set()
        """The second units of all surrogate pairs in text."""

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

    def client(self) -> int:
        """The client whose blocks follow; ids of its content are then read faster."""
        start = self.pos
        self._client = self.uint()
        self._client_bytes = self.data[start : self.pos]
        return self._client

    def id(self) -> Id:
        if self.data.startswith(self._client_bytes, self.pos):
            self.pos += len(self._client_bytes)
            return self._client, self.clock()
        return self.uint(), self.clock()

    def clock(self) -> int:
        value = self.uint()
        if value > MAX_CLOCK:
            raise BadFrame("A clock is too large.")
        return value

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

    def block(self, client: int, clock: int) -> Block:
        """The next block, which begins at ``clock``."""
        info = self.data[self.pos]
        self.pos += 1
        if info in (GC, SKIP):
            length = self.clock()
            self._check_end(clock + length)
            return Block(client, clock, length, info, None, None, None, None, self.pos, self.pos)
        ref = info & ~_FLAGS
        origin = right = parent = parent_sub = None
        if info & _HAS_ORIGIN:
            origin = self.id()
        if info & _HAS_RIGHT_ORIGIN:
            right = self.id()
        if origin is None and right is None:
            parent = self._parent()
            if info & _HAS_PARENT_SUB:
                parent_sub = self.string()
        start = self.pos
        if ref == STRING:
            length = self._text(client, clock)
        elif ref == DELETED:
            length = self.clock()
        elif ref == ANY:
            length = self.count(1)
            start = self.pos
            for _ in range(length):
                self.skip_any()
        else:
            length = 1
            self._skip_single(ref)
        self._check_end(clock + length)
        return Block(client, clock, length, ref, origin, right, parent, parent_sub, start, self.pos)

    def _parent(self) -> Id | str:
        named = self.uint()
        if named > 1:
            raise BadFrame("A parent is of unknown kind.")
        return self.string() if named else self.id()

    def _text(self, client: int, clock: int) -> int:
        """Yjs counts UTF-16 units: characters beyond the basic plane are two."""
        text = self.string()
        if text.isascii():
            return len(text)
        at = clock
        for char in text:
            at += 1
            if char > "\uffff":
                self.halves.add((client, at))
                at += 1
        return at - clock

    def _check_end(self, clock: int) -> None:
        if clock > MAX_CLOCK:
            raise BadFrame("A clock is too large.")

    def _skip_single(self, ref: int) -> None:
        """Content of exactly one unit."""
        if ref == TYPE:
            kind = self.data[self.pos]
            self.pos += 1
            if kind not in _TYPES:
                raise BadFrame("A type is unknown.")
            if kind == _NAMED_TYPE:
                self.string()
        elif ref == FORMAT:
            self.string()
            self.skip_json()
        elif ref == EMBED:
            self.skip_json()
        elif ref == BINARY:
            self.skip_bytes()
        elif ref == DOC:
            self.string()
            self.skip_any()
        else:
            raise BadFrame("A block is of unknown kind.")


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
