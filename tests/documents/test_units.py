"""Ids of text units, checked against the document: deleting by id removes just that character."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text

from anode_jlab.documents.units import LiveText, Unit, align, item_at, pieces, read_units, text_of
from tests.documents.updates import deletions, update

SEEDS = int(os.environ.get("ANODE_TEST_SEEDS", "60"))
ALPHABET = "ab é😀漢"


def offset(text: str, point: int) -> int:
    return len(text[:point].encode())


def typed(seed: int) -> tuple[Doc[Any], Text]:
    """A text that three people have typed, with what else they did in between."""
    rng = random.Random(seed)
    docs: list[Doc[Any]] = [Doc(client_id=client) for client in (1, 300, 2**40)]
    for _ in range(60):
        doc = rng.choice(docs)
        text = doc.get("text", type=Text)
        content = str(text)
        act, point = rng.random(), rng.randint(0, len(content))
        if act < 0.6:
            new = "".join(rng.choices(ALPHABET, k=rng.randint(1, 3)))
            text.insert(offset(content, point), new)
        elif act < 0.75:
            doc.get("other", type=Text).insert(0, "x")
        elif act < 0.9 and point < len(content):
            del text[offset(content, point) : offset(content, point + 1)]
        else:
            rng.choice(docs).apply_update(doc.get_update())
    return docs[0], docs[0].get("text", type=Text)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_units_have_their_own_ids(seed: int) -> None:
    doc, text = typed(seed)
    units = read_units(text)
    assert units is not None
    assert text_of(units) == str(text)
    state = doc.get_update()
    for at, unit in enumerate(units):
        if unit.text:
            width = 2 if unit.text > "\uffff" else 1
            copy: Doc[Any] = Doc()
            copy.apply_update(state)
            (client, clock) = unit.id
            copy.apply_update(update(deleted=deletions(client, (clock, width))))
            left = text_of(units[:at]) + text_of(units[at + width :])
            assert str(copy.get("text", type=Text)) == left


def test_a_text_with_something_else_in_it_is_not_read() -> None:
    doc: Doc[Any] = Doc()
    text = doc.get("text", type=Text)
    text += "ab"
    text.insert_embed(1, {"image": "x"})
    assert read_units(text) is None


def test_item_at() -> None:
    doc: Doc[Any] = Doc(client_id=9)
    array = doc.get("cells", type=Array)
    array.append(Map({"id": "a"}))
    array.append(Map({"id": "b"}))
    assert [item_at(array, index) for index in range(3)] == [(9, 0), (9, 2), None]


def units_of(client: int, text: str) -> list[Unit]:
    return [Unit((client, clock), piece) for clock, piece in enumerate(pieces(text))]


@given(st.text(ALPHABET, max_size=12), st.text(ALPHABET, max_size=12))
def test_aligned_units_are_equal_and_in_order(before: str, after: str) -> None:
    old, new = units_of(1, before), units_of(2, after)
    pairs = align(old, new)
    pieces_of = {unit.id: unit.text for unit in [*old, *new]}
    assert all(pieces_of[left] == pieces_of[right] for left, right in pairs.items())
    clocks = [right[1] for _, right in sorted(pairs.items())]
    assert clocks == sorted(set(clocks))
    if before == after:
        assert len(pairs) == len(old)


def test_alignment_keeps_what_was_not_touched() -> None:
    old, new = units_of(1, "one two three"), units_of(2, "## one 2 three")
    kept = "".join(unit.text for unit in old if unit.id in align(old, new))
    assert kept == "one  three"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_live_text_is_edited_by_ids(seed: int) -> None:
    """Insert beside units and delete units; a list of characters does the same."""
    doc, text = typed(seed)
    rng = random.Random(seed)
    before = read_units(text)
    assert before is not None
    model = list(before)
    with doc.transaction():
        live = LiveText(text, before)
        for number in range(8):
            if model and rng.random() < 0.4:
                gone = {unit.id for unit in rng.sample(model, min(3, len(model)))}
                gone = {unit.id for unit in model if unit.text and unit.id in gone}
                live.delete(gone)
                wide = {(unit.id[0], unit.id[1] + 1) for unit in model if is_wide(unit, gone)}
                model = [unit for unit in model if unit.id not in gone | wide]
                continue
            left = rng.choice([unit for unit in model if unit.text] or [None])
            new = units_of(-1 - number, "".join(rng.choices(ALPHABET, k=3)))
            heirs = live.insert(new, after=left and left.id, before=None)
            place = 0 if left is None else model.index(left) + len(pieces(left.text))
            model[place:place] = [Unit(heirs[unit.id], unit.text) for unit in new]
    assert str(text) == text_of(model)
    assert read_units(text) == model


def is_wide(unit: Unit, gone: set[tuple[int, int]]) -> bool:
    return unit.id in gone and unit.text > "\uffff"


def test_insertion_beside_what_is_gone() -> None:
    doc: Doc[Any] = Doc()
    text = doc.get("text", type=Text)
    text += "abcd"
    order = read_units(text)
    assert order is not None
    del text[1:3]
    with doc.transaction():
        live = LiveText(text, order)
        live.insert(units_of(-1, "X"), after=order[2].id, before=None)
        live.insert(units_of(-2, "Y"), after=None, before=order[1].id)
        live.insert(units_of(-3, "Z"), after=None, before=None)
    assert str(text) == "ZaYXd"
