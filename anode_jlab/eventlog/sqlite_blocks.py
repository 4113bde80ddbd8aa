"""Packed events: the rows of many keystrokes as one compressed block, each with its hashes.

Nothing is merged: a block gives back the very rows that were packed, so that every moment stays
reachable and the chain of hashes whole. Rows whose bytes were purged keep their chain hash and
have no checksum any more; only the block's own tells that they are as they were left.
"""

from __future__ import annotations

import sqlite3
import zlib
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

import msgspec

from anode_jlab.errors import StoreDamaged
from anode_jlab.eventlog.sealing import CHAIN_BYTES, checksum
from anode_jlab.eventlog.sqlite_rows import Row
from anode_jlab.eventlog.sqlite_schema import PACKED_FORMAT

BLOCK_EVENTS = 1024
"""Rows in a block: small enough to be opened in about a millisecond, for one moment of it."""

COMPRESSION_LEVEL = 6
"""zlib level of blocks: they are written once, off everybody's path, and kept for ever."""

_MAKE_TABLE = """
CREATE TABLE IF NOT EXISTS blocks (
    first INTEGER PRIMARY KEY, last INTEGER NOT NULL, events INTEGER NOT NULL,
    stripped INTEGER NOT NULL, content BLOB NOT NULL, crc INTEGER NOT NULL
)
"""


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """One block as it is stored: seqs ``first`` to ``last``, with other rows' seqs in between.

    ``stripped``: the bytes of every document update in it were purged.
    """

    first: int
    last: int
    events: int
    stripped: bool
    content: bytes

    @property
    def crc(self) -> int:
        """Checksum of all of it."""
        head = array("q", (self.first, self.last, self.events, self.stripped))
        return checksum(head.tobytes(), self.content)


class _Columns(msgspec.Struct, array_like=True):
    """Rows turned by 90 degrees: what is alike stands together and shrinks."""

    steps: list[int]
    times: bytes
    actors: list[int]
    clients: list[int | None]
    causes: list[int | None]
    names: list[int]
    datas: list[bytes]
    blobs: list[bytes | None]
    crcs: list[int | None]
    chains: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Columns)


def pack(rows: Sequence[Row], *, stripped: bool = False) -> Block:
    """One block of these rows, which are in order. Takes its time."""
    seqs, times, actors, clients, causes, names, datas, blobs, crcs, chains = zip(
        *rows, strict=True
    )
    columns = _Columns(
        steps=[seqs[0], *(later - earlier for earlier, later in pairwise(seqs))],
        times=array("d", times).tobytes(),
        actors=list(actors),
        clients=list(clients),
        causes=list(causes),
        names=list(names),
        datas=list(datas),
        blobs=list(blobs),
        crcs=list(crcs),
        chains=b"".join(chains),
    )
    return Block(
        first=seqs[0],
        last=seqs[-1],
        events=len(rows),
        stripped=stripped,
        content=zlib.compress(_encoder.encode(columns), COMPRESSION_LEVEL),
    )


def unpack(block: Block) -> list[Row]:
    """The rows of a block, in order. Raises StoreDamaged."""
    try:
        columns = _decoder.decode(zlib.decompress(block.content))
        chains = columns.chains
        rows: list[Row] = list(
            zip(
                accumulate(columns.steps),
                array("d", columns.times),
                columns.actors,
                columns.clients,
                columns.causes,
                columns.names,
                columns.datas,
                columns.blobs,
                columns.crcs,
                [chains[at : at + CHAIN_BYTES] for at in range(0, len(chains), CHAIN_BYTES)],
                strict=True,
            )
        )
    except (zlib.error, msgspec.MsgspecError, ValueError) as error:
        raise _damaged(block) from error
    return rows


def has_blocks(connection: sqlite3.Connection) -> bool:
    """Whether anything was ever packed in this file."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version < PACKED_FORMAT:
        return False
    found = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'blocks'").fetchone()
    return found is not None


def blocks_between(
    connection: sqlite3.Connection, after: int, upto: int, *, lenient: bool = False
) -> Iterator[Block]:
    """The blocks with rows in ``after`` < seq <= ``upto``, one at a time, each of them checked.

    Raises StoreDamaged at a damaged one, which ``lenient`` passes over.
    """
    place = -1
    while True:
        found = connection.execute(
            "SELECT first, last, events, stripped, content, crc FROM blocks"
            " WHERE first > ? AND last > ? AND first <= ? ORDER BY first LIMIT 1",
            (place, after, upto),
        ).fetchone()
        if found is None:
            return
        place = found[0]
        try:
            block = _checked(*found)
        except StoreDamaged:
            if not lenient:
                raise
        else:
            yield block


def insert_block(connection: sqlite3.Connection, block: Block) -> None:
    """Store a block, in place of one with the same beginning; inside the caller's transaction."""
    connection.execute(_MAKE_TABLE)
    connection.execute(f"PRAGMA user_version = {PACKED_FORMAT}")
    connection.execute(
        "INSERT OR REPLACE INTO blocks (first, last, events, stripped, content, crc)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (block.first, block.last, block.events, block.stripped, block.content, block.crc),
    )


def _checked(first: int, last: int, events: int, stripped: int, content: bytes, crc: int) -> Block:
    try:
        block = Block(
            first=first, last=last, events=events, stripped=bool(stripped), content=content
        )
        if block.crc == crc:
            return block
    except (TypeError, OverflowError) as error:  # a flipped bit can change a value's type
        raise StoreDamaged(f"The packed events from {first} on are damaged.") from error
    raise _damaged(block)


def _damaged(block: Block) -> StoreDamaged:
    return StoreDamaged(f"The packed events from {block.first} on are damaged.")
