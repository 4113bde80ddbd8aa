"""The seal covers every value of a record, and its place."""

from __future__ import annotations

import random

from anode_jlab.eventlog.sealing import CHAIN_START, actor_bytes, checksum, seal, sealed_bytes
from anode_jlab.events.registry import StoredEvent

ANN = actor_bytes("human", "ann", "Ann")
EVENT = StoredEvent("v1.X", b'{"a":1}', b"bytes")


def test_every_value_counts() -> None:
    variants = [
        sealed_bytes(1, 2.0, ANN, 3, 4, EVENT),
        sealed_bytes(2, 2.0, ANN, 3, 4, EVENT),
        sealed_bytes(1, 2.5, ANN, 3, 4, EVENT),
        sealed_bytes(1, 2.0, actor_bytes("human", "an", "nAnn"), 3, 4, EVENT),
        sealed_bytes(1, 2.0, ANN, None, 4, EVENT),
        sealed_bytes(1, 2.0, ANN, 0, 4, EVENT),
        sealed_bytes(1, 2.0, ANN, 3, None, EVENT),
        sealed_bytes(1, 2.0, ANN, 3, 4, StoredEvent("v1.Y", EVENT.data, EVENT.blob)),
        sealed_bytes(1, 2.0, ANN, 3, 4, StoredEvent("v1.X", b'{"a":1}b', b"ytes")),
        sealed_bytes(1, 2.0, ANN, 3, 4, StoredEvent("v1.X", EVENT.data, b"")),
        sealed_bytes(1, 2.0, ANN, 3, 4, StoredEvent("v1.X", EVENT.data, None)),
    ]
    assert len(set(variants)) == len(variants)
    assert len({seal(CHAIN_START, sealed) for sealed in variants}) == len(variants)


def test_the_chain_depends_on_all_before() -> None:
    record = sealed_bytes(1, 2.0, ANN, None, None, EVENT)
    assert seal(CHAIN_START, record).crc == seal(b"x" * 16, record).crc
    assert seal(CHAIN_START, record).chain != seal(b"x" * 16, record).chain


def test_any_flipped_bit_changes_both_sums() -> None:
    rng = random.Random("flipped bits")
    record = sealed_bytes(7, 2.0, ANN, 3, 4, EVENT)
    whole = seal(CHAIN_START, record)
    for _ in range(200):
        flipped = bytearray(record)
        flipped[rng.randrange(len(record))] ^= 1 << rng.randrange(8)
        found = seal(CHAIN_START, bytes(flipped))
        assert found.crc != whole.crc
        assert found.chain != whole.chain


def test_the_checksum_is_crc32c() -> None:
    assert checksum(b"1234", b"56789") == 0xE3069283  # the check value of RFC 3720's CRC32C
