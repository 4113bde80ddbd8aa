"""Which cell is which."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anode_jlab.documents.matching import match_cells, staying
from tests.documents.generated import Json


def cell(source: str, *, kind: str = "code", name: str | None = None) -> Json:
    plain: Json = {"cell_type": kind, "source": source}
    return plain if name is None else {**plain, "id": name}


def test_ids_decide() -> None:
    current = [cell("x", name="a"), cell("y", name="b"), cell("z", name="c")]
    wanted = [cell("x", name="b"), cell("new", name="d"), cell("z", name="a")]
    assert match_cells(current, wanted, by_likeness=False) == [1, None, 0]


def test_an_id_is_used_once() -> None:
    current = [cell("x", name="a"), cell("y", name="a")]
    wanted = [cell("1", name="a"), cell("2", name="a")]
    assert match_cells(current, wanted, by_likeness=False) == [0, None]


def test_without_ids_equal_and_similar_cells_match() -> None:
    current = [cell("import os", name="a"), cell("x = compute(1)", name="b"), cell("z", name="c")]
    wanted = [cell("import os"), cell("# inserted"), cell("x = compute(22)"), cell("z")]
    assert match_cells(current, wanted, by_likeness=True) == [0, None, 1, 2]


def test_another_type_is_another_cell() -> None:
    assert match_cells([cell("text")], [cell("text", kind="markdown")], by_likeness=True) == [None]


def test_a_cell_that_moved_is_found() -> None:
    current = [cell("first"), cell("second thing"), cell("")]
    wanted = [cell("second thing"), cell("first"), cell("")]
    assert sorted(str(m) for m in match_cells(current, wanted, by_likeness=True)) == ["0", "1", "2"]


def test_long_stretches_without_anything_equal_are_new() -> None:
    current = [cell(f"alpha {n}") for n in range(30)]
    wanted = [cell(f"omega {n} {n}") for n in range(30)]
    assert match_cells(current, wanted, by_likeness=True) == [None] * 30


CELLS = st.lists(
    st.builds(
        cell,
        st.sampled_from(["", "a", "ab", "abc", "x = 1", "x = 2"]),
        kind=st.sampled_from(["code", "raw"]),
        name=st.one_of(st.none(), st.sampled_from("abcd")),
    ),
    max_size=8,
)


@given(CELLS, CELLS, st.booleans())
def test_nobody_is_matched_twice(current: list[Json], wanted: list[Json], alike: bool) -> None:
    matches = match_cells(current, wanted, by_likeness=alike)
    found = [match for match in matches if match is not None]
    assert len(matches) == len(wanted)
    assert len(found) == len(set(found))
    assert all(0 <= match < len(current) for match in found)


@given(CELLS)
def test_what_did_not_change_stays(cells: list[Json]) -> None:
    anonymous = [{key: value for key, value in c.items() if key != "id"} for c in cells]
    assert match_cells(cells, anonymous, by_likeness=True) == list(range(len(cells)))


def test_staying_is_the_longest_increasing_part() -> None:
    assert staying([1, 2, 3, 0]) == {1, 2, 3}
    assert staying([3, 0, None, 1, 2]) == {0, 1, 2}
    assert len(staying([3, 2, 1, 0])) == 1
    assert staying([None, None]) == set()


@given(st.permutations(range(7)))
def test_what_stays_is_in_order(order: list[int]) -> None:
    kept = [match for match in order if match in staying(order)]
    assert kept == sorted(kept)
    assert kept
