"""Every event comes back from its stored form exactly, also those that we do not understand."""

from __future__ import annotations

import random

import msgspec
import pytest

from anode_jlab.events.document import DocumentUpdated
from anode_jlab.events.event import Event
from anode_jlab.events.registry import EVENTS, UnknownEvent, blob_of, decode, encode, name_of
from tests.events import samples


def all_kinds() -> set[type[Event]]:
    found: set[type[Event]] = set()
    waiting = Event.__subclasses__()
    while waiting:
        kind = waiting.pop()
        found.add(kind)
        waiting.extend(kind.__subclasses__())
    return found


def test_every_event_is_registered_under_its_own_name() -> None:
    ours = {kind for kind in all_kinds() if kind.__module__.startswith("anode_jlab.")}
    assert ours - {UnknownEvent} == set(EVENTS.values())
    assert all(kind.event_name == name for name, kind in EVENTS.items())
    assert set(samples.MAKERS) == set(EVENTS.values()) | {UnknownEvent}


@pytest.mark.parametrize("kind", samples.MAKERS, ids=lambda kind: kind.__name__)
def test_stored_and_read_back(kind: type[Event]) -> None:
    for seed in range(40):
        event = samples.event(random.Random(seed), kind)
        stored = encode(event)
        assert decode(stored.name, stored.data, stored.blob) == event, f"seed {seed}"
        assert encode(decode(stored.name, stored.data, stored.blob)) == stored
        assert stored.name == name_of(event)
        blob = blob_of(event)
        assert stored.blob == (None if blob is None else blob[1])
        msgspec.json.decode(stored.data)


def test_bytes_are_stored_beside_the_json() -> None:
    stored = encode(DocumentUpdated(update=b"\xff\x00", client=2, origin="peer"))
    assert stored.data == b'{"client":2,"origin":"peer"}'
    assert stored.blob == b"\xff\x00"


@pytest.mark.parametrize(
    ("name", "data", "blob"),
    [
        ("v1.CellSang", b'{"a": 1}', b"x"),
        ("v2.CellMoved", b'{"cell_id":"a"}', None),
        ("v1.CellDeleted", b'{"cell_id":"a"}', None),
        ("v1.CellDeleted", b'{"cell_id":"a","index":1,"loudly":true}', None),
        ("v1.CellDeleted", b'{"cell_id":"a","index":"1"}', None),
        ("v1.CellDeleted", b'{"cell_id":"a","index":1}', b"bytes that it does not have"),
        ("v1.DocumentUpdated", b'{"client":2,"origin":"peer"}', None),
        ("v1.DocumentUpdated", b'{"client":2,"origin":"peer","bytes":"eA=="}', b"x"),
        ("v1.DocumentUpdated", b"not json", b"x"),
    ],
)
def test_what_we_do_not_understand_is_kept_as_it_is(
    name: str, data: bytes, blob: bytes | None
) -> None:
    event = decode(name, data, blob)
    assert event == UnknownEvent(name=name, data=data, blob=blob)
    stored = encode(event)
    assert (stored.name, stored.data, stored.blob) == (name, data, blob)
