from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pycrdt import Doc, Text

from anode_jlab.documents.keystroke import LONGEST_BYTES, read_keystroke
from anode_jlab.documents.update_reader import STRING, Id
from anode_jlab.documents.update_shape import UpdateShape, read_shape
from anode_jlab.errors import BadFrame, TooLarge
from tests.documents.updates import after, deletions, part, string, uint, update

CLIENTS = st.sampled_from([0, 1, 7, 200, 2**31 + 5, 2**53 - 1, 2**53, 2**55])
CLOCKS = st.sampled_from([0, 1, 2, 5, 6, 130, 2**31 - 2, 2**31 - 1, 2**31, 2**40])
IDS = st.tuples(CLIENTS, CLOCKS)
FEW_HALVES = st.frozensets(IDS, max_size=4)


def judged(data: bytes, halves: frozenset[Id]) -> UpdateShape | None:
    """What the whole reader says: None where it refuses."""
    try:
        return read_shape(data, halves=halves)
    except (BadFrame, TooLarge):
        return None


def agrees(data: bytes, halves: frozenset[Id] = frozenset()) -> bool:
    """Whether the short way was taken; where it is, both say the same."""
    fast = read_keystroke(data, halves)
    if fast is not None:
        assert fast == judged(data, halves)
    return fast is not None


def typed(client: int, clock: int, left: Id | None, right: Id | None, text: bytes) -> bytes:
    info = STRING | (0x80 if left else 0) | (0x40 if right else 0)
    ids = b"".join(uint(part) for unit in (left, right) if unit for part in unit)
    return b"\x01\x01" + uint(client) + uint(clock) + bytes((info,)) + ids + text + b"\x00"


@given(
    CLIENTS,
    CLOCKS,
    st.none() | IDS,
    st.none() | IDS,
    st.sampled_from([b"\x01a", b"\x03abc", b"\x00", b"\x02a", b"\x02\xc3\xa9", b"\x01ab"]),
    FEW_HALVES,
)
def test_typing_is_judged_alike(
    client: int,
    clock: int,
    left: Id | None,
    right: Id | None,
    text: bytes,
    halves: frozenset[Id],
) -> None:
    agrees(typed(client, clock, left, right, text), halves)


@given(CLIENTS, CLOCKS, st.integers(0, 3), FEW_HALVES)
def test_erasing_is_judged_alike(
    client: int, clock: int, length: int, halves: frozenset[Id]
) -> None:
    agrees(b"\x00\x01" + uint(client) + b"\x01" + uint(clock) + uint(length), halves)


@given(st.binary(max_size=24), FEW_HALVES)
@example(b"\x01\x01\x07\x05\x84\x07\x04\x01!\x00", frozenset())
@example(b"\x01\x01\x87\x00\x05\x84\x07\x04\x01!\x00", frozenset())  # an integer with padding
@example(b"\x00\x01\x07\x01\x01\x01", frozenset())
def test_any_bytes_are_judged_alike(data: bytes, halves: frozenset[Id]) -> None:
    agrees(data, halves)
    agrees(b"\x01\x01" + data, halves)
    agrees(b"\x00\x01" + data, halves)


def test_what_pycrdt_sends_takes_the_short_way() -> None:
    doc: Doc[Any] = Doc(client_id=2**31 + 5)
    text = doc.get("text", type=Text)
    text += "hello world"
    sent: list[bytes] = []
    subscription = doc.observe(lambda event: sent.append(event.update))
    text.insert(11, "!")  # a left neighbour
    text.insert(0, "<")  # a right one
    text.insert(5, "-")  # both
    del text[3:4]
    doc.unobserve(subscription)
    assert len(sent) == 4
    assert all(agrees(data) for data in sent)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x00",
        update(part(1, 5, after(STRING, string("é"), (1, 4)))),
        update(part(1, 5, after(STRING, string("x" * LONGEST_BYTES), (1, 4)))),
        update(part(1, 5, after(STRING, string("!"), (1, 5)))),
        update(part(1, 5, after(STRING, string("!"), (1, 4))), deleted=deletions(2, (0, 1))),
    ],
)
def test_all_else_goes_the_long_way(data: bytes) -> None:
    assert not agrees(data)


def test_characters_are_not_split() -> None:
    halves = frozenset({(1, 3)})
    split = update(part(2, 0, after(STRING, string("!"), (1, 2))))
    beside = update(part(2, 0, after(STRING, string("!"), (1, 3))))
    assert agrees(split)
    assert not agrees(split, halves)
    assert agrees(beside, halves)
