"""Some cells of an earlier moment in the notebook of now: what it is to read as then."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from anode_jlab.errors import SeqNotFound
from anode_jlab.ids import CellId


def with_cells_of(
    now: Mapping[str, Any], then: Mapping[str, Any], wanted: Collection[CellId]
) -> dict[str, Any]:
    """``now`` with these cells as they were ``then``; both with the ids of their cells.

    A cell that is there keeps its place, one that is not comes behind the cell that it stood
    behind then, or the nearest one before that is there. Raises SeqNotFound when a cell was not
    there then.
    """
    past = {cell["id"]: cell for cell in then["cells"]}
    for cell_id in wanted:
        if cell_id not in past:
            raise SeqNotFound(f"The cell {cell_id} was not there at that moment.")
    cells = [past[cell["id"]] if cell["id"] in wanted else cell for cell in now["cells"]]
    order = [cell["id"] for cell in then["cells"]]
    for place, cell_id in enumerate(order):
        if cell_id in wanted and all(cell["id"] != cell_id for cell in cells):
            cells.insert(_behind(order[:place], cells), past[cell_id])
    return {**now, "cells": cells}


def _behind(before: Sequence[CellId], cells: Sequence[Mapping[str, Any]]) -> int:
    places = {cell["id"]: place for place, cell in enumerate(cells)}
    found = next((cell_id for cell_id in reversed(before) if cell_id in places), None)
    return 0 if found is None else places[found] + 1
