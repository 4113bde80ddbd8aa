"""What was seen of one transaction so far, and the events that follow from it."""

from __future__ import annotations

from collections.abc import Sequence

from anode_jlab.documents.shadow import CellShadow
from anode_jlab.documents.structure import Structure
from anode_jlab.events.content import (
    CellIdReplaced,
    CellMetadataChanged,
    CellOutputsChanged,
    CellSourceChanged,
    CellTypeChanged,
    NotebookMetadataChanged,
)
from anode_jlab.events.event import Event
from anode_jlab.ids import CellId


class Facts:
    """Collects in the order in which observers run, tells in the order in which facts apply."""

    __slots__ = ("fresh", "ids", "keys", "list_changed", "metadata", "outputs", "sources", "types")

    def __init__(self) -> None:
        self.list_changed = False
        self.fresh: set[CellShadow] = set()
        """Cells that came with this transaction: their content is no change."""
        self.sources: dict[CellShadow, tuple[int, int]] = {}
        """Inserted and deleted code points."""
        self.types: dict[CellShadow, str] = {}
        """The type before."""
        self.ids: dict[CellShadow, CellId] = {}
        """The id before."""
        self.metadata: dict[CellShadow, dict[str, None]] = {}
        self.outputs: dict[CellShadow, int] = {}
        self.keys: dict[str, None] = {}
        """Keys of the notebook's metadata."""

    @property
    def is_empty(self) -> bool:
        return not (
            self.sources
            or self.list_changed
            or self.outputs
            or self.metadata
            or self.types
            or self.ids
            or self.keys
        )

    def source(self, cell: CellShadow, inserted: int, deleted: int) -> None:
        """Text came or went, in code points."""
        if cell not in self.fresh and (inserted or deleted):
            before = self.sources.get(cell, (0, 0))
            self.sources[cell] = (before[0] + inserted, before[1] + deleted)

    def cloned(self, structure: Structure) -> None:
        """A cell came back under its id, perhaps as another type or with another text."""
        for old, new in structure.clones:
            if old.type != new.type:
                self.types[new] = old.type
            grown = new.points - old.points
            if grown:
                self.sources[new] = (max(grown, 0), max(-grown, 0))

    def events(self, order: Sequence[CellShadow]) -> tuple[Event, ...]:
        """All facts about cells and notebook but those about the list of cells."""
        if len(self.sources) == 1 and not (self.metadata or self.outputs or self.ids or self.types):
            source = self._sources(list(self.sources))
            return (*source, *self._notebook()) if self.keys else tuple(source)
        places = {cell: index for index, cell in enumerate(order)}
        touched = {**self.ids, **self.types, **self.sources, **self.metadata, **self.outputs}
        cells = sorted((cell for cell in touched if cell in places), key=places.__getitem__)
        return (
            *self._identities(cells, places),
            *self._types(cells),
            *self._sources(cells),
            *self._metadata(cells),
            *self._outputs(cells),
            *self._notebook(),
        )

    def _identities(
        self, cells: Sequence[CellShadow], places: dict[CellShadow, int]
    ) -> list[Event]:
        return [
            CellIdReplaced(cell_id=self.ids[cell], new_id=cell.id, index=places[cell])
            for cell in cells
            if cell.id is not None and cell in self.ids
        ]

    def _types(self, cells: Sequence[CellShadow]) -> list[Event]:
        return [
            CellTypeChanged(cell_id=cell.id, from_type=self.types[cell], to_type=cell.type)
            for cell in cells
            if cell.id is not None and self.types.get(cell, cell.type) != cell.type
        ]

    def _sources(self, cells: Sequence[CellShadow]) -> list[Event]:
        return [
            CellSourceChanged(
                cell_id=cell.id,
                inserted=self.sources[cell][0],
                deleted=self.sources[cell][1],
                length=cell.points,
            )
            for cell in cells
            if cell.id is not None and cell in self.sources
        ]

    def _metadata(self, cells: Sequence[CellShadow]) -> list[Event]:
        return [
            CellMetadataChanged(cell_id=cell.id, keys=tuple(sorted(self.metadata[cell])))
            for cell in cells
            if cell.id is not None and cell in self.metadata
        ]

    def _outputs(self, cells: Sequence[CellShadow]) -> list[Event]:
        return [
            CellOutputsChanged(cell_id=cell.id, count=self.outputs[cell])
            for cell in cells
            if cell.id is not None and cell in self.outputs
        ]

    def _notebook(self) -> list[Event]:
        return [NotebookMetadataChanged(keys=tuple(sorted(self.keys)))] if self.keys else []
