"""Texts as Yjs sees them: a row of UTF-16 units, each with an id that never changes."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, Final, NamedTuple, cast

from pycrdt import Array, Text
from pycrdt._pycrdt import decode_sticky_index

from anode_jlab.documents.lib0 import Lib0Reader, write_uint
from anode_jlab.documents.native import (
    NativeArray,
    NativeDoc,
    NativeText,
    NativeTransaction,
    native_doc,
)
from anode_jlab.documents.offsets import utf8_length, utf16_length
from anode_jlab.documents.update_reader import STRING, Id, UpdateReader, read_first_block

DIFF_CELLS: Final = 4_000_000
"""Product of the lengths up to which two texts are compared unit by unit (about half a second)."""


class Unit(NamedTuple):
    """One UTF-16 unit. ``text`` is its character; of a surrogate pair the first unit has all."""

    id: Id
    text: str


UnitText = list[Unit]


def text_of(units: Sequence[Unit]) -> str:
    return "".join([unit.text for unit in units])


def pieces(text: str) -> list[str]:
    """The characters, one entry for each UTF-16 unit."""
    if text.isascii():
        return list(text)
    row: list[str] = []
    for char in text:
        row.append(char)
        if char > "\uffff":
            row.append("")
    return row


def read_units(text: Text) -> UnitText | None:
    """The units of a text, in order; None when it holds something else than characters."""
    with text.doc.transaction() as transaction:
        txn = transaction._txn
        assert txn is not None
        return read_native(cast(NativeText, text.integrated), native_doc(text.doc), txn)


def read_native(text: NativeText, doc: NativeDoc, txn: NativeTransaction) -> UnitText | None:
    content = text.get_string(txn)
    if text.len(txn) != utf8_length(content):
        return None
    if content.isascii():
        return [Unit(id_at(text, txn, at), char) for at, char in enumerate(content)]
    return _read_wide(text, doc, txn, content)


def _read_wide(text: NativeText, doc: NativeDoc, txn: NativeTransaction, content: str) -> UnitText:
    """Units of a text that has characters of more than one byte.

    Asked for the id at a place inside an item, the native layer adds a distance in bytes to a
    clock that counts UTF-16 units: its answer holds at the beginning of an item only (``item``,
    with the clock ``first``). An answer that is off by just the wide characters so far means that
    the item goes on, unless another one happens to begin with that clock: then the item is looked
    at, once (``until`` is where it ends).
    """
    units: UnitText = []
    client = clock = -1
    at = item = first = until = 0
    for piece in pieces(content):
        clock += 1
        if piece:
            told = id_at(text, txn, at)
            shift = at - item - (clock - first)
            goes_on = told == (client, clock + shift)
            if goes_on and shift and clock >= until:
                rest = _rest_of_item((client, clock), doc, txn)
                goes_on = rest > 0 and _place_of((client, clock), txn) == at - shift
                until = clock + rest
            if not goes_on:
                client, clock = told
                item, first, until = at, clock, clock
        units.append(Unit((client, clock), piece))
        at += utf8_length(piece)
    return units


def _rest_of_item(unit: Id, doc: NativeDoc, txn: NativeTransaction) -> int:
    """How many units of text there are from this one on in its item, if it is one behind the unit
    before it in the same text; else 0."""
    client, clock = unit
    block = read_first_block(doc.get_update(txn, _vector_before(unit, doc.get_state(txn))))
    follows = block is not None and block.ref == STRING and block.origin == (client, clock - 1)
    return block.length if block is not None and follows else 0


def _place_of(unit: Id, txn: NativeTransaction) -> int:
    """The byte where the unit's item begins, and the distance in units. The unit must exist: the
    native layer panics when its item was collected."""
    encoded = bytearray((0,))
    write_uint(encoded, unit[0])
    write_uint(encoded, unit[1])
    encoded.append(_AFTER)
    place: int = decode_sticky_index(bytes(encoded)).get_offset(txn)
    return place


def _vector_before(unit: Id, state: bytes) -> bytes:
    """A state vector that lacks nothing but this unit and what its client did since."""
    reader = UpdateReader(state)
    out = bytearray()
    write_uint(out, count := reader.uint())
    for _ in range(count):
        client, clock = reader.uint(), reader.uint()
        write_uint(out, client)
        write_uint(out, unit[1] if client == unit[0] else clock)
    return bytes(out)


def item_at(array: Array[Any], index: int) -> Id | None:
    """The id of an element of an array."""
    with array.doc.transaction() as transaction:
        txn = transaction._txn
        assert txn is not None
        native = cast(NativeArray, array.integrated)
        return id_at(native, txn, index) if index < native.len(txn) else None


def id_at(sequence: NativeText | NativeArray, txn: NativeTransaction, place: int) -> Id:
    """Relative positions are the only place where pycrdt tells ids: ``[0][client][clock]...``."""
    reader = Lib0Reader(cast(Any, sequence).sticky_index(txn, place, _AFTER).encode(), at=1)
    return reader.uint(), reader.uint()


_AFTER: Final = 0


def align(old: Sequence[Unit], new: Sequence[Unit]) -> dict[Id, Id]:
    """Which unit of ``new`` each unit of ``old`` became, judged by the text alone."""
    before = [unit.text for unit in old]
    after = [unit.text for unit in new]
    shorter = min(len(before), len(after))
    head = 0
    while head < shorter and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    pairs = {old[i].id: new[i].id for i in range(head)}
    pairs.update({old[-1 - i].id: new[-1 - i].id for i in range(tail)})
    before, after = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(before) * len(after) <= DIFF_CELLS:
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        for block in matcher.get_matching_blocks():
            for i in range(head, head + block.size):
                pairs[old[block.a + i].id] = new[block.b + i].id
    return pairs


class LiveText:
    """A text of the live document that is edited by unit ids, inside a running transaction.

    ``order`` are all its units, deleted ones too: where a unit that is gone had its place.
    """

    def __init__(self, text: Text, order: Sequence[Unit]) -> None:
        self._text = text
        self._units = read_units(text) or []
        self._order = [unit.id for unit in order]
        self._ranks = {unit: rank for rank, unit in enumerate(self._order)}
        self.known = self._ranks.keys() | {unit.id for unit in self._units}

    def insert(
        self, content: Sequence[Unit], *, after: Id | None, before: Id | None
    ) -> dict[Id, Id]:
        """Insert copies of units beside a neighbour; tells what each became."""
        text = text_of(content)
        if after is not None:
            place = self._place_after(after)
        else:
            place = 0 if before is None else self._place_before(before)
        if place < len(self._units) and not self._units[place].text:
            place += 1
        start = self._offset(place)
        self._text.insert(start, text)
        with self._text.doc.transaction() as transaction:
            txn = transaction._txn
            assert txn is not None
            client, clock = id_at(cast(NativeText, self._text.integrated), txn, start)
        row = pieces(text)
        fresh = [Unit((client, clock + i), piece) for i, piece in enumerate(row)]
        self._units[place:place] = fresh
        self.known = self.known | {unit.id for unit in fresh}
        return {old.id: new.id for old, new in zip(content, fresh, strict=False)}

    def delete(self, gone: set[Id]) -> None:
        """Delete those of the units that are still there."""
        place = len(self._units)
        while place:
            place -= 1
            unit = self._units[place]
            if unit.id in gone and unit.text:
                start = self._offset(place)
                width = utf16_length(unit.text)
                del self._text[start : start + utf8_length(unit.text)]
                del self._units[place : place + width]

    def _offset(self, place: int) -> int:
        return utf8_length(text_of(self._units[:place]))

    def _place_after(self, left: Id) -> int:
        """Where the unit ends, or where the nearest one before it ends when it is gone."""
        places = {unit.id: place for place, unit in enumerate(self._units)}
        if left in places:
            return places[left] + 1
        for earlier in reversed(self._order[: self._ranks.get(left, 0)]):
            if earlier in places:
                return places[earlier] + 1
        return 0

    def _place_before(self, right: Id) -> int:
        """Where the unit begins, or where it was when it is gone."""
        places = {unit.id: place for place, unit in enumerate(self._units)}
        return places[right] if right in places else self._place_after(right)
