"""The JSON schema of envelopes and all events, made from the Python types."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from anode_jlab.events.actor import Actor
from anode_jlab.events.registry import EVENTS, bytes_field

DIALECT = "https://json-schema.org/draft/2020-12/schema"

FIELDS = {
    "seq": {"description": "Position in the log, from 1.", "type": "integer", "minimum": 1},
    "time": {
        "description": "When it was recorded: UTC, for people. Order is by seq.",
        "type": "string",
        "format": "date-time",
    },
    "actor": {"$ref": "#/$defs/Actor"},
    "name": {"description": "Kind of event.", "type": "string"},
    "data": {"description": "What happened.", "type": "object"},
    "client": {"description": "Connection that caused it.", "type": "integer"},
    "cause": {"description": "Seq of the event it follows from.", "type": "integer"},
}

BYTES = {
    "description": "Base64 with `bytes=1`, else their number.",
    "anyOf": [
        {"type": "string", "contentEncoding": "base64"},
        {
            "type": "object",
            "properties": {"size": {"type": "integer", "minimum": 0}},
            "required": ["size"],
            "additionalProperties": False,
        },
    ],
}


def event_schema() -> dict[str, Any]:
    """The schema of one envelope, as the events route and EVENTS frames carry it."""
    names = sorted(EVENTS)
    kinds, shared = msgspec.json.schema_components(
        [EVENTS[name] for name in names] + [Actor], ref_template="#/$defs/{name}"
    )
    definitions = {
        name: _data_schema(name, _resolved(kind, shared))
        for name, kind in zip(names, kinds, strict=False)
    }
    events = {EVENTS[name].__name__ for name in names}
    definitions.update({name: shape for name, shape in shared.items() if name not in events})
    definitions = json.loads(json.dumps(definitions))  # defaults that are tuples become lists
    return {
        "$schema": DIALECT,
        "title": "Envelope",
        "description": "An event with its place in the log of one notebook.",
        "type": "object",
        "properties": FIELDS,
        "required": ["seq", "time", "actor", "name", "data"],
        "additionalProperties": False,
        "oneOf": [
            *(
                {"properties": {"name": {"const": name}, "data": {"$ref": f"#/$defs/{name}"}}}
                for name in names
            ),
            {
                "title": "UnknownEvent",
                "description": "An event of a newer version.",
                "properties": {"name": {"not": {"enum": names}}},
            },
        ],
        "$defs": dict(sorted(definitions.items())),
    }


def _resolved(schema: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    found = shared[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return dict(found)


def _data_schema(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    blob = bytes_field(EVENTS[name])
    if blob is not None:
        schema["properties"] = {**schema["properties"], blob: BYTES}
    schema["additionalProperties"] = False
    return schema
