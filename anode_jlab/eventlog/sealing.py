"""The seal of a stored record: a checksum of its own bytes and a hash chained to all before it.

SQLite does not notice a flipped bit in a payload; with the seal every change of a record, of their
order or of their number is found.
"""

from __future__ import annotations

import hashlib
import struct
from typing import NamedTuple

import google_crc32c

from anode_jlab.events.registry import StoredEvent

CHAIN_BYTES = 16
"""Length of a chain hash: 128 bits, far beyond chance and cheap to keep with every record."""

CHAIN_START = bytes(CHAIN_BYTES)
"""What the first record is chained to."""

_HEAD = struct.Struct("<QdqqIIIq")
_ABSENT = -1


class Seal(NamedTuple):
    """CRC32C of a record, and BLAKE2b of the previous record's chain hash with the record."""

    crc: int
    chain: bytes


def actor_bytes(kind: str, actor_id: str, name: str) -> bytes:
    """An actor as sealed bytes, with lengths so that no two are alike."""
    parts = [part.encode() for part in (kind, actor_id, name)]
    return b"".join(struct.pack("<I", len(part)) + part for part in parts)


def sealed_bytes(
    seq: int,
    time: float,
    actor: bytes,
    client: int | None,
    cause: int | None,
    event: StoredEvent,
) -> bytes:
    """Everything that a record says, as one unambiguous row; ``actor`` by ``actor_bytes``."""
    name, data, blob = event.name.encode(), event.data, event.blob
    head = _HEAD.pack(
        seq,
        time,
        _ABSENT if client is None else client,
        _ABSENT if cause is None else cause,
        len(name),
        len(actor),
        len(data),
        _ABSENT if blob is None else len(blob),
    )
    return b"".join((head, name, actor, data, blob or b""))


def seal(previous: bytes, record: bytes) -> Seal:
    """The seal of ``record`` (``sealed_bytes``) after a record with the chain hash ``previous``."""
    chain = hashlib.blake2b(record, digest_size=CHAIN_BYTES, key=previous).digest()
    return Seal(google_crc32c.value(record), chain)


def checksum(*parts: bytes) -> int:
    """CRC32C of the parts, one after another."""
    crc = 0
    for part in parts:
        crc = google_crc32c.extend(crc, part)
    return crc
