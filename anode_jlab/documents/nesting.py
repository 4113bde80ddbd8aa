"""How deep types nest, and that an update's blocks can be put in an order at all.

A type inside a type inside a type is no danger in a notebook's five levels, but native code
follows each level on its stack. An update that nests into content of an earlier one must count
from there, so content that lies deeper than notebooks do is remembered (``Levels``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

from anode_jlab.documents.update_reader import GC, MAX_DEPTH, SKIP, TYPE, Block, Id
from anode_jlab.errors import BadFrame, TooLarge

USUAL_DEPTH: Final = 8
"""Content up to this level is not remembered, and unknown content is taken to lie here."""


class Levels:
    """Levels of stretches of content: a block in a root type has level 0, one in its child 1.

    One thread may read while another puts.
    """

    def __init__(self) -> None:
        self._levels: dict[int, list[tuple[int, int]]] = {}

    def __bool__(self) -> bool:
        return bool(self._levels)

    def put(self, client: int, clock: int, level: int) -> None:
        """From ``clock`` on (until the next put) content of ``client`` has this level."""
        levels = self._levels.setdefault(client, [])
        at = bisect_right(levels, (clock, MAX_DEPTH + 1))
        if at and levels[at - 1][0] == clock:
            levels[at - 1] = (clock, level)
        else:
            levels.insert(at, (clock, level))

    def get(self, client: int, clock: int) -> int | None:
        """The level of that unit; None when nothing was put before it."""
        levels = self._levels.get(client, ())
        at = bisect_right(levels, (clock, MAX_DEPTH + 1))
        return levels[at - 1][1] if at else None

    def merge(self, other: Levels) -> None:
        for client, levels in other._levels.items():
            for clock, level in levels:
                self.put(client, clock, level)


NOTHING_DEEP: Final = Levels()


def level_blocks(
    blocks: Sequence[Block],
    starts: Mapping[int, int],
    ends: Mapping[int, int],
    deep: Levels,
    *,
    nests: bool,
) -> Levels:
    """Check order and depth; returns the levels of those blocks that lie deeper than usual.

    Raises BadFrame when blocks depend on one another in a circle, or on what comes later from the
    same client; TooLarge when types nest deeper than MAX_DEPTH.
    """
    if len(ends) > 1:
        blocks = in_order(blocks, starts, ends)
    else:
        for block in blocks:
            _check_own(block)
    if not nests and not deep:
        return NOTHING_DEEP
    found = Levels()
    inside = Levels()
    for block in blocks:
        level = _level(block, starts, ends, inside, deep)
        if level + (block.ref == TYPE) > MAX_DEPTH:
            raise TooLarge("Types are nested too deeply.")
        inside.put(block.client, block.clock, level)
        if level > USUAL_DEPTH:
            found.put(block.client, block.clock, level)
            found.put(block.client, block.clock + block.length, USUAL_DEPTH)
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


def _level(
    block: Block,
    starts: Mapping[int, int],
    ends: Mapping[int, int],
    inside: Levels,
    deep: Levels,
) -> int:
    """A block lies where its neighbour lies, or one below the type that it names as parent."""
    if block.ref in (GC, SKIP) or isinstance(block.parent, str):
        return 0

    def known(unit: Id) -> int:
        client, clock = unit
        brought = starts.get(client, 0) <= clock < ends.get(client, 0)
        level = inside.get(client, clock) if brought else deep.get(client, clock)
        return USUAL_DEPTH if level is None else level

    if block.parent is not None:
        return known(block.parent) + 1
    return max([known(unit) for unit in (block.origin, block.right_origin) if unit is not None])


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
