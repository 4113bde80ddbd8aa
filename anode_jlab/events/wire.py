"""Envelopes as other programs see them: the JSON of the events route and of EVENTS frames."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from anode_jlab.events.event import Envelope, Event
from anode_jlab.events.registry import UnknownEvent, blob_of, name_of

_encoder = msgspec.json.Encoder()


def time_to_wire(seconds: float) -> str:
    """Seconds since the epoch as ISO 8601 in UTC with milliseconds and ``Z``."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def event_to_wire(event: Event, *, with_bytes: bool) -> dict[str, Any]:
    """The fields of an event; bytes as base64, or as ``{"size": n}`` when they are not wanted."""
    blob = blob_of(event)
    if isinstance(event, UnknownEvent):
        fields = _unknown_fields(event.data)
    else:
        fields = {
            wire_name: msgspec.to_builtins(getattr(event, name), builtin_types=(bytes,))
            for name, wire_name in zip(
                event.__struct_fields__, event.__struct_encode_fields__, strict=True
            )
        }
    if blob is not None:
        name, value = blob
        fields[name] = b64encode(value).decode("ascii") if with_bytes else {"size": len(value)}
    return fields


def envelope_to_wire(envelope: Envelope, *, with_bytes: bool) -> dict[str, Any]:
    """``{"seq", "time", "actor", "name", "data"}``, and ``client`` and ``cause`` where known."""
    actor = envelope.actor
    wire: dict[str, Any] = {
        "seq": envelope.seq,
        "time": time_to_wire(envelope.time),
        "actor": {"kind": actor.kind.value, "id": actor.id, "name": actor.name},
        "name": name_of(envelope.event),
        "data": event_to_wire(envelope.event, with_bytes=with_bytes),
    }
    if envelope.client is not None:
        wire["client"] = envelope.client
    if envelope.cause is not None:
        wire["cause"] = envelope.cause
    return wire


def encode_envelopes(envelopes: Iterable[Envelope], with_bytes: bool = False) -> bytes:
    """A JSON array of envelopes, in the order given."""
    return _encoder.encode(
        [envelope_to_wire(envelope, with_bytes=with_bytes) for envelope in envelopes]
    )


def _unknown_fields(data: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {"undecodable": data.decode("utf-8", "replace")}
