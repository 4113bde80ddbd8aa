"""The wire form of envelopes: what the schema says, whatever the event."""

from __future__ import annotations

import json
import random
from pathlib import Path

import jsonschema
import pytest

from anode_jlab.events.actor import SERVER
from anode_jlab.events.content import CellMoved
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.events.event import Envelope, Event
from anode_jlab.events.registry import UnknownEvent
from anode_jlab.events.wire import encode_envelopes, envelope_to_wire, time_to_wire
from anode_jlab.ids import CellId, Seq
from tests.events import samples

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/reference/events.schema.json").read_text("utf-8")
)


def test_an_envelope() -> None:
    moved = CellMoved(cell_id=CellId("c"), from_index=3, to_index=0)
    envelope = Envelope(
        seq=Seq(7), time=1_700_000_000.0625, actor=samples.ACTORS[2], event=moved, client=2
    )
    assert envelope_to_wire(envelope, with_bytes=False) == {
        "seq": 7,
        "time": "2023-11-14T22:13:20.062Z",
        "actor": {"kind": "human", "id": "ann", "name": "Ann"},
        "name": "v1.CellMoved",
        "data": {"cell_id": "c", "from_index": 3, "to_index": 0},
        "client": 2,
    }


@pytest.mark.parametrize(("with_bytes", "shown"), [(True, "/wA="), (False, {"size": 2})])
def test_bytes_only_when_asked(with_bytes: bool, shown: object) -> None:
    updated = DocumentUpdated(update=b"\xff\x00", client=0, origin="import")
    envelope = Envelope(seq=Seq(1), time=0, actor=SERVER, event=updated, cause=Seq(1))
    (wire,) = json.loads(encode_envelopes([envelope], with_bytes))
    assert wire["data"] == {"bytes": shown, "client": 0, "origin": "import"}
    assert wire["cause"] == 1
    assert "client" not in wire


@pytest.mark.parametrize("kind", samples.MAKERS, ids=lambda kind: kind.__name__)
def test_the_schema_holds_for_every_event(kind: type[Event]) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for seed in range(10):
        envelope = samples.envelope(random.Random(seed), seed + 1, kind)
        for with_bytes in (True, False):
            wire = json.loads(encode_envelopes([envelope], with_bytes))[0]
            validator.validate(wire)


def test_the_schema_refuses_what_is_not_an_envelope() -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    moved = CellMoved(cell_id=CellId("c"), from_index=3, to_index=0)
    wire = envelope_to_wire(
        Envelope(seq=Seq(7), time=0, actor=SERVER, event=moved), with_bytes=False
    )
    validator.validate(wire)
    for broken in (
        {**wire, "data": {"cell_id": "c"}},
        {**wire, "data": {**wire["data"], "loudly": True}},
        {**wire, "seq": 0},
        {**wire, "actor": {"kind": "ghost", "id": "", "name": ""}},
    ):
        assert not validator.is_valid(broken)


def test_an_unknown_event_shows_what_was_stored() -> None:
    stored = UnknownEvent(name="v9.X", data=b'{"a": 1}', blob=b"abc")
    envelope = Envelope(seq=Seq(1), time=0, actor=SERVER, event=stored)
    wire = envelope_to_wire(envelope, with_bytes=False)
    assert (wire["name"], wire["data"]) == ("v9.X", {"a": 1, "bytes": {"size": 3}})


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_700_000_000, "2023-11-14T22:13:20.000Z"),
        (1_700_000_000.9999, "2023-11-14T22:13:20.999Z"),
    ],
)
def test_times(seconds: float, shown: str) -> None:
    assert time_to_wire(seconds) == shown
