"""The history of a notebook in stretches of work: who was at it, from when to when, and on what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, TypeAlias

import msgspec

from anode_jlab.events import content, document, execution
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.document import DocumentUpdated, Kind
from anode_jlab.events.event import Envelope, Event
from anode_jlab.ids import CellId, ExecutionId, Seq
from anode_jlab.materializers.notebook import ActorKey, actor_key

PAUSE_SECONDS: Final = 600.0
"""Who does nothing for so long was away: what follows is another stretch of work."""


class StretchKind(StrEnum):
    """What a stretch is."""

    BEGUN = "begun"
    """The notebook became known, with the content of its file."""
    WORK = "work"
    FILE = "file"
    """Another program changed the file."""
    RESTORED = "restored"
    """An earlier moment, ``upto``, was brought back."""
    PURGED = "purged"
    """The moments from ``since`` to ``upto`` were made unreadable."""
    DAMAGED = "damaged"
    """The events after ``since`` up to ``upto`` were lost."""


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """What one actor did without a long pause, between the events ``first`` and ``last``.

    Others may have been at work meanwhile. ``inserted`` and ``deleted`` count code points of typed
    text, ``changes`` the changes of a text file. ``cells`` are those that were touched, in order.
    """

    kind: StretchKind
    first: Seq
    last: Seq
    start: float
    end: float
    actor: Actor
    cells: tuple[CellId, ...] = ()
    inserted: int = 0
    deleted: int = 0
    created: int = 0
    removed: int = 0
    moved: int = 0
    runs: int = 0
    failed: int = 0
    changes: int = 0
    since: Seq = Seq(0)
    upto: Seq = Seq(0)


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """All stretches up to event ``seq``, in the order of their beginnings.

    ``open`` has the place of each actor's last stretch of work. ``burst`` is what came last without
    a gap, and becomes part of a stretch when it is clear what it was; ``asked`` are the executions
    in it, ``running`` the places of the stretches that others were asked for in.
    """

    seq: Seq = Seq(0)
    kind: Kind = Kind.NOTEBOOK
    stretches: tuple[Stretch, ...] = ()
    open: dict[ActorKey, int] = {}
    burst: Stretch | None = None
    asked: tuple[ExecutionId, ...] = ()
    running: dict[ExecutionId, int] = {}


class TimelineBuilder:
    """Takes events in order; ``timeline()`` depends on the events alone.

    Facts of one commit have seqs without a gap, so that what a restore or a merge changed is told
    from what its actor did before.
    """

    def __init__(self, start: Timeline | None = None) -> None:
        start = start or Timeline()
        self._seq = start.seq
        self._kind = start.kind
        self._stretches = list(start.stretches)
        self._open = dict(start.open)
        self._burst = start.burst
        self._asked = list(start.asked)
        self._running = dict(start.running)

    def apply(self, envelope: Envelope) -> None:
        """Take in a later event; those that are not about work may be left out."""
        self._seq = max(self._seq, envelope.seq)
        change = _CHANGES.get(type(envelope.event))
        if change is not None:
            change(self, envelope.event, envelope)

    def passed(self, seq: Seq) -> None:
        """There is nothing of interest up to this event."""
        self._seq = max(self._seq, seq)

    def timeline(self) -> Timeline:
        """What is known so far."""
        return Timeline(
            seq=self._seq,
            kind=self._kind,
            stretches=tuple(self._stretches),
            open=dict(self._open),
            burst=self._burst,
            asked=tuple(self._asked),
            running=dict(self._running),
        )

    def stretches(self) -> list[Stretch]:
        """All of them, with what came last; the builder is of no use afterwards."""
        self._end_burst()
        return self._stretches

    # --- work ---------------------------------------------------------------------------------

    def _add(self, at: Envelope, cells: Iterable[CellId] = (), **sums: Any) -> None:
        if at.actor.kind in _NOBODY:
            return
        burst = self._burst
        piece = Stretch(
            kind=StretchKind.FILE if at.actor.kind is ActorKind.FILE else StretchKind.WORK,
            first=at.seq,
            last=at.seq,
            start=at.time,
            end=at.time,
            actor=at.actor,
            cells=tuple(cells),
            **sums,
        )
        if burst is not None and at.seq == burst.last + 1 and burst.actor == at.actor:
            self._burst = joined(burst, piece)
        else:
            self._end_burst()
            self._burst = piece

    def _end_burst(self) -> None:
        burst, self._burst = self._burst, None
        if burst is None:
            return
        place = self._place_of(burst)
        if place is None:
            place = len(self._stretches)
            self._stretches.append(burst)
        else:
            self._stretches[place] = joined(self._stretches[place], burst)
        if burst.kind is StretchKind.WORK:
            self._open[actor_key(burst.actor)] = place
        self._running.update(dict.fromkeys(self._asked, place))
        self._asked.clear()

    def _place_of(self, burst: Stretch) -> int | None:
        """Where the stretch stands that the burst is part of."""
        if burst.kind is StretchKind.FILE:
            last = len(self._stretches) - 1
            is_import = last >= 0 and self._stretches[last].kind is StretchKind.BEGUN
            return last if is_import else None
        place = self._open.get(actor_key(burst.actor))
        if place is None or burst.start - self._stretches[place].end > PAUSE_SECONDS:
            return None
        return place

    def _mark(self, kind: StretchKind, at: Envelope, **places: Any) -> None:
        """The burst before, if it belongs to this event, was of this kind."""
        burst = self._burst
        mark = Stretch(
            kind=kind,
            first=at.seq,
            last=at.seq,
            start=at.time,
            end=at.time,
            actor=at.actor,
            **places,
        )
        if burst is not None and burst.last + 1 == at.seq and burst.actor == at.actor:
            self._burst, whole = None, joined(burst, mark)
            mark = msgspec.structs.replace(whole, kind=kind, **places)
            self._running.update(dict.fromkeys(self._asked, len(self._stretches)))
            self._asked.clear()
        else:
            self._end_burst()
        self._stretches.append(mark)

    # --- events -------------------------------------------------------------------------------

    def _typed(self, event: content.CellSourceChanged, at: Envelope) -> None:
        self._add(at, (event.cell_id,), inserted=event.inserted, deleted=event.deleted)

    def _created(self, event: content.CellCreated, at: Envelope) -> None:
        self._add(at, (event.cell_id,), created=1)

    def _removed(self, event: content.CellDeleted, at: Envelope) -> None:
        self._add(at, (event.cell_id,), removed=1)

    def _moved(self, event: content.CellMoved, at: Envelope) -> None:
        self._add(at, (event.cell_id,), moved=1)

    def _touched(self, event: _AboutCell, at: Envelope) -> None:
        self._add(at, (event.cell_id,))

    def _described(self, event: content.NotebookMetadataChanged, at: Envelope) -> None:
        self._add(at)

    def _changed(self, event: DocumentUpdated, at: Envelope) -> None:
        if self._kind is Kind.TEXT and event.origin not in document.BESIDE_CONTENT:
            self._add(at, changes=1)

    def _asked_for(self, event: execution.ExecutionRequested, at: Envelope) -> None:
        self._add(at, (event.cell_id,), runs=1)
        if at.actor.kind not in _NOBODY:
            self._asked.append(event.execution_id)

    def _completed(self, event: execution.ExecutionCompleted, at: Envelope) -> None:
        self._ended(event.execution_id, failed=event.status is execution.Outcome.FAILED)

    def _broken_off(self, event: _AboutRun, at: Envelope) -> None:
        self._ended(event.execution_id, failed=False)

    def _ended(self, run: ExecutionId, *, failed: bool) -> None:
        if run in self._asked:
            self._end_burst()
        place = self._running.pop(run, None)
        if place is not None and failed:
            before = self._stretches[place]
            self._stretches[place] = msgspec.structs.replace(before, failed=before.failed + 1)

    def _begun(self, event: document.LineageStarted, at: Envelope) -> None:
        self._mark(StretchKind.BEGUN, at)

    def _kind_set(self, event: document.KindSet, at: Envelope) -> None:
        self._kind = event.kind

    def _merged(self, event: document.ExternalChangeMerged, at: Envelope) -> None:
        self._mark(StretchKind.FILE, at)

    def _restored(self, event: document.Restored, at: Envelope) -> None:
        self._mark(StretchKind.RESTORED, at, upto=event.seq)

    def _purged(self, event: document.HistoryPurged, at: Envelope) -> None:
        self._mark(StretchKind.PURGED, at, since=event.first, upto=event.last)

    def _recovered(self, event: document.LogRecovered, at: Envelope) -> None:
        self._mark(StretchKind.DAMAGED, at, since=event.good_upto, upto=event.lost_upto)


def joined(first: Stretch, then: Stretch) -> Stretch:
    """Two pieces of one stretch."""
    known = first.cells
    new = tuple(cell for cell in then.cells if cell not in known) if then.cells != known else ()
    return Stretch(
        kind=first.kind,
        first=first.first,
        last=max(first.last, then.last),
        start=first.start,
        end=max(first.end, then.end),
        actor=then.actor,
        cells=known + new if new else known,
        inserted=first.inserted + then.inserted,
        deleted=first.deleted + then.deleted,
        created=first.created + then.created,
        removed=first.removed + then.removed,
        moved=first.moved + then.moved,
        runs=first.runs + then.runs,
        failed=first.failed + then.failed,
        changes=first.changes + then.changes,
        since=first.since,
        upto=first.upto,
    )


_NOBODY = frozenset({ActorKind.SERVER, ActorKind.RUNTIME})
"""What they do follows from what others did."""

_AboutCell: TypeAlias = (
    content.CellTypeChanged | content.CellMetadataChanged | content.CellOutputsChanged
)
_AboutRun: TypeAlias = execution.ExecutionCancelled | execution.ExecutionLost
_Change: TypeAlias = Callable[[TimelineBuilder, Any, Envelope], None]

_CHANGES: Mapping[type[Event], _Change] = {
    content.CellSourceChanged: TimelineBuilder._typed,
    content.CellCreated: TimelineBuilder._created,
    content.CellDeleted: TimelineBuilder._removed,
    content.CellMoved: TimelineBuilder._moved,
    content.CellTypeChanged: TimelineBuilder._touched,
    content.CellMetadataChanged: TimelineBuilder._touched,
    content.CellOutputsChanged: TimelineBuilder._touched,
    content.NotebookMetadataChanged: TimelineBuilder._described,
    document.DocumentUpdated: TimelineBuilder._changed,
    execution.ExecutionRequested: TimelineBuilder._asked_for,
    execution.ExecutionCompleted: TimelineBuilder._completed,
    execution.ExecutionCancelled: TimelineBuilder._broken_off,
    execution.ExecutionLost: TimelineBuilder._broken_off,
    document.LineageStarted: TimelineBuilder._begun,
    document.KindSet: TimelineBuilder._kind_set,
    document.ExternalChangeMerged: TimelineBuilder._merged,
    document.Restored: TimelineBuilder._restored,
    document.HistoryPurged: TimelineBuilder._purged,
    document.LogRecovered: TimelineBuilder._recovered,
}

NAMES = frozenset(kind.event_name for kind in _CHANGES) - {DocumentUpdated.event_name}
"""The events that the timeline of a notebook is made of."""

TEXT_NAMES = NAMES | {DocumentUpdated.event_name}
"""Those that the timeline of a text file is made of."""
