"""The y-protocols awareness update: who says what about itself, as bytes and back.

Source: https://github.com/yjs/y-protocols ``awareness.js``: a count, then for each client its id,
its clock and its state as JSON (``null``: it is gone).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from anode_jlab.errors import BadFrame
from anode_jlab.rooms.lib0 import read_bytes, read_varuint, write_bytes, write_varuint

AwarenessState = dict[str, object]
"""What a client tells of itself: cursor, current cell, name ..."""

MOST_ENTRIES = 4096
"""Clients that echo send what they know of everybody; beyond this it is no honest frame."""

_NULL = b"null"


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One client's word: ``state`` is JSON as it came, ``None`` when the client is gone."""

    client: int
    clock: int
    state: bytes | None


def decode(payload: bytes) -> list[Entry]:
    """The entries of an update, their states not yet parsed. Raises BadFrame."""
    count, position = read_varuint(payload, 0)
    if count > MOST_ENTRIES:
        raise BadFrame("The awareness update names too many clients.")
    entries = []
    for _ in range(count):
        client, position = read_varuint(payload, position)
        clock, position = read_varuint(payload, position)
        state, position = read_bytes(payload, position)
        entries.append(Entry(client, clock, None if state == _NULL else state))
    if position != len(payload):
        raise BadFrame("The awareness update is longer than it says.")
    return entries


def decode_state(state: bytes) -> AwarenessState | None:
    """The JSON object of an entry. Raises BadFrame when it is anything else."""
    try:
        return msgspec.json.decode(state, type=AwarenessState | None)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise BadFrame("An awareness state is not a JSON object.") from None


def encode(entries: Iterable[Entry]) -> bytes:
    """Entries as an update."""
    body = bytearray()
    count = 0
    for entry in entries:
        count += 1
        body += write_varuint(entry.client)
        body += write_varuint(entry.clock)
        body += write_bytes(_NULL if entry.state is None else entry.state)
    return write_varuint(count) + bytes(body)
