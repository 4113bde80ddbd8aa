from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, Text

from anode_jlab.documents.update_reader import STRING
from anode_jlab.documents.update_shape import ShapeLimits
from anode_jlab.errors import BadFrame, TooLarge
from anode_jlab.rooms.guard import EMPTY_VECTOR, Guard, Vector
from tests.documents.updates import after, deletions, in_root, part, string, uint, update

HELLO = in_root(STRING, string("hello"))


@given(st.dictionaries(st.integers(0, 2**53 - 1), st.integers(0, 2**31 - 1), max_size=8))
def test_vectors_survive_the_way(clocks: dict[int, int]) -> None:
    assert Vector.decode(Vector(clocks).encode()) == clocks


def test_vectors_of_pycrdt() -> None:
    doc: Doc[Any] = Doc(client_id=2**40)
    assert Vector.decode(doc.get_state()) == {}
    assert Vector.decode(EMPTY_VECTOR) == {}
    doc.get("text", type=Text).insert(0, "abc")
    assert Vector.decode(doc.get_state()) == {2**40: 3}
    assert Vector({2**40: 3}).encode() == doc.get_state()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        b"\x01\x05",
        b"\x00\x00",
        uint(2**40) + b"\x01\x01",
        b"\x01" + uint(2**53) + b"\x01",
        b"\x01\x01" + uint(2**31),
        b"garbage",
        b"\xff" * 20,
    ],
)
def test_garbage_is_no_vector(data: bytes) -> None:
    with pytest.raises(BadFrame):
        Vector.decode(data)


@given(st.binary(max_size=40))
def test_any_bytes_are_judged(data: bytes) -> None:
    for judge in (Vector.decode, Guard().check):
        with suppress(BadFrame, TooLarge):
            judge(data)


def test_gaps() -> None:
    guard = Guard()
    first = guard.check(update(part(1, 0, HELLO)))
    later = guard.check(update(part(1, 5, after(STRING, string("!"), (1, 4)))))
    reply = guard.check(update(part(2, 0, after(STRING, string("?"), (1, 5)))))
    erased = guard.check(update(deleted=deletions(2, (0, 1))))
    vector = Vector()
    for shape, missing in ((later, True), (reply, True), (erased, True), (first, False)):
        assert guard.gap(shape, vector) is missing
    for shape in (first, later, reply):
        assert not guard.gap(shape, vector)
        vector.advance(shape)
    assert not guard.gap(erased, vector)
    assert vector == {1: 6, 2: 1}


def test_what_is_known_already_is_no_gap() -> None:
    guard = Guard()
    vector = Vector({1: 9})
    shape = guard.check(update(part(1, 3, after(STRING, string("abc"), (1, 2)))))
    assert not guard.gap(shape, vector)
    vector.advance(shape)
    assert vector == {1: 9}


def test_an_answer_may_be_larger_than_an_update() -> None:
    guard = Guard(ShapeLimits(size=20), ShapeLimits(size=200))
    data = update(part(1, 0, in_root(STRING, string("x" * 50))))
    guard.check(data, step2=True)
    with pytest.raises(TooLarge):
        guard.check(data)


def test_characters_of_earlier_updates_are_not_split() -> None:
    guard = Guard()
    split = update(deleted=deletions(1, (0, 1)))
    guard.check(split)
    guard.accept(guard.check(update(part(1, 0, in_root(STRING, string("😀"))))))
    with pytest.raises(BadFrame):
        guard.check(split)
    learned = Guard()
    learned.learn(update(part(1, 0, in_root(STRING, string("😀")))))
    with pytest.raises(BadFrame):
        learned.check(split)
