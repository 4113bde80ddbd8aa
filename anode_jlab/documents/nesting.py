"""How deep types nest, and that an update's blocks can be put in an order at all.

A type inside a type inside a type is no danger in a notebook's five levels, but native code
follows each level on its stack. An update that nests into content of an earlier one must count
from there, so the levels of types are remembered, and of other content that lies unusually deep.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

from anode_jlab.documents.lib0 import MAX_DEPTH
from anode_jlab.documents.update_reader import GC, MAX_CLOCK, SKIP, TYPE, Block, Id
from anode_jlab.errors import BadFrame, TooLarge

USUAL_DEPTH: Final = 8
"""Content up to this level is not remembered, and unknown content is taken to lie here."""


class Stretches:
    """Levels of stretches of content, put in the order of their clocks."""

    def __init__(self) -> None:
        self._clocks: dict[int, list[int]] = {}
        self._levels: dict[int, list[int]] = {}

    def put(self, client: int, clock: int, level: int) -> None:
        """From ``clock`` on (until the next put) content of ``client`` has this level."""
        self._clocks.setdefault(client, []).append(clock)
        self._levels.setdefault(client, []).append(level)

    def get(self, client: int, clock: int) -> int:
        return self._levels[client][bisect_right(self._clocks[client], clock) - 1]


class Levels:
    """What is remembered of a document's levels: content of a root type has level 0, content of a
    type with level n has level n + 1. One thread may read while another merges."""

    def __init__(self) -> None:
        self._types: dict[Id, int] = {}
        self._deep: dict[int, list[tuple[int, int, int]]] = {}
        self.is_deep = False
        """Whether anything lies, or would lie, unusually deep."""

    def __len__(self) -> int:
        return len(self._types) + sum([len(deep) for deep in self._deep.values()])

    def put(self, block: Block, level: int) -> None:
        self.is_deep = self.is_deep or level >= USUAL_DEPTH
        if block.ref == TYPE:
            self._types[block.client, block.clock] = level
        elif level > USUAL_DEPTH:
            stretch = (block.clock, block.clock + block.length, level)
            deep = self._deep.setdefault(block.client, [])
            deep.insert(bisect_right(deep, stretch), stretch)

    def get(self, unit: Id) -> int:
        level = self._types.get(unit)
        if level is not None:
            return level
        deep = self._deep.get(unit[0], ())
        at = bisect_right(deep, (unit[1] + 1,)) - 1
        if at >= 0 and unit[1] < deep[at][1]:
            return deep[at][2]
        return USUAL_DEPTH

    def merge(self, other: Levels) -> None:
        self.is_deep = self.is_deep or other.is_deep
        self._types.update(other._types)
        for client, stretches in other._deep.items():
            deep = self._deep.setdefault(client, [])
            for stretch in stretches:
                deep.insert(bisect_right(deep, stretch), stretch)


NO_LEVELS: Final = Levels()


def level_blocks(
    blocks: Sequence[Block],
    starts: Mapping[int, int],
    ends: Mapping[int, int],
    known: Levels,
    *,
    nests: bool,
) -> Levels:
    """Check order and depth; returns what is to be remembered.

    Raises BadFrame when blocks depend on one another in a circle, or on what comes later from the
    same client; TooLarge when types nest deeper than MAX_DEPTH.
    """
    if len(ends) > 1:
        blocks = in_order(blocks, starts, ends)
    else:
        for block in blocks:
            _check_own(block)
    if not nests and not known.is_deep:
        return NO_LEVELS
    found = Levels()
    inside = Stretches()

    def level_of(unit: Id) -> int:
        client, clock = unit
        if starts.get(client, MAX_CLOCK) <= clock < ends[client]:
            return inside.get(client, clock)
        return known.get(unit)

    for block in blocks:
        if isinstance(block.parent, str) or block.ref in (GC, SKIP):
            level = 0
        elif block.parent is not None:
            level = level_of(block.parent) + 1
        else:
            sides = (block.origin, block.right_origin)
            level = max([level_of(unit) for unit in sides if unit is not None])
        if level + (block.ref == TYPE) > MAX_DEPTH:
            raise TooLarge("Types are nested too deeply.")
        inside.put(block.client, block.clock, level)
        if block.ref == TYPE or level > USUAL_DEPTH:
            found.put(block, level)
    return found


def _check_own(block: Block) -> None:
    """Content can only refer to earlier content of its own client."""
    for dependency in (block.origin, block.right_origin, block.parent):
        if (
            dependency is not None
            and dependency[0] == block.client
            and not isinstance(dependency, str)
            and dependency[1] >= block.clock
        ):
            raise BadFrame("A block depends on a later one.")


def in_order(
    blocks: Sequence[Block], starts: Mapping[int, int], ends: Mapping[int, int]
) -> list[Block]:
    """The blocks of several clients so that each comes after what it depends on."""
    queues: dict[int, list[Block]] = {}
    for block in reversed(blocks):
        queues.setdefault(block.client, []).append(block)
    reached = dict(starts)
    ordered: list[Block] = []
    for first in starts:
        waiting = [first]
        while waiting:
            client = waiting[-1]
            queue = queues[client]
            missing = _missing(queue[-1], reached, ends) if queue else None
            if not queue:
                waiting.pop()
            elif missing is None:
                block = queue.pop()
                reached[client] = block.clock + block.length
                ordered.append(block)
                if len(waiting) > 1:
                    waiting.pop()
            elif missing in waiting:
                raise BadFrame("Blocks depend on one another in a circle.")
            else:
                waiting.append(missing)
    return ordered


def _missing(block: Block, reached: Mapping[int, int], ends: Mapping[int, int]) -> int | None:
    """A client of this update from which something must come before ``block``."""
    for dependency in (block.origin, block.right_origin, block.parent):
        if dependency is not None and not isinstance(dependency, str):
            client, clock = dependency
            if clock < ends.get(client, 0) and clock >= reached[client]:
                return client
    return None
