"""Frames and cells as a client writes them, independent of the code under test."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pycrdt import Array, Map, Text

SYNC, AWARENESS = 0, 1
HELLO, ACK, EVENTS, STATE, DENIED, PING, STREAM, NOTICE = range(16, 24)
STEP1, STEP2, UPDATE = 0, 1, 2


def varuint(value: int) -> bytes:
    """lib0's variable-length unsigned integer."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_varuint(data: bytes, at: int) -> tuple[int, int]:
    """The integer at ``at`` and the offset behind it."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def sync_frame(kind: int, payload: bytes) -> bytes:
    return bytes((SYNC, kind)) + varuint(len(payload)) + payload


def awareness_frame(entries: Iterable[tuple[int, int, dict[str, Any] | None]]) -> bytes:
    body = bytearray()
    count = 0
    for client, clock, state in entries:
        text = json.dumps(state).encode()
        body += varuint(client) + varuint(clock) + varuint(len(text)) + text
        count += 1
    update = varuint(count) + bytes(body)
    return bytes((AWARENESS,)) + varuint(len(update)) + update


def new_cell(cell_id: str, source: str, kind: str) -> Map[Any]:
    """A cell as @jupyter/ydoc makes one."""
    fields: dict[str, Any] = {
        "id": cell_id,
        "cell_type": kind,
        "source": Text(source),
        "metadata": Map({}),
    }
    if kind == "code":
        fields |= {"outputs": Array([]), "execution_count": None, "execution_state": "idle"}
    return Map(fields)
