"""Released events are read for ever, byte for byte as they were written."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path

import pytest

from anode_jlab.events.registry import EVENTS, UnknownEvent, decode, encode

GOLDEN = Path(__file__).parents[1] / "golden" / "events"


def test_every_event_has_a_golden_file() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} >= EVENTS.keys()


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_golden_event(path: Path) -> None:
    golden = json.loads(path.read_text("utf-8"))
    name, data = golden["name"], golden["data"].encode()
    blob = None if golden["bytes"] is None else b64decode(golden["bytes"])
    event = decode(name, data, blob)
    assert not isinstance(event, UnknownEvent)
    assert repr(event) == golden["reads_as"]
    if name in EVENTS:  # an event that is still in the form in which it was stored
        stored = encode(event)
        assert (stored.name, stored.data, stored.blob) == (name, data, blob)
