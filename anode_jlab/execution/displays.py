"""Where the displays of a runtime session stand, so that an update finds them in any cell."""

from __future__ import annotations

from typing import NamedTuple

from anode_jlab.documents.seals import Seals
from anode_jlab.ids import CellId, ExecutionId

MOST_DISPLAYS = 10_000
"""Display ids remembered; the oldest is forgotten first."""


class Place(NamedTuple):
    """One output: the cell, the run that made it, its number among the outputs of that run."""

    cell_id: CellId
    execution_id: ExecutionId
    number: int


class Displays:
    """From ``display_id`` to the outputs that show it. One for each runtime session.

    ``seals`` tells the session's outputs from what clients put beside them.
    """

    def __init__(self) -> None:
        self.seals = Seals()
        self._places: dict[str, list[Place]] = {}

    def add(self, display_id: str, place: Place) -> None:
        """An output shows this display from now on."""
        self._places.setdefault(display_id, []).append(place)
        if len(self._places) > MOST_DISPLAYS:
            del self._places[next(iter(self._places))]

    def of(self, display_id: str) -> tuple[Place, ...]:
        """All outputs that show it, in the order in which they came."""
        return tuple(self._places.get(display_id, ()))
