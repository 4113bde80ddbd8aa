"""Saves the text that is lost when one person types into a cell that another moves or retypes.

To Yjs such a clone is a cell that went and another that came: what was typed into the old text by
somebody who did not know of the clone is deleted with it. Both orders are mended alike: typing
that arrives after the clone, and a clone that arrives after typing it does not contain. Two clones
of one cell become one. A cell that was deleted and not cloned stays deleted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
from pycrdt import Text

from anode_jlab.documents.change import Change
from anode_jlab.documents.clocks import clocks
from anode_jlab.documents.clone import Clone, inserted_cell_ids
from anode_jlab.documents.id_set import IdSet
from anode_jlab.documents.keystroke import NO_HALVES, read_keystroke
from anode_jlab.documents.recent import Recent, Segment
from anode_jlab.documents.succession import Succession
from anode_jlab.documents.update_reader import DELETED, GC, STRING
from anode_jlab.documents.update_shape import OWN_LIMITS, UpdateShape, read_shape
from anode_jlab.events.content import CellCreated, CellDeleted
from anode_jlab.ids import CellId

if TYPE_CHECKING:
    from anode_jlab.documents.notebook import NotebookDocument

CLONES_KEPT: Final = 1000
"""So many clones are remembered, however recent their updates are."""

BURIED_TOGETHER: Final = 50
"""Of so many cells that one update deleted it is remembered what went with them: a character that
somebody erases late in one of them makes all be looked at, some 5 ms for each."""

_NOTHING: Final = b"\x00\x00"


class Foreign(NamedTuple):
    """An update that is about to be applied, and the texts of the cells that it may clone."""

    update: bytes
    shape: UpdateShape
    cell_ids: tuple[CellId, ...]
    texts: Mapping[CellId, str]


class Memory(NamedTuple):
    """What a mender remembers, without its document: it may go to another thread."""

    segments: tuple[Segment, ...]
    newest: int
    clones: tuple[Clone, ...]


class CloneMender:
    """Watches the changes of one live document and mends it."""

    def __init__(self, document: NotebookDocument) -> None:
        self._document = document
        self._recent = Recent(document.encode)
        self._clones: list[Clone] = []
        self._succession = Succession(document, self._recent)
        self._loading = False
        self._killed: dict[CellId, IdSet] = {}
        """What went with the cells that were deleted last."""
        self._torn = -1
        """Number of the last update that lost text which whoever deleted its cell had not seen."""

    @property
    def is_empty(self) -> bool:
        """Whether it has not seen any update yet."""
        return self._recent.is_empty

    def loaded(self, update: bytes, change: Change, *, ours: bool = False) -> None:
        """The document got this from its log; ``ours`` was made by a server. What came after its
        snapshot is recent: those who typed when the server went down may send more."""
        self._loading = True
        if self._recent.is_empty:
            self._recent.begin(update)
        else:
            self._take(update, change, ours=ours)

    @property
    def memory(self) -> Memory:
        """All that is remembered; whoever takes it over changes it."""
        return Memory(self._recent.segments, self._recent.newest, tuple(self._clones))

    def remember(self, older: Memory) -> None:
        """What the document went through before it was loaded: it was loaded from a snapshot, and
        somebody comes who may know only what was before."""
        shift = self._recent.oldest - older.newest - 1
        for clone in older.clones:
            clone.number += shift
        self._recent.remember(older.segments)
        self._clones = [*older.clones, *self._clones][-CLONES_KEPT:]
        self._succession.keep(self._clones)

    def before(self, update: bytes, shape: UpdateShape | None) -> Foreign:
        """Look at a foreign update before it is applied. Raises BadFrame, TooLarge."""
        self._end_loading()
        shape = shape or read_shape(update, OWN_LIMITS)
        if not shape.inserted_types:
            return Foreign(update, shape, (), {})
        known = clocks(self._document.state_vector())
        cell_ids = inserted_cell_ids(update, shape, known)
        texts = {cell_id: self._text(cell_id) for cell_id in cell_ids}
        return Foreign(
            update, shape, cell_ids, {key: text for key, text in texts.items() if text is not None}
        )

    def after(self, foreign: Foreign, change: Change) -> list[Change]:
        """The changes to record: that of the foreign update, and what was mended.

        Text that fell into a deleted cell is not in the transaction's own update any more, nor is
        what exactly was deleted with a cell; then the foreign update is recorded as it came, so
        that the history has it.
        """
        update, shape = foreign.update, foreign.shape
        if change.update == update and not foreign.cell_ids:
            self._recent.add(update, shape)
            self._bury(change, shape)
            return [change]
        effect = read_shape(change.update or _NOTHING, OWN_LIMITS)
        fell = _units(effect, GC, DELETED) > _units(shape, GC, DELETED) and _units(
            effect, STRING
        ) < _units(shape, STRING)
        asked, done = IdSet(shape.deletions), IdSet(effect.deletions)
        late: set[CellId] = set()
        if self._clones and not asked.is_within(done):
            late |= {clone.cell_id for clone in self._clones if asked.meets(clone.killed)}
        if self._clones and fell:
            late |= self._recent.add_and_look(update, shape)
        else:
            self._recent.add(update, shape)
        late |= self._notice(foreign, change, asked, done)
        buried = self._bury(change, effect)
        if fell or (buried and asked != done):
            self._torn = self._recent.newest
        if fell or (asked != done and (foreign.cell_ids or buried)):
            change = msgspec.structs.replace(change, update=update)
        return [change, *self._mend(late)] if late else [change]

    def edited(self, change: Change) -> None:
        """The server changed the document itself."""
        self._end_loading()
        self._take(change.update, change, ours=True)

    def close(self) -> None:
        """The document is not used any more."""
        self._recent.close()

    def _end_loading(self) -> None:
        if self._loading:
            self._loading = False
            known = clocks(self._document.state_vector())
            self._succession.loaded(known, self._recent.newest)

    # --- noticing --------------------------------------------------------------------------------

    def _notice(self, foreign: Foreign, change: Change, asked: IdSet, done: IdSet) -> set[CellId]:
        """Remember the clones that an update brought; returns those that need to be mended."""
        urgent: set[CellId] = set()
        restored = _restored(change)
        stale = asked != done
        for cell_id in foreign.cell_ids:
            source = foreign.texts.get(cell_id)
            doubled = self._document.is_doubled(cell_id)
            if self._document.cell(cell_id) is None or not (
                stale or doubled or source is not None or cell_id in restored
            ):
                continue
            returns = cell_id in restored and self._torn >= self._recent.oldest
            if doubled or stale or returns or self._may_be_undone(cell_id, source):
                urgent.add(cell_id)
            known = None if stale else source
            killed = self._killed.get(cell_id, done) if cell_id in restored else done
            self._remember([self._clone(cell_id, foreign.shape, asked, killed, known)])
        return urgent

    def _take(self, update: bytes, change: Change, *, ours: bool) -> None:
        """Remember an update that needs no mending, and the clones that it brought."""
        shape = read_keystroke(update, NO_HALVES) or read_shape(update, OWN_LIMITS)
        self._recent.add(update, shape)
        effect = read_shape(change.update or _NOTHING, OWN_LIMITS) if change.facts else shape
        self._bury(change, effect)
        cell_ids = inserted_cell_ids(update, shape) if shape.inserted_types else ()
        if not cell_ids:
            return
        created = {fact.cell_id for fact in change.facts if isinstance(fact, CellCreated)}
        restored = _restored(change)
        knew = clocks(self._document.state_vector()) if ours else None
        asked, done = IdSet(shape.deletions), IdSet(effect.deletions)
        clones: list[Clone] = []
        for cell_id in cell_ids:
            # One that is new to a document may be one that was deleted before its snapshot.
            is_clone = ours or cell_id not in created - restored or asked != done
            if self._document.cell(cell_id) is None:
                continue
            if is_clone or self._document.is_doubled(cell_id):
                killed = self._killed.get(cell_id, done) if cell_id in restored else done
                clones.append(self._clone(cell_id, shape, asked, killed, None))
                clones[-1].knew = knew
        self._remember(clones)

    def _bury(self, change: Change, effect: UpdateShape) -> bool:
        """Remember what an update deleted if cells went with it; tells whether they did."""
        gone = [fact.cell_id for fact in change.facts if isinstance(fact, CellDeleted)]
        if 0 < len(gone) <= BURIED_TOGETHER:
            self._killed.update(dict.fromkeys(gone, IdSet(effect.deletions)))
            for cell_id in list(self._killed)[:-CLONES_KEPT]:
                del self._killed[cell_id]
        return bool(gone)

    def _may_be_undone(self, cell_id: CellId, source: str | None) -> bool:
        """Whether the clone has the text of an earlier stage of the cell, not that of the last."""
        text = self._text(cell_id)
        return text != source and any(
            earlier.cell_id == cell_id and earlier.source in (None, text)
            for earlier in self._clones
        )

    def _clone(
        self,
        cell_id: CellId,
        shape: UpdateShape,
        deleted: IdSet,
        killed: IdSet,
        source: str | None,
    ) -> Clone:
        return Clone(
            cell_id=cell_id,
            number=self._recent.newest,
            deleted=deleted,
            killed=killed,
            starts=shape.starts,
            ends=shape.ends,
            source=source,
        )

    def _remember(self, clones: Sequence[Clone]) -> None:
        oldest = self._recent.oldest
        kept = [kept for kept in self._clones if kept.number >= oldest]
        self._clones = [*kept, *clones][-CLONES_KEPT:]
        self._succession.keep(self._clones)

    def _text(self, cell_id: CellId) -> str | None:
        cell = self._document.cell(cell_id)
        source = None if cell is None else cell.get("source")
        return str(source) if isinstance(source, Text) else None

    # --- mending ---------------------------------------------------------------------------------

    def _mend(self, cell_ids: Set[CellId]) -> list[Change]:
        copies = self._recent.ghost().copies(cell_ids)
        clones = [clone for clone in self._clones if clone.cell_id in copies]
        with self._document.mending() as edit:
            self._succession.begin()
            for clone in clones:
                if clone.link is None:
                    self._succession.resolve(clone, copies[clone.cell_id])
            for clone in clones:
                for link in (clone.link, clone.dead_end):
                    if link is not None:
                        self._succession.carry(link, copies[clone.cell_id])
        for change in edit.changes:
            self.edited(change)
        return edit.changes


def _restored(change: Change) -> set[CellId]:
    return {
        fact.cell_id for fact in change.facts if isinstance(fact, CellCreated) and fact.restored
    }


def _units(shape: UpdateShape, *refs: int) -> int:
    return sum([block.length for block in shape.blocks if block.ref in refs])
