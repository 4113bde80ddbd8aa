"""Keystrokes are recognised in updates, merged by a server or not."""

from __future__ import annotations

from pycrdt import merge_updates

from bench.marks import marks
from bench.notebooks import Typist, cells_in, document_of, notebook_json

CELLS = 4


def test_each_keystroke_is_one_tick() -> None:
    typist = Typist(document_of(CELLS), client=7, cell=1)
    assert [list(marks(update)) for update in typist.type(3)] == [[(7, 1)], [(7, 2)], [(7, 3)]]


def test_merged_keystrokes_of_several_people() -> None:
    updates = [
        update
        for client in (7, 300)
        for update in Typist(document_of(CELLS), client=client, cell=0).type(5)
    ]
    assert dict(marks(merge_updates(*updates))) == {7: 5, 300: 5}


def test_what_is_not_typing_brings_no_marks() -> None:
    assert 7 not in dict(marks(document_of(CELLS)))


def test_notebooks_are_always_the_same() -> None:
    assert notebook_json(CELLS) == notebook_json.__wrapped__(CELLS)
    assert cells_in(document_of(CELLS)) == CELLS
