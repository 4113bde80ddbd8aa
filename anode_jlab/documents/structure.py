"""Facts about the list of cells: what was deleted, moved and created between two lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from anode_jlab.documents.shadow import CellShadow
from anode_jlab.events.content import CellCreated, CellDeleted, CellMoved
from anode_jlab.events.event import Event
from anode_jlab.ids import CellId


class Structure(NamedTuple):
    """``facts`` in an order in which they can be applied one after another; ``clones`` pairs each
    cell that went with the one that came back under its id (a move or a change of type)."""

    facts: list[Event]
    clones: list[tuple[CellShadow, CellShadow]]


def compare(
    before: Sequence[CellShadow],
    after: Sequence[CellShadow],
    *,
    was_deleted: Callable[[CellId], bool],
) -> Structure:
    """How ``before`` became ``after``; both hold cells with ids only.

    Cells that are in both lists have the same order in both: arrays of Yjs have no other way.
    """
    known, living = set(before), set(after)
    clone_of = _pair_clones(
        [cell for cell in before if cell not in living],
        [cell for cell in after if cell not in known],
    )
    clones = set(clone_of.values())
    facts: list[Event] = [
        CellDeleted(cell_id=_id(cell), index=index)
        for index, cell in reversed(list(enumerate(before)))
        if cell not in living and cell not in clone_of
    ]
    working = [clone_of.get(cell, cell) for cell in before if cell in living or cell in clone_of]
    target = [cell for cell in after if cell in known or cell in clones]
    if working != target:
        facts += _moves(working, target, clones)
    facts += [
        CellCreated(
            cell_id=_id(cell), cell_type=cell.type, index=index, restored=was_deleted(_id(cell))
        )
        for index, cell in enumerate(after)
        if cell not in known and cell not in clones
    ]
    return Structure(facts, list(clone_of.items()))


def _pair_clones(
    gone: Sequence[CellShadow], come: Sequence[CellShadow]
) -> dict[CellShadow, CellShadow]:
    by_id: defaultdict[CellId | None, list[CellShadow]] = defaultdict(list)
    for cell in gone:
        by_id[cell.id].append(cell)
    return {by_id[cell.id].pop(0): cell for cell in come if by_id[cell.id]}


def _moves(
    working: list[CellShadow], target: Sequence[CellShadow], clones: set[CellShadow]
) -> list[Event]:
    """Put each clone behind its predecessor, from the first to the last: each step is valid after
    the one before it, and cells that stayed are never said to have moved."""
    facts: list[Event] = []
    previous: CellShadow | None = None
    for cell in target:
        if cell in clones:
            current = working.index(cell)
            if (working[current - 1] if current else None) is not previous:
                del working[current]
                place = 0 if previous is None else working.index(previous) + 1
                working.insert(place, cell)
                facts.append(CellMoved(cell_id=_id(cell), from_index=current, to_index=place))
        previous = cell
    return facts


def _id(cell: CellShadow) -> CellId:
    assert cell.id is not None
    return cell.id
