from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anode_jlab.documents.id_set import IdSet
from anode_jlab.documents.update_reader import Deletion

DELETIONS = st.lists(
    st.builds(Deletion, st.integers(0, 2), st.integers(0, 12), st.integers(1, 4)), max_size=8
)


def units(deletions: list[Deletion]) -> set[tuple[int, int]]:
    return {(client, clock + at) for client, clock, length in deletions for at in range(length)}


@given(DELETIONS, DELETIONS)
def test_it_is_a_set_of_units(one: list[Deletion], other: list[Deletion]) -> None:
    left, right = IdSet(one), IdSet(other)
    everything = [(client, clock) for client in range(3) for clock in range(20)]
    assert {unit for unit in everything if unit in left} == units(one)
    assert (left == right) == (units(one) == units(other))
    assert left.is_within(right) == (units(one) <= units(other))
    assert left.meets(right) == bool(units(one) & units(other))
    assert bool(left) == bool(units(one))
