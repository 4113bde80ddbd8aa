"""Where cells go that another program added or moved in the file, among those that are there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from anode_jlab.documents.matching import staying
from anode_jlab.ids import CellId


class Slot(NamedTuple):
    """An element of the ``cells`` array: which cell, and at which place it is already.

    ``place`` is None for a cell that has to be made.
    """

    id: CellId | None
    place: int | None


def arrange(
    slots: Sequence[Slot], order: Sequence[CellId], *, put: Collection[CellId]
) -> list[Slot]:
    """The slots with each cell of ``put`` directly behind the one before it in ``order``.

    Of those before it the nearest that is there counts; without any it becomes the first. So cells
    that only we have stay where they are.
    """
    arranged = [slot for slot in slots if slot.id not in put]
    present = {slot.id for slot in arranged}
    for index, cell_id in enumerate(order):
        if cell_id not in put:
            continue
        before = next((other for other in reversed(order[:index]) if other in present), None)
        at = 0 if before is None else _index(arranged, before) + 1
        arranged.insert(at, Slot(cell_id, None))
        present.add(cell_id)
    return arranged


def moved_cells(before: Sequence[CellId], now: Sequence[CellId | None]) -> set[CellId]:
    """The fewest cells whose move makes the order ``now`` out of ``before``."""
    places = {cell_id: place for place, cell_id in enumerate(before)}
    found = [places[cell_id] for cell_id in now if cell_id in places]
    kept = staying(found)
    return {before[place] for place in found if place not in kept}


def _index(slots: Sequence[Slot], cell_id: CellId) -> int:
    return next(index for index, slot in enumerate(slots) if slot.id == cell_id)
