"""What a Yjs update brings and what it needs, known before any native code sees its bytes."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Final

import msgspec

from anode_jlab.documents.joins import joining_bytes
from anode_jlab.documents.nesting import NO_LEVELS, Levels, level_blocks
from anode_jlab.documents.update_reader import (
    GC,
    MAX_CLOCK,
    SKIP,
    TYPE,
    Block,
    Deletion,
    Id,
    UpdateReader,
)
from anode_jlab.errors import BadFrame, TooLarge

_MIB: Final = 1 << 20


class ShapeLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How much one update may hold; the counts bound time and memory of reading and applying."""

    size: int = 8 * _MIB
    clients: int = 20_000
    blocks: int = 400_000
    deletions: int = 400_000
    values: int = 1_000_000
    joining: int = 16 * _MIB
    """Bytes that are copied while small pieces are joined, see ``documents.joins``."""


STEP2_LIMITS: Final = ShapeLimits(
    size=64 * _MIB, clients=100_000, blocks=400_000, deletions=1_000_000, values=4_000_000
)
"""An answer to step1 may be the whole document with its history."""


_ANY_NUMBER: Final = 2**62

OWN_LIMITS: Final = ShapeLimits(
    size=_ANY_NUMBER,
    clients=_ANY_NUMBER,
    blocks=_ANY_NUMBER,
    deletions=_ANY_NUMBER,
    values=_ANY_NUMBER,
    joining=_ANY_NUMBER,
)
"""What our own documents and transactions hold was judged before, piece by piece."""


class UpdateShape(msgspec.Struct, frozen=True, kw_only=True):
    """Extent and dependencies of an update.

    ``starts`` and ``ends``: per client the first clock and the clock after the last. ``needs``: per
    client the clock that a document must have reached (its state vector's entry) so that every
    origin, parent, deletion and skipped stretch is there. ``levels`` tells how deep its
    types lie, and ``halves`` are the second units of surrogate pairs, for judging later updates.
    """

    starts: Mapping[int, int]
    ends: Mapping[int, int]
    needs: Mapping[int, int]
    blocks: tuple[Block, ...]
    deletions: tuple[Deletion, ...]
    inserted_types: int
    has_skips: bool
    levels: Levels
    halves: Set[Id]
    deletions_at: int
    """Where the delete set begins: the bytes before it are the blocks alone."""

    @property
    def structs(self) -> int:
        """Number of blocks, skipped stretches included."""
        return len(self.blocks)

    @property
    def deletes(self) -> int:
        """Number of deleted stretches."""
        return len(self.deletions)

    @property
    def is_empty(self) -> bool:
        return not self.blocks and not self.deletions

    @property
    def deleted_units(self) -> int:
        """Number of deleted units of content."""
        return sum(deletion.length for deletion in self.deletions)


def read_shape(
    update: bytes,
    limits: ShapeLimits | None = None,
    *,
    levels: Levels = NO_LEVELS,
    halves: Set[Id] = frozenset(),
) -> UpdateShape:
    """Read an update completely.

    ``levels`` and ``halves`` tell of nesting and surrogate pairs that the document holds already.
    Raises BadFrame when the bytes are not exactly one valid Yjs v1 update, or split a surrogate
    pair; TooLarge when they are more, or deeper nested, than ``limits`` allow.
    """
    limits = limits or ShapeLimits()
    if len(update) > limits.size:
        raise TooLarge()
    reader = UpdateReader(update, values=limits.values)
    try:
        blocks, starts, ends = _read_blocks(reader, limits)
        deletions_at = reader.pos
        deletions = _read_deletions(reader, limits)
    except IndexError:
        raise BadFrame("The update is cut off.") from None
    if reader.pos != len(update):
        raise BadFrame("Bytes follow the update.")
    if joining_bytes(blocks) > limits.joining:
        raise TooLarge("The update has too many small pieces side by side.")
    if halves or reader.halves:
        _refuse_splits(blocks, deletions, halves, reader.halves)
    inserted_types = sum([block.ref == TYPE for block in blocks])
    return UpdateShape(
        starts=starts,
        ends=ends,
        needs=_needs(blocks, deletions, starts, ends),
        blocks=tuple(blocks),
        deletions=tuple(deletions),
        inserted_types=inserted_types,
        has_skips=any(block.ref == SKIP for block in blocks),
        levels=level_blocks(blocks, starts, ends, levels, nests=inserted_types > 0),
        halves=reader.halves,
        deletions_at=deletions_at,
    )


def _read_blocks(
    reader: UpdateReader, limits: ShapeLimits
) -> tuple[list[Block], dict[int, int], dict[int, int]]:
    """All blocks, and where each client's begin and end."""
    blocks: list[Block] = []
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    clients = reader.count(3)
    if clients > limits.clients:
        raise TooLarge("The update has too many clients.")
    for _ in range(clients):
        count = reader.count(1)
        if len(blocks) + count > limits.blocks:
            raise TooLarge("The update has too many parts.")
        client = reader.client()
        clock = reader.clock()
        if client in starts:
            raise BadFrame("A client comes twice.")
        starts[client] = clock
        for _ in range(count):
            block = reader.block(client, clock)
            if block.length:
                blocks.append(block)
                clock += block.length
        if clock == starts[client]:
            del starts[client]
        else:
            ends[client] = clock
    return blocks, starts, ends


def _read_deletions(reader: UpdateReader, limits: ShapeLimits) -> list[Deletion]:
    deletions: list[Deletion] = []
    clients = reader.count(2)
    if clients > limits.clients:
        raise TooLarge("The update deletes content of too many clients.")
    for _ in range(clients):
        client = reader.uint()
        count = reader.count(2)
        if len(deletions) + count > limits.deletions:
            raise TooLarge("The update deletes too many parts.")
        for _ in range(count):
            deletion = Deletion(client, reader.clock(), reader.clock())
            if deletion.clock + deletion.length > MAX_CLOCK:
                raise BadFrame("A clock is too large.")
            if deletion.length:
                deletions.append(deletion)
    return deletions


def _refuse_splits(
    blocks: list[Block], deletions: list[Deletion], known: Set[Id], brought: Set[Id]
) -> None:
    """A surrogate pair is deleted as a whole, and nothing goes between its halves.

    Yjs puts two replacement characters when one is split; the native library loses a unit there,
    and everything of that client's that comes later is out of step.
    """
    edges: list[Id] = []
    for block in blocks:
        edges.append((block.client, block.clock))
        if block.origin is not None:
            edges.append((block.origin[0], block.origin[1] + 1))
        if block.right_origin is not None:
            edges.append(block.right_origin)
    for client, clock, length in deletions:
        edges.append((client, clock))
        edges.append((client, clock + length))
    if not known.isdisjoint(edges) or not brought.isdisjoint(edges):
        raise BadFrame("The update splits a character.")


def _needs(
    blocks: list[Block],
    deletions: list[Deletion],
    starts: Mapping[int, int],
    ends: Mapping[int, int],
) -> dict[int, int]:
    """Per client the clock that must be reached by what the update does not bring."""
    needs: dict[int, int] = {client: start for client, start in starts.items() if start}
    for block in blocks:
        if block.ref == GC:
            continue
        if block.ref == SKIP:
            end = block.clock + block.length
            if end > needs.get(block.client, 0):
                needs[block.client] = end
            continue
        for dependency in (block.origin, block.right_origin, block.parent):
            if dependency is not None and not isinstance(dependency, str):
                client, clock = dependency
                if clock >= ends.get(client, 0) and clock >= needs.get(client, 0):
                    needs[client] = clock + 1
    for client, clock, length in deletions:
        end = clock + length
        if end > ends.get(client, 0) and end > needs.get(client, 0):
            needs[client] = end
    return needs
