"""Reads the bytes of a Yjs v1 update block by block, without building any of its content.

Format: ``UpdateDecoderV1``, ``readClientsStructRefs``, ``readDeleteSet`` and ``content*.js`` of
yjs 13.6, on lib0's variable-length integers. Nothing is allocated by a declared count: each count
is first compared with the bytes that are left. What the native library (yrs) reads otherwise than
Yjs is refused, for it would see something else than what was judged here: the old JSON content,
XML hooks, spare bits that are set, integers that are longer than 32 bits.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from anode_jlab.documents.lib0 import Lib0Reader
from anode_jlab.errors import BadFrame

Id = tuple[int, int]
"""Client and clock of one unit of content."""

MAX_CLOCK: Final = 2**31 - 1
"""The native library counts clocks in 32 bits; half of that keeps every sum of two in range."""

GC, DELETED, _JSON, BINARY, STRING, EMBED, FORMAT, TYPE, ANY, DOC, SKIP = range(11)
"""Content references: the low five bits of a block's first byte."""

_TYPES: Final = frozenset((0, 1, 2, 3, 4, 6))
"""Array, Map, Text, XML element, fragment and text."""

_NAMED_TYPE: Final = 3
_HAS_ORIGIN: Final = 0x80
_HAS_RIGHT_ORIGIN: Final = 0x40
_HAS_PARENT_SUB: Final = 0x20
_FLAGS: Final = _HAS_ORIGIN | _HAS_RIGHT_ORIGIN | _HAS_PARENT_SUB


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


class UpdateReader(Lib0Reader):
    """A cursor over an update; raises BadFrame (IndexError at a cut) on what is not valid."""

    __slots__ = ("_client", "_client_bytes", "halves")

    def __init__(self, data: bytes, *, at: int = 0, values: int = 0) -> None:
        super().__init__(data, at=at, values=values)
        self.halves: set[Id] = set()
        """The second units of all surrogate pairs in text."""
        self._client = -1
        self._client_bytes = b"\xff" * 9

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


def read_first_block(update: bytes) -> Block | None:
    """The first block of one of our own updates."""
    reader = UpdateReader(update, values=len(update))
    if reader.uint() == 0 or reader.uint() == 0:
        return None
    client = reader.client()
    return reader.block(client, reader.clock())
