"""The shape of the two updates that are sent most, typing and erasing, in a fraction of the time.

What does not look exactly like one of them is left to ``update_shape.read_shape``, which judges
alike: that is property-tested in ``tests/documents/test_keystroke.py``.
"""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final

from anode_jlab.documents.lib0 import MAX_CLIENT
from anode_jlab.documents.nesting import NO_LEVELS
from anode_jlab.documents.update_reader import MAX_CLOCK, STRING, Block, Deletion, Id
from anode_jlab.documents.update_shape import UpdateShape

LONGEST_BYTES: Final = 192
"""Six integers of up to eight bytes and 127 letters, and some."""

_UINT: Final = rb"([\x80-\xff]{0,7}[\x00-\x7f])"

_TYPED: Final = re.compile(
    # One client with one block; its neighbours: both (0xC4), or the left or right one alone.
    rb"\x01\x01" + _UINT * 2 + rb"(?:(\xc4)|([\x84\x44]))" + _UINT * 2 + b"(?(3)" + _UINT * 2
    # Its ASCII text, and no deletions.
    + rb")([\x01-\x7f])([\x00-\x7f]+)\x00"
)  # fmt: skip

_ERASED: Final = re.compile(rb"\x00\x01" + _UINT + rb"\x01" + _UINT * 2)
"""No blocks; one deleted stretch of one client."""

_LEFT_ONLY: Final = b"\x84"
NO_HALVES: Final[frozenset[Id]] = frozenset()
"""For our own updates, which split no pair: they were judged before."""


def read_keystroke(update: bytes, halves: Set[Id]) -> UpdateShape | None:
    """The shape of a plain keystroke; None for everything else, valid or not.

    ``halves`` are the second units of surrogate pairs that the document holds. How deep the text
    lies is not looked at: ask only while nothing in the document lies unusually deep.
    """
    if len(update) > LONGEST_BYTES:
        return None
    if update[:1] == b"\x01":
        return _typed(update, halves)
    return _erased(update, halves)


def _typed(update: bytes, halves: Set[Id]) -> UpdateShape | None:
    found = _TYPED.fullmatch(update)
    if found is None:
        return None
    who, at, _, alone, first, first_at, second, second_at, size, text = found.groups()
    client, clock = _uint(who), _uint(at)
    end = clock + len(text)
    if size[0] != len(text) or client > MAX_CLIENT or end > MAX_CLOCK:
        return None
    needs = {client: clock} if clock else {}
    left: Id | None = (client if first == who else _uint(first), _uint(first_at))
    right: Id | None = None
    if alone is None:
        right = (client if second == who else _uint(second), _uint(second_at))
    elif alone != _LEFT_ONLY:
        left, right = None, left
    for neighbour in (left, right):
        if neighbour is None:
            continue
        other, other_at = neighbour
        if other == client:
            if other_at >= clock:
                return None
        elif other > MAX_CLIENT or other_at >= MAX_CLOCK:
            return None
        elif other_at >= needs.get(other, 0):
            needs[other] = other_at + 1
    if halves and (
        (client, clock) in halves or right in halves or (left and (left[0], left[1] + 1) in halves)
    ):
        return None
    text_at = found.start(9)
    block = Block(
        client, clock, len(text), STRING, left, right, None, None, text_at, len(update) - 1
    )
    return UpdateShape(
        starts={client: clock},
        ends={client: end},
        needs=needs,
        blocks=(block,),
        deletions=(),
        inserted_types=0,
        has_skips=False,
        levels=NO_LEVELS,
        halves=NO_HALVES,
        deletions_at=len(update) - 1,
    )


def _erased(update: bytes, halves: Set[Id]) -> UpdateShape | None:
    found = _ERASED.fullmatch(update)
    if found is None:
        return None
    client, clock, length = map(_uint, found.groups())
    end = clock + length
    if client > MAX_CLIENT or end > MAX_CLOCK or length == 0:
        return None
    if halves and ((client, clock) in halves or (client, end) in halves):
        return None
    return UpdateShape(
        starts={},
        ends={},
        needs={client: end},
        blocks=(),
        deletions=(Deletion(client, clock, length),),
        inserted_types=0,
        has_skips=False,
        levels=NO_LEVELS,
        halves=NO_HALVES,
        deletions_at=1,
    )


def _uint(data: bytes) -> int:
    value = data[0]
    if value < 0x80:
        return value
    value &= 0x7F
    shift = 7
    for byte in data[1:]:
        value |= (byte & 0x7F) << shift
        shift += 7
    return value
