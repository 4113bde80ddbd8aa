from __future__ import annotations

from typing import Any

import pytest
from pycrdt import Array, Doc, Text, merge_updates

from anode_jlab.documents.joins import FEW_BLOCKS, joining_bytes
from anode_jlab.documents.update_reader import ANY, STRING
from anode_jlab.documents.update_shape import read_shape
from anode_jlab.errors import TooLarge
from tests.documents.updates import after, in_root, part, string, uint, update

LETTER, NUMBER = string("x"), uint(1) + b"\x7e"


def side_by_side(ref: int, content: bytes, count: int) -> bytes:
    rest = [after(ref, content, (7, at)) for at in range(count - 1)]
    return update(part(7, 0, in_root(ref, content), *rest))


@pytest.mark.parametrize(("ref", "content", "most"), [(STRING, LETTER, 5000), (ANY, NUMBER, 800)])
def test_pieces_that_native_code_would_join(ref: int, content: bytes, most: int) -> None:
    shape = read_shape(side_by_side(ref, content, most))
    assert shape.structs == most
    with pytest.raises(TooLarge):
        read_shape(side_by_side(ref, content, 2 * most))


def test_pieces_that_stay_apart_cost_nothing() -> None:
    apart = [after(STRING, LETTER, (7, 0)) for _ in range(20_000)]
    shape = read_shape(update(part(7, 0, in_root(STRING, LETTER), *apart)))
    assert joining_bytes(shape.blocks) <= 2
    mixed = [
        after(*((STRING, LETTER) if at % 2 else (ANY, NUMBER)), (7, at)) for at in range(2_000)
    ]
    assert (
        joining_bytes(read_shape(update(part(7, 0, in_root(STRING, LETTER), *mixed))).blocks) == 0
    )
    assert joining_bytes(read_shape(side_by_side(ANY, NUMBER, FEW_BLOCKS)).blocks) == 0


def test_what_real_documents_send_is_joined_already() -> None:
    doc: Doc[Any] = Doc()
    text, values = doc.get("text", type=Text), doc.get("values", type=Array)
    for number in range(3_000):
        text.insert(len(text), "x")
        values.append(number)
    assert joining_bytes(read_shape(doc.get_update()).blocks) == 0


def test_merged_keystrokes_pass() -> None:
    doc: Doc[Any] = Doc()
    text = doc.get("text", type=Text)
    sent: list[bytes] = []
    subscription = doc.observe(lambda event: sent.append(event.update))
    for _ in range(3_000):
        text.insert(len(text), "x")
    doc.unobserve(subscription)
    read_shape(merge_updates(*sent))
