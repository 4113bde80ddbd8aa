from __future__ import annotations

from collections.abc import Callable

import pytest

from anode_jlab.documents.lib0 import MAX_DEPTH
from anode_jlab.documents.nesting import USUAL_DEPTH
from anode_jlab.documents.update_reader import ANY, STRING, TYPE
from anode_jlab.documents.update_shape import read_shape
from anode_jlab.errors import TooLarge
from anode_jlab.rooms.guard import Guard
from tests.documents.updates import after, in_root, in_type, part, string, uint, update

MAP = b"\x01"
ARRAY = b"\x00"


def chain(client: int, types: int, first: bytes) -> bytes:
    """One type in the other: each has the clock of its level."""
    inner = [in_type(TYPE, ARRAY, (client, level)) for level in range(types - 1)]
    return update(part(client, 0, first, *inner))


def nested_any(depth: int) -> bytes:
    return update(part(1, 0, in_root(ANY, uint(1) + b"\x75\x01" * depth + b"\x7e")))


def test_types_nest_up_to_the_limit() -> None:
    read_shape(chain(1, MAX_DEPTH, in_root(TYPE, ARRAY)))
    with pytest.raises(TooLarge):
        read_shape(chain(1, MAX_DEPTH + 1, in_root(TYPE, ARRAY)))


def test_values_nest_up_to_the_limit() -> None:
    read_shape(nested_any(MAX_DEPTH))
    with pytest.raises(TooLarge):
        read_shape(nested_any(MAX_DEPTH + 1))


def test_json_nests_up_to_the_limit() -> None:
    def embed(depth: int) -> bytes:
        return update(part(1, 0, in_root(5, string('["[]{}\\"[",' * depth + "0" + "]" * depth))))

    read_shape(embed(MAX_DEPTH))
    with pytest.raises(TooLarge):
        read_shape(embed(MAX_DEPTH + 1))


def by_parent(guard: Guard, client: int, levels: int) -> bytes:
    return in_type(TYPE, ARRAY, (client, levels - 1))


def by_neighbour(guard: Guard, client: int, levels: int) -> bytes:
    """A text in the deepest type so far, in an update of its own."""
    text = in_type(STRING, string("xy"), (client, levels - 1))
    guard.accept(guard.check(update(part(900 + client, 0, text))))
    return after(TYPE, ARRAY, (900 + client, 1))


@pytest.mark.parametrize("next_type", [by_parent, by_neighbour])
def test_the_limit_holds_over_many_updates(
    next_type: Callable[[Guard, int, int], bytes],
) -> None:
    """Each update nests a little; what it nests into counts, also when a text lies between."""
    guard = Guard()
    levels = 10
    first = in_root(TYPE, ARRAY)
    for client in range(MAX_DEPTH // levels):
        guard.accept(guard.check(chain(client, levels, first)))
        first = next_type(guard, client, levels)
    with pytest.raises(TooLarge):
        guard.check(chain(99, levels, first))


def test_a_loaded_document_counts() -> None:
    guard = Guard()
    guard.learn(chain(1, 60, in_root(TYPE, ARRAY)))
    guard.check(update(part(2, 0, in_type(TYPE, ARRAY, (1, 59)))))
    with pytest.raises(TooLarge):
        guard.check(chain(2, 5, in_type(TYPE, ARRAY, (1, 59))))


def test_unknown_neighbours_lie_at_the_usual_depth() -> None:
    read_shape(chain(1, MAX_DEPTH - USUAL_DEPTH, after(TYPE, MAP, (5, 5))))
    with pytest.raises(TooLarge):
        read_shape(chain(1, MAX_DEPTH - USUAL_DEPTH + 1, after(TYPE, MAP, (5, 5))))


def test_cells_are_not_remembered_as_deep() -> None:
    """Cell after cell, each with types in it: nothing of it lies deep."""
    guard = Guard()
    cell = [in_root(TYPE, MAP, "cells"), in_type(TYPE, b"\x02", (1, 0))]
    guard.accept(guard.check(update(part(1, 0, *cell))))
    for client in range(2, 100):
        cell = [after(TYPE, MAP, (client - 1, 0)), in_type(TYPE, b"\x02", (client, 0))]
        shape = guard.check(update(part(client, 0, *cell)))
        guard.accept(shape)
        assert not shape.levels.is_deep
