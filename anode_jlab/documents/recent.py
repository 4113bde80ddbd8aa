"""The newest updates of a live document, kept so that lost text can be looked up.

Content that a document deleted is gone from it. A ghost, a copy to which the same updates were
applied without their deletions, still has it, each unit in its exact place and under its id.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence, Set
from typing import Any, Final, NamedTuple

from pycrdt import Array, Doc

from anode_jlab.documents.id_set import IdSet
from anode_jlab.documents.native import (
    NativeEvent,
    NativeMap,
    NativeText,
    NativeTransaction,
    native_array,
    native_doc,
    observe_deep,
    read_key,
)
from anode_jlab.documents.units import UnitText, id_at, read_native
from anode_jlab.documents.update_reader import Deletion, Id
from anode_jlab.documents.update_shape import UpdateShape
from anode_jlab.ids import CellId

UPDATES_PER_SEGMENT: Final = 1000
"""Two segments are kept, so that between 1000 and 2000 updates can be looked up."""

BYTES_PER_SEGMENT: Final = 4 << 20
"""A segment also ends here; one encoding of the document per segment is the cost of this file."""

GHOST_UPDATES: Final = 200
"""A ghost that was of no use for so many updates is let go."""


class RecentUpdate(NamedTuple):
    """The blocks of an update (as an update without deletions), and the deletions."""

    blocks: bytes
    deletions: tuple[Deletion, ...]


class Copy(NamedTuple):
    """A cell as the ghost has it: its whole text, deleted units too, and its type."""

    units: UnitText
    type: object


class Segment:
    """The document at one moment, as updates, and the updates since."""

    def __init__(self, base: list[bytes]) -> None:
        self.base = base
        self.updates: list[RecentUpdate] = []
        self.size = 0


class Ghost:
    """A copy of the document in which nothing that was there recently is deleted."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.idle = 0
        self._doc: Doc[Any] = Doc(skip_gc=True)
        self._cells: Array[Any] = self._doc.get("cells", type=Array)
        self._elements: list[object] = []
        self._copies: list[tuple[Id, Copy] | None] = []
        """Per element what was read of it, until it changes."""
        self.touched: set[CellId] = set()
        """The cells in which the last update changed something, though they may be gone."""
        self._subscription = observe_deep(native_array(self._cells), self._on_cells)
        for update in segments[0].base:
            self._doc.apply_update(update)
        with self._doc.transaction():
            for segment in segments:
                for recent in segment.updates:
                    self._doc.apply_update(recent.blocks)

    def apply(self, blocks: bytes) -> None:
        self.touched.clear()
        self._doc.apply_update(blocks)

    def close(self) -> None:
        """Stop observing, for else the copy would never be collected."""
        self._subscription.drop()

    def copies(self, cell_ids: Set[CellId], *, least: int = 2) -> dict[CellId, dict[Id, Copy]]:
        """All cells that had one of these ids, the ones that are gone too, by their items; only
        of ids that at least so many cells had."""
        with self._doc.transaction() as transaction:
            txn = transaction._txn
            assert txn is not None
            places: dict[CellId, list[int]] = {}
            for index, cell in enumerate(self._elements):
                cell_id = read_key(cell, txn, "id") if isinstance(cell, NativeMap) else None
                if isinstance(cell_id, str) and cell_id in cell_ids:
                    places.setdefault(CellId(cell_id), []).append(index)
            return {
                cell_id: dict(self._copy(index, txn) for index in found)
                for cell_id, found in places.items()
                if len(found) >= least
            }

    def _copy(self, index: int, txn: NativeTransaction) -> tuple[Id, Copy]:
        copy = self._copies[index]
        if copy is None:
            copy = self._copies[index] = self._read(index, txn)
        return copy

    def _read(self, index: int, txn: NativeTransaction) -> tuple[Id, Copy]:
        cell = self._elements[index]
        assert isinstance(cell, NativeMap)
        source = read_key(cell, txn, "source")
        units = None
        if isinstance(source, NativeText):
            units = read_native(source, native_doc(self._doc), txn)
        item = id_at(native_array(self._cells), txn, index)
        return item, Copy(units or [], read_key(cell, txn, "cell_type"))

    def _on_cells(self, events: list[NativeEvent]) -> None:
        changed: list[tuple[int, NativeEvent]] = []
        for event in events:
            path = event.path
            if not path:
                self._on_list(event)
            elif isinstance(path[0], int):
                changed.append((path[0], event))
        for index, event in changed:
            cell = self._elements[index]
            self._copies[index] = None
            cell_id = read_key(cell, event.transaction, "id") if isinstance(cell, NativeMap) else 0
            if isinstance(cell_id, str):
                self.touched.add(CellId(cell_id))

    def _on_list(self, event: NativeEvent) -> None:
        """Keep the elements: to get each by its index costs a walk over those before it."""
        index = 0
        for step in event.delta:
            if "retain" in step:
                index += step["retain"]
            elif "delete" in step:
                del self._elements[index : index + step["delete"]]
                del self._copies[index : index + step["delete"]]
            else:
                new = step["insert"]
                self._elements[index:index] = new
                self._copies[index:index] = [None] * len(new)
                index += len(new)


class Recent:
    """A bounded memory of updates; ``encode`` gives the document when a new segment begins."""

    def __init__(self, encode: Callable[[], bytes]) -> None:
        self._encode = encode
        self._segments: deque[Segment] = deque([Segment([])])
        self._dropped = 0
        self._ghost: Ghost | None = None

    @property
    def oldest(self) -> int:
        """Number of the first update that is still here."""
        return self._dropped

    @property
    def newest(self) -> int:
        """Number of the last update."""
        return self._dropped + sum(len(segment.updates) for segment in self._segments) - 1

    @property
    def is_empty(self) -> bool:
        """Whether the document has not been loaded yet."""
        return not any(segment.base or segment.updates for segment in self._segments)

    def begin(self, document: bytes) -> None:
        """The document was loaded: everything else comes after this."""
        self._segments[-1].base.append(document)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """All that is remembered, the oldest first."""
        return tuple(self._segments)

    def remember(self, older: Sequence[Segment]) -> None:
        """Put before all that is here what the same document went through until then."""
        self._segments.extendleft(reversed(older))
        self._dropped -= sum(len(segment.updates) for segment in older)
        self.close()

    def add(self, update: bytes, shape: UpdateShape) -> None:
        """The document got this just now."""
        segment = self._segments[-1]
        if len(segment.updates) >= UPDATES_PER_SEGMENT or segment.size >= BYTES_PER_SEGMENT:
            segment = self._next_segment()
        blocks = update[: shape.deletions_at] + b"\x00" if shape.deletions else update
        segment.updates.append(RecentUpdate(blocks, shape.deletions))
        segment.size += len(update)
        if self._ghost is not None:
            self._ghost.idle += 1
            if self._ghost.idle > GHOST_UPDATES:
                self.close()
            else:
                self._ghost.apply(blocks)

    def add_and_look(self, update: bytes, shape: UpdateShape) -> set[CellId]:
        """As ``add``; tells in which cells something changed, though they may be gone."""
        self.ghost()
        self.add(update, shape)
        return set() if self._ghost is None else set(self._ghost.touched)

    def ghost(self) -> Ghost:
        if self._ghost is None:
            self._ghost = Ghost(self._segments)
        self._ghost.idle = 0
        return self._ghost

    def close(self) -> None:
        """Let go of the ghost; it can be made again."""
        if self._ghost is not None:
            self._ghost.close()
            self._ghost = None

    def deleted_beside(self, cell: Id, *, before: int | None = None) -> IdSet:
        """What recent updates deleted, but for those that deleted this cell as a whole; only those
        of numbers ``before`` this one, when it is given."""
        return IdSet(
            deletion
            for number, deletions in self._deletions()
            if (before is None or number < before) and not _holds(deletions, cell)
            for deletion in deletions
        )

    def deleted_with(self, cell: Id, *, before: int) -> list[IdSet]:
        """What those updates deleted, of earlier numbers, that deleted this cell as a whole; the
        newest first."""
        sets = [
            IdSet(deletions)
            for number, deletions in self._deletions()
            if number < before and _holds(deletions, cell)
        ]
        return sets[::-1]

    def last_deleted(self, cells: Collection[Id], *, before: int) -> Id | None:
        """Which of these cells went last, by updates of earlier numbers."""
        gone: dict[Id, None] = {}
        for number, deletions in self._deletions():
            if number < before:
                gone.update(dict.fromkeys(cell for cell in cells if _holds(deletions, cell)))
        return next(reversed(gone), None)

    def first_deleted(self, cells: Set[Id], *, after: int) -> Id | None:
        """Which of these cells was deleted first as a whole, by updates of later numbers."""
        for number, deletions in self._deletions():
            gone = [cell for cell in cells if number > after and _holds(deletions, cell)]
            if gone:
                return gone[0]
        return None

    def _deletions(self) -> Iterator[tuple[int, tuple[Deletion, ...]]]:
        """Numbers of the updates that deleted something, and what."""
        number = self._dropped
        for segment in self._segments:
            for recent in segment.updates:
                if recent.deletions:
                    yield number, recent.deletions
                number += 1

    def _next_segment(self) -> Segment:
        self._segments.append(Segment([self._encode()]))
        while len(self._segments) > 2:
            self._dropped += len(self._segments.popleft().updates)
            self.close()
        return self._segments[-1]


def _holds(deletions: Sequence[Deletion], unit: Id) -> bool:
    client, clock = unit
    return any(
        deletion.client == client and 0 <= clock - deletion.clock < deletion.length
        for deletion in deletions
    )
