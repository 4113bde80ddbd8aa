"""The few bytes of lib0 and y-protocols that a load generator reads and writes."""

from __future__ import annotations

from collections.abc import Iterator

SYNC = 0

AWARENESS = 1

ACK = 17
"""Ours only: how many of this connection's frames are durable."""

STEP1, STEP2, UPDATE = 0, 1, 2

EMPTY_UPDATE = b"\x00\x00"
"""A Yjs update that brings nothing; also the state vector of nothing is its first byte."""


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
    byte = data[at]
    at += 1
    if byte < 0x80:
        return byte, at
    value, shift = byte & 0x7F, 7
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def sync_frame(kind: int, payload: bytes) -> bytes:
    """A frame of y-protocols' sync, as all contenders speak it."""
    return bytes((SYNC, kind)) + varuint(len(payload)) + payload


def sync_payload(frame: bytes) -> bytes:
    """What a sync frame carries."""
    size, at = read_varuint(frame, 2)
    return frame[at : at + size]


def awareness_frame(client: int, clock: int, state: bytes) -> bytes:
    """A frame in which one client says a word about itself, as all contenders speak it."""
    update = b"\x01" + varuint(client) + varuint(clock) + varuint(len(state)) + state
    return bytes((AWARENESS,)) + varuint(len(update)) + update


def awareness_states(frame: bytes) -> Iterator[bytes]:
    """The states in such a frame, as JSON; that of a client that is gone is ``null``."""
    _, at = read_varuint(frame, 1)
    count, at = read_varuint(frame, at)
    for _ in range(count):
        _, at = read_varuint(frame, at)
        _, at = read_varuint(frame, at)
        size, at = read_varuint(frame, at)
        yield frame[at : at + size]
        at += size
