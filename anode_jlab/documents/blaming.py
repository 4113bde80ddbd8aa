"""Follows a notebook's log and knows who wrote what in each of its cells.

To Yjs a cell that is moved or retyped, and text that is brought back, is new and by whoever did it.
Here a change and the mends that the server made for it are taken together, and what a cell keeps of
its text keeps its authors: a clone that of the cell before it, a cell that comes back that of the
deleted one, a restored cell that of the restored moment. Text that others typed into a cell while
it was moved is theirs, though it was the server that carried it into the clone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import groupby
from typing import Any, Final, NamedTuple, TypeAlias

from pycrdt import Array, Doc

from anode_jlab.documents.authored_cell import AuthoredCell, brought_back, carried
from anode_jlab.documents.native import (
    NativeEvent,
    NativeTransaction,
    Subscription,
    native_array,
    observe_array,
    observe_deep,
    read_key,
)
from anode_jlab.documents.offsets import utf16_length
from anode_jlab.documents.scraps import UNKNOWN, Scraps
from anode_jlab.documents.shadow import valid_id
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.document import DocumentUpdated, LineageStarted, Restored
from anode_jlab.events.event import Envelope, Event
from anode_jlab.ids import CellId, Seq
from anode_jlab.materializers.authored import Run, joined
from anode_jlab.materializers.blame import Blame, Origins, pruned

NAMES: Final = frozenset(
    {DocumentUpdated.event_name, LineageStarted.event_name, Restored.event_name}
)
"""The events that blame is made of."""

RESTORE: Final = "restore"
"""Origin of the transactions that bring an earlier moment back."""

GONE_KEPT: Final = 1000
"""So many deleted cells are remembered, for when they come back."""

_MENDED: Final = -2
"""In place of the origin of what the server brought in, until it is known."""

_WRITERS: Final = frozenset({ActorKind.HUMAN, ActorKind.ASSISTANT, ActorKind.API})


class BeforeItBegan(Exception):
    """Something comes back from before the moment that was begun at: the whole log is needed."""


class Kept(NamedTuple):
    """A cell's text at some moment and who wrote it."""

    content: str
    runs: tuple[Run, ...]


class Purged(Exception):
    """The bytes of this update are gone; `BlameWalk.jump` over it."""

    def __init__(self, seq: Seq) -> None:
        super().__init__(seq)
        self.seq = seq


class _Deed:
    """One change with the server's mends: what went and what came with it."""

    def __init__(self, origin: int, time: float, *, restores: bool) -> None:
        self.origin = origin
        self.time = time
        self.restores = restores
        self.hand = origin
        """Under what the changes are noted that are seen now."""
        self.mended: dict[AuthoredCell, None] = {}
        self.past: Mapping[CellId, Kept] = {}
        self.gone: list[AuthoredCell] = []
        self.fresh: list[AuthoredCell] = []


class BlameWalk:
    """Takes events in order, each once. May go from thread to thread between calls."""

    def __init__(self, begin: Blame | None = None, document: bytes = b"") -> None:
        """From the beginning of the log, or from a moment whose document is given.

        Raises BeforeItBegan when the two do not fit.
        """
        begin = begin or Blame()
        self.seq = begin.seq
        self._settled = begin.seq
        self._origins = Origins(begin.origins, begin.open)
        self._forgotten = set(begin.gone)
        self._graves: dict[CellId, Kept] = {}
        self._targets: Counter[Seq] = Counter()
        self._missed: set[Seq] = set()
        self._whole = begin.seq == 0
        self._moments: dict[Seq, dict[CellId, Kept]] = {}
        self._subscriptions: list[Subscription] = []
        self._elements: list[AuthoredCell] = []
        self._scraps = Scraps()
        self._visible = 0
        self._deed = _Deed(UNKNOWN, 0.0, restores=False)
        self._renew()
        if document:
            self._begin(begin, document)

    def expect(self, targets: Iterable[Seq]) -> None:
        """These moments are going to be brought back by events that come."""
        wanted = Counter(targets)
        self._missed = {seq for seq in wanted if seq < self._settled}
        self._targets = wanted

    def apply(self, envelope: Envelope) -> None:
        """Take in a later event. Raises BeforeItBegan, Purged."""
        change = _CHANGES.get(type(envelope.event))
        if change is not None:
            change(self, envelope.event, envelope)
        self.seq = max(self.seq, envelope.seq)

    def jump(self, seq: Seq, time: float, document: bytes) -> None:
        """Go on from a later moment; whose what came meanwhile is, is not known any more."""
        self._settle(seq)
        self._bury(self._elements)
        self._renew()
        self._deed = _Deed(self._origins.new(None, seq, time), time, restores=False)
        self._doc.apply_update(document)
        self._settle(seq)
        self.seq = seq

    def passed(self, seq: Seq) -> None:
        """There is nothing of interest up to this event, which is the log's last."""
        self._settle(seq)
        self._targets.clear()
        self._moments.clear()
        self.seq = max(self.seq, seq)

    def cell(self, cell_id: CellId) -> Kept | None:
        """A cell of now; `passed` before."""
        found = next((cell for cell in self._elements if cell.id == cell_id), None)
        return None if found is None else Kept(found.content, tuple(found.runs))

    @property
    def origins(self) -> Origins:
        """Where the runs come from."""
        return self._origins

    def blame(self) -> Blame:
        """What is known now, to begin with another time; `passed` before."""
        return pruned(
            Blame(
                seq=self.seq,
                origins=tuple(self._origins.all),
                cells={c.id: tuple(c.runs) for c in self._elements if c.id is not None},
                open=dict(self._origins.current),
                gone=(*self._forgotten, *self._graves)[-GONE_KEPT:],
            )
        )

    def close(self) -> None:
        """It is not used any more."""
        for subscription in self._subscriptions:
            subscription.drop()
        for cell in self._elements:
            cell.drop()
        self._subscriptions, self._elements = [], []

    # --- events ----------------------------------------------------------------------------------

    def _updated(self, event: DocumentUpdated, at: Envelope) -> None:
        if not event.update:
            raise Purged(at.seq)
        deed = self._deed
        mends = at.actor.kind is ActorKind.SERVER and at.time == deed.time
        if not mends or deed.origin == UNKNOWN:
            self._settle(at.seq)
            deed = self._deed = self._new_deed(event.origin == RESTORE, at.actor, at)
        deed.hand = _MENDED if at.actor.kind is ActorKind.SERVER else deed.origin
        self._visible = 0
        self._doc.apply_update(event.update)
        if at.actor.kind in _WRITERS:
            self._scraps.fell(event.update, self._visible, deed.origin)

    def _new_deed(self, restores: bool, actor: Actor, at: Envelope) -> _Deed:
        origins = self._origins
        new = origins.new if restores else origins.of
        return _Deed(new(actor, at.seq, at.time), at.time, restores=restores)

    def _lineage(self, event: LineageStarted, at: Envelope) -> None:
        self._settle(at.seq)
        self._bury(self._elements)
        self._renew()

    def _restored(self, event: Restored, at: Envelope) -> None:
        if not self._deed.restores:
            return  # nothing was different
        if event.seq in self._missed:
            raise BeforeItBegan
        if event.seq not in self._moments:
            return  # it was purged
        self._deed.past = self._moments[event.seq]
        self._targets[event.seq] -= 1
        if self._targets[event.seq] <= 0:
            del self._moments[event.seq], self._targets[event.seq]

    # --- deeds -----------------------------------------------------------------------------------

    def _settle(self, before: Seq) -> None:
        """The last deed is over; the moment of now is remembered, when one between the last deed's
        beginning and the event ``before`` is wanted."""
        deed = self._deed
        self._deed = _Deed(UNKNOWN, deed.time, restores=False)
        if deed.gone or deed.fresh or deed.mended:
            self._resolve(deed)
        if deed.past:
            self._bring_back(deed)
        wanted = [seq for seq in self._targets if self._settled <= seq < before]
        self._settled = before
        if wanted:
            self._moments.update(dict.fromkeys(wanted, self._moment()))

    def _moment(self) -> dict[CellId, Kept]:
        cells = [cell for cell in self._elements if cell.id is not None]
        return {cell.id: Kept(cell.content, tuple(cell.runs)) for cell in cells if cell.id}

    def _resolve(self, deed: _Deed) -> None:
        """Who wrote what in the cells that came."""
        gone = {cell.id: cell for cell in deed.gone if cell.id is not None and not cell.fresh}
        again = dict(deed.mended)
        for cell in deed.fresh:
            before = self._before(cell, gone)
            if before is not _NOTHING:
                again[cell] = None
            rest = _MENDED if cell in again else deed.origin
            cell.settle(carried(before.content, before.runs, cell.content, rest))
        for cell in gone.values():
            self._scraps.lost(cell.id, cell.content, cell.runs, self._heir(cell.id))
        for cell in again:
            cell.settle(self._claimed(cell, deed.origin))
        alive = {cell.id for cell in self._elements}
        self._bury(cell for key, cell in gone.items() if key not in alive)

    def _claimed(self, cell: AuthoredCell, origin: int) -> list[Run]:
        """The runs of a cell that came or that the server mended; what nobody else wrote is by
        ``origin``."""
        row: list[Run] = []
        at, ids = 0, (None, cell.id, cell.came_as)
        for run in cell.runs:
            if run.origin == _MENDED:
                found = self._scraps.origins_of(cell.content[at : at + run.length], ids)
                if UNKNOWN in found and not self._whole:
                    raise BeforeItBegan
                for one, same in groupby(found):
                    row.append(Run(len(list(same)), origin if one == UNKNOWN else one))
            else:
                row.append(run)
            at += run.length
        return joined(row)

    def _heir(self, cell_id: CellId | None) -> str:
        return next((cell.content for cell in self._elements if cell.id == cell_id), "")

    def _before(self, cell: AuthoredCell, gone: Mapping[CellId, AuthoredCell]) -> Kept:
        if cell.id is None:
            return _NOTHING
        if cell.id in gone:
            return Kept(gone[cell.id].content, tuple(gone[cell.id].runs))
        if cell.came_as != cell.id:  # two had one id, and this is a copy of the other
            twins = [*gone.values(), *self._elements]
            twin = next((c for c in twins if c.id == cell.came_as and not c.fresh), None)
            if twin is not None:
                return Kept(twin.content, tuple(twin.runs))
        if cell.id in self._forgotten:
            raise BeforeItBegan
        return self._graves.pop(cell.id, _NOTHING)

    def _bury(self, cells: Iterable[AuthoredCell]) -> None:
        for cell in cells:
            if cell.id is not None and not cell.fresh:
                self._graves.pop(cell.id, None)
                self._graves[cell.id] = Kept(cell.content, tuple(cell.runs))
        while len(self._graves) > GONE_KEPT:
            del self._graves[next(iter(self._graves))]

    def _bring_back(self, deed: _Deed) -> None:
        for cell in self._elements:
            past = None if cell.id is None else deed.past.get(cell.id)
            if past is not None and any(run.origin == deed.origin for run in cell.runs):
                then = carried(past.content, past.runs, cell.content, UNKNOWN)
                cell.settle(brought_back(cell.runs, then, deed.origin, UNKNOWN))

    # --- the document ----------------------------------------------------------------------------

    def _renew(self) -> None:
        """Begin with an empty document."""
        self.close()
        self._doc: Doc[Any] = Doc()
        array: Array[Any] = self._doc.get("cells", type=Array)
        self._subscriptions = [observe_array(native_array(array), self._on_cells)]

    def _begin(self, begin: Blame, document: bytes) -> None:
        self._doc.apply_update(document)
        for cell in self._elements:
            known = () if cell.id is None else begin.cells.get(cell.id, ())
            if sum(run.length for run in known) != len(cell.content):
                raise BeforeItBegan
            cell.settle(known)
        self._deed = _Deed(UNKNOWN, 0.0, restores=False)

    def _on_cells(self, event: NativeEvent) -> None:
        txn, index = event.transaction, 0
        for step in event.delta:
            if "retain" in step:
                index += step["retain"]
            elif "delete" in step:
                gone = self._elements[index : index + step["delete"]]
                for cell in gone:
                    cell.drop()
                self._deed.gone += gone
                del self._elements[index : index + step["delete"]]
            else:
                come = [self._adopt(element, txn) for element in step["insert"]]
                self._elements[index:index] = come
                index += len(come)

    def _adopt(self, element: object, txn: NativeTransaction) -> AuthoredCell:
        cell = AuthoredCell(element)
        if cell.map is not None:
            cell.read(txn)
            self._visible += utf16_length(cell.content)
            cell.subscription = observe_deep(cell.map, partial(self._on_cell, cell))
        self._deed.fresh.append(cell)
        return cell

    def _on_cell(self, cell: AuthoredCell, events: list[NativeEvent]) -> None:
        for event in events:
            path = event.path
            if path and path[0] == "source" and len(path) == 1 and cell.text is not None:
                self._visible += cell.typed(event, self._deed.hand, self._scraps.deleted)
                self._note(cell)
            elif not path and cell.map is not None:
                if "id" in event.keys:
                    cell.id = valid_id(read_key(cell.map, event.transaction, "id"))
                if "source" in event.keys:
                    cell.replaced(event.transaction, self._deed.hand)
                    self._note(cell)

    def _note(self, cell: AuthoredCell) -> None:
        if self._deed.hand == _MENDED:
            self._deed.mended[cell] = None


_NOTHING: Final = Kept("", ())
_Change: TypeAlias = Callable[[BlameWalk, Any, Envelope], None]

_CHANGES: Mapping[type[Event], _Change] = {
    DocumentUpdated: BlameWalk._updated,
    LineageStarted: BlameWalk._lineage,
    Restored: BlameWalk._restored,
}
