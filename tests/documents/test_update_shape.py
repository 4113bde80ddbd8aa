from __future__ import annotations

import os
import random
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from pycrdt import Doc, Text

from anode_jlab.documents.id_set import IdSet
from anode_jlab.documents.update_reader import (
    ANY,
    BINARY,
    DELETED,
    DOC,
    EMBED,
    FORMAT,
    GC,
    SKIP,
    STRING,
    TYPE,
)
from anode_jlab.documents.update_shape import ShapeLimits, read_shape
from anode_jlab.errors import BadFrame, TooLarge
from anode_jlab.rooms.guard import Guard, Vector
from tests.documents.jupyterlab_peers import needs_node
from tests.documents.updates import (
    Made,
    after,
    deletions,
    in_root,
    in_type,
    made_by_pycrdt,
    made_by_yjs,
    part,
    string,
    uint,
    update,
)

SEEDS = range(int(os.environ.get("ANODE_TEST_SEEDS", "10")))
HELLO = in_root(STRING, string("hello"))


@pytest.fixture(scope="module", params=["pycrdt", pytest.param("yjs", marks=needs_node)])
def work(request: pytest.FixtureRequest) -> list[Made]:
    if request.param == "yjs":
        return made_by_yjs(SEEDS)
    return [made_by_pycrdt(seed) for seed in SEEDS]


# --- what real libraries write -------------------------------------------------------------------


def test_every_update_is_read(work: list[Made]) -> None:
    """In order there is never a gap, and what is there afterwards is what was told."""
    for made in work:
        doc: Doc[Any] = Doc()
        vector = Vector()
        for data in made.updates:
            shape = read_shape(data)
            doc.apply_update(data)
            vector.advance(shape)
            assert vector == Vector.decode(doc.get_state()) or Guard.gap(shape, vector)


def test_without_a_gap_nothing_stays_pending(work: list[Made]) -> None:
    """Updates get lost and out of order: whatever the guard lets through is integrated at once."""
    for number, made in enumerate(work):
        rng = random.Random(number)
        pool = [*made.updates, *made.merged, *made.documents]
        rng.shuffle(pool)
        doc: Doc[Any] = Doc()
        vector = Vector()
        for data in pool[: 2 * len(pool) // 3]:
            shape = read_shape(data)
            if not Guard.gap(shape, vector):
                doc.apply_update(data)
                vector.advance(shape)
                assert is_complete(doc, data)
                assert vector == Vector.decode(doc.get_state())


def test_a_gap_is_told_only_when_something_is_missing(work: list[Made]) -> None:
    for made in work:
        for data in made.updates:
            doc: Doc[Any] = Doc()
            shape = read_shape(data)
            if Guard.gap(shape, Vector()):
                doc.apply_update(data)
                assert not is_complete(doc, data)


def test_a_whole_document_needs_nothing(work: list[Made]) -> None:
    for made in work:
        for data in made.documents:
            doc: Doc[Any] = Doc()
            doc.apply_update(data)
            if is_complete(doc, data):
                assert not read_shape(data).needs


def test_every_truncation_is_refused(work: list[Made]) -> None:
    for made in work:
        for data in made.updates + made.documents[:1]:
            for length in range(len(data)):
                with pytest.raises(BadFrame):
                    read_shape(data[:length])
            with pytest.raises(BadFrame):
                read_shape(data + b"\x00")


def test_mutations_are_refused_or_harmless(work: list[Made]) -> None:
    """One byte is another: BadFrame, TooLarge, or an update that the native library takes."""
    for number, made in enumerate(work[:6]):
        rng = random.Random(number)
        middle = len(made.updates) // 2
        guard, state, vector = _after(made.updates[:middle])
        for data in (made.updates[middle], made.documents[0]):
            for _ in range(100):
                changed = _mutated(data, rng)
                try:
                    shape = guard.check(changed)
                except (BadFrame, TooLarge):
                    continue
                if not Guard.gap(shape, vector):
                    _apply(state, changed)


def _after(updates: tuple[bytes, ...]) -> tuple[Guard, bytes, Vector]:
    guard, doc, vector = Guard(), Doc[Any](), Vector()
    for data in updates:
        shape = guard.check(data)
        if not Guard.gap(shape, vector):
            guard.accept(shape)
            doc.apply_update(data)
            vector.advance(shape)
    return guard, doc.get_update(), vector


def _mutated(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    at = rng.randrange(len(changed))
    flipped = changed[at] ^ (1 << rng.randrange(8))
    changed[at] = rng.choice([0, 1, 127, 128, 255, rng.randrange(256), flipped])
    return bytes(changed)


def _apply(state: bytes, data: bytes) -> None:
    doc: Doc[Any] = Doc()
    doc.apply_update(state)
    with suppress(RuntimeError):  # a parent that is no type: told by an error, not a panic
        doc.apply_update(data)
        assert is_complete(doc, data)


def is_complete(doc: Doc[Any], data: bytes) -> bool:
    """Whether nothing of an update is pending in the document."""
    shape = read_shape(data)
    vector = Vector.decode(doc.get_state())
    if any(vector.get(client, 0) < end for client, end in shape.ends.items()):
        return False
    return IdSet(shape.deletions).is_within(IdSet(read_shape(doc.get_update()).deletions))


# --- the shape -----------------------------------------------------------------------------------


def test_a_keystroke() -> None:
    doc: Doc[Any] = Doc(client_id=7)
    text = doc.get("text", type=Text)
    text += "hello"
    before = doc.get_state()
    text += "!"
    shape = read_shape(doc.get_update(before))
    assert (shape.starts, shape.ends, shape.needs) == ({7: 5}, {7: 6}, {7: 5})
    assert (shape.structs, shape.deletes, shape.inserted_types) == (1, 0, 0)
    assert not shape.is_empty
    assert not shape.has_skips


def test_lengths_are_utf16_units() -> None:
    doc: Doc[Any] = Doc(client_id=7)
    doc.get("text", type=Text).insert(0, "é漢😀!")
    assert read_shape(doc.get_update()).ends == {7: 5}


def test_nothing() -> None:
    shape = read_shape(b"\x00\x00")
    assert shape.is_empty
    assert not shape.needs


def test_needs_of_foreign_neighbours_parents_and_deletions() -> None:
    data = update(
        part(3, 0, after(STRING, string("x"), (4, 9)), in_type(STRING, string("y"), (5, 2))),
        deleted=deletions(6, (10, 3), (1, 1)),
    )
    assert read_shape(data).needs == {4: 10, 5: 3, 6: 13}


def test_what_an_update_brings_itself_is_no_need() -> None:
    data = update(
        part(3, 0, HELLO, after(STRING, string("x"), (3, 2))), deleted=deletions(3, (1, 5))
    )
    assert read_shape(data).needs == {}


def test_a_skipped_stretch_is_needed() -> None:
    shape = read_shape(update(part(3, 0, HELLO, bytes([SKIP]) + uint(4), HELLO)))
    assert shape.has_skips
    assert (shape.ends, shape.needs) == ({3: 14}, {3: 9})


def test_empty_blocks_take_no_place() -> None:
    """yrs writes collected stretches of length 0."""
    shape = read_shape(update(part(3, 4, bytes([GC, 0]), bytes([GC]) + uint(7))))
    assert (shape.starts, shape.ends) == ({3: 4}, {3: 11})
    assert read_shape(update(part(3, 4, bytes([GC, 0])))).is_empty


def test_many_clients_in_any_order() -> None:
    """A block may depend on one of a client that comes later in the update."""
    data = update(
        part(9, 0, after(STRING, string("b"), (2, 0)), after(STRING, string("d"), (2, 1))),
        part(2, 0, in_root(STRING, string("a")), after(STRING, string("c"), (9, 0))),
    )
    assert read_shape(data).needs == {}
    doc: Doc[Any] = Doc()
    doc.apply_update(data)
    assert is_complete(doc, data)


@pytest.mark.parametrize(
    "content",
    [
        in_root(DELETED, uint(3)),
        in_root(BINARY, uint(2) + b"\x00\xff"),
        in_root(STRING, string("é😀")),
        in_root(EMBED, string('{"a": [1, null]}')),
        in_root(FORMAT, string("bold") + string("true")),
        in_root(TYPE, b"\x02"),
        in_root(TYPE, b"\x03" + string("div")),
        in_root(ANY, uint(3) + b"\x7f\x7e\x78"),
        in_root(ANY, uint(1) + b"\x76" + uint(1) + string("k") + b"\x75" + uint(1) + b"\x79"),
        in_root(ANY, uint(4) + b"\x7d\x01\x7c\x00\x00\x00\x00\x7b" + bytes(8) + b"\x7a" + bytes(8)),
        in_root(ANY, uint(2) + b"\x7d\xff\xff\x03" + b"\x74" + uint(2) + b"\x00\x01"),
        in_root(DOC, string("guid") + b"\x76" + uint(0)),
    ],
)
def test_every_kind_of_content(content: bytes) -> None:
    data = update(part(3, 0, content))
    read_shape(data)
    doc: Doc[Any] = Doc()
    doc.apply_update(data)
    assert is_complete(doc, data)


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x00", id="no delete set"),
        pytest.param(b"\x01\x01\x01", id="cut"),
        pytest.param(b"\xff\xff\xff\xff\x0f\x00", id="many clients declared"),
        pytest.param(uint(1) + uint(2**31) + b"\x01\x00" + HELLO, id="many blocks declared"),
        pytest.param(b"\x00" + uint(2**31) + b"\x01\x00", id="many deletions declared"),
        pytest.param(update(part(1, 0, in_root(ANY, uint(2**31)))), id="many values declared"),
        pytest.param(update(part(1, 2**31, HELLO)), id="clock too large"),
        pytest.param(update(part(1, 0, bytes([GC]) + uint(2**31))), id="length too large"),
        pytest.param(update(part(2**53, 0, HELLO)), id="client too large"),
        pytest.param(b"\x80" * 12 + b"\x00", id="integer too long"),
        pytest.param(update(part(1, 0, HELLO), part(1, 5, HELLO)), id="client twice"),
        pytest.param(update(part(1, 0, in_root(STRING, b"\x01\xff"))), id="not UTF-8"),
        pytest.param(update(part(1, 0, in_root(STRING, b"\x03\xed\xa0\x80"))), id="half a pair"),
        pytest.param(update(part(1, 0, in_root(TYPE, b"\x07"))), id="unknown type"),
        pytest.param(update(part(1, 0, in_root(TYPE, b"\x05" + string("h")))), id="XML hook"),
        pytest.param(update(part(1, 0, in_root(2, b"\x01" + string("1")))), id="old JSON"),
        pytest.param(update(part(1, 0, in_root(11, b"\x00"))), id="unknown content"),
        pytest.param(update(part(1, 0, in_root(STRING | 0x10, string("a")))), id="spare bit"),
        pytest.param(update(part(1, 0, bytes([GC | 0x40]) + b"\x01\x00\x01")), id="GC with flags"),
        pytest.param(update(part(1, 0, in_root(ANY, b"\x01\x50"))), id="unknown value"),
        pytest.param(update(part(1, 0, in_root(EMBED, string("{")))), id="not JSON"),
        pytest.param(update(part(1, 0, in_root(EMBED, string("NaN")))), id="not JSON either"),
        pytest.param(update(part(1, 0, bytes([STRING]) + uint(2) + string("r"))), id="no parent"),
        pytest.param(update(part(1, 0, after(STRING, string("a"), (1, 0)))), id="after itself"),
        pytest.param(update(part(1, 0, in_type(STRING, string("a"), (1, 3)))), id="in a later one"),
        pytest.param(
            update(
                part(1, 0, after(STRING, string("a"), (2, 0))),
                part(2, 0, after(STRING, string("b"), (1, 0))),
            ),
            id="circle",
        ),
    ],
)
def test_refused(data: bytes) -> None:
    with pytest.raises(BadFrame):
        read_shape(data)


@pytest.mark.parametrize(
    ("limits", "data"),
    [
        (ShapeLimits(size=10), update(part(1, 0, HELLO))),
        (ShapeLimits(clients=1), update(part(1, 0, HELLO), part(2, 0, HELLO))),
        (ShapeLimits(blocks=1), update(part(1, 0, HELLO, HELLO))),
        (ShapeLimits(deletions=1), update(deleted=deletions(1, (0, 1), (3, 1)))),
        (ShapeLimits(values=2), update(part(1, 0, in_root(ANY, uint(3) + b"\x7e\x7e\x7e")))),
    ],
)
def test_limits(limits: ShapeLimits, data: bytes) -> None:
    read_shape(data)
    with pytest.raises(TooLarge):
        read_shape(data, limits)


def test_a_character_is_not_split() -> None:
    """Deletions and insertions beside a surrogate pair are fine, inside they are not."""
    pair = update(part(1, 0, in_root(STRING, string("a😀b"))))
    halves = read_shape(pair).halves
    assert halves == {(1, 2)}
    for start, length in pairwise([0, 1, 3, 4]):
        read_shape(update(deleted=deletions(1, (start, length - start))), halves=halves)
    for data in (
        update(deleted=deletions(1, (0, 2))),
        update(deleted=deletions(1, (2, 2))),
        update(part(2, 0, after(STRING, string("x"), (1, 1)))),
        update(part(2, 0, bytes([STRING | 0x40]) + b"\x01\x02" + string("x"))),
        update(part(1, 2, after(STRING, string("x"), (1, 1)))),
    ):
        with pytest.raises(BadFrame):
            read_shape(data, halves=halves)
    with pytest.raises(BadFrame):
        read_shape(pair[:-1] + deletions(1, (1, 1)))


def test_many_blocks() -> None:
    texts = [after(STRING, string("x"), (7, 0)) for _ in range(50_000)]
    assert read_shape(update(part(7, 0, in_root(STRING, string("x")), *texts))).ends == {7: 50_001}
