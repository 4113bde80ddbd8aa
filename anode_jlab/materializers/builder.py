"""The fold of events into state, working in place so that an event costs what it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from anode_jlab.events import artifacts, content, document, people
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.event import Envelope, Event
from anode_jlab.events.order import follows
from anode_jlab.events.registry import UnknownEvent
from anode_jlab.ids import CellId, Lineage, Seq, Sha256
from anode_jlab.materializers.cell_order import CellOrder
from anode_jlab.materializers.conversation_table import CONVERSATION_EVENTS, ConversationTable
from anode_jlab.materializers.notebook import (
    EMPTY,
    ActorKey,
    ActorState,
    ArtifactState,
    CellState,
    Counts,
    DeletedCell,
    NotebookState,
    actor_key,
)
from anode_jlab.materializers.run_table import RUN_EVENTS, RunTable
from anode_jlab.materializers.tool_table import TOOL_EVENTS, ToolTable

DELETED_CELLS_KEPT = 1000
"""Deleted cells remembered in the state; older ones are found in the log only."""


IMPORT_ORIGIN = "import"
"""Origin of the transaction that brings a file's content into a new document."""


class _Tally:
    """One actor's events so far."""

    __slots__ = ("actor", "events", "first_at", "key", "last_at")

    def __init__(self, actor: Actor, first_at: float, last_at: float, events: int) -> None:
        self.actor = actor
        self.key = actor_key(actor)
        self.first_at = first_at
        self.last_at = last_at
        self.events = events

    def state(self) -> ActorState:
        return ActorState(
            kind=self.actor.kind,
            id=self.actor.id,
            name=self.actor.name,
            first_at=self.first_at,
            last_at=self.last_at,
            events=self.events,
        )


class StateBuilder:
    """Takes events in order; ``state()`` gives the frozen value of all of them.

    That value depends on the events alone: not on when it was asked for, nor on where the builder
    started from.
    """

    def __init__(self, start: NotebookState = EMPTY) -> None:
        self._seq = start.seq
        self._lineage: Lineage | None = start.lineage
        self._path = start.path
        self._file_hash = start.file_hash
        self._conflicted = start.conflicted
        self._exported_upto = start.exported_upto
        self._changed_upto = start.changed_upto
        self._recovered_at = start.recovered_at
        self._kind = start.kind
        self._cells = CellOrder(start.cells)
        self._deleted: dict[CellId, DeletedCell] = {gone.cell.id: gone for gone in start.deleted}
        self._actors: dict[tuple[ActorKind, str], _Tally] = {
            (known.kind, known.id): _Tally(
                Actor(kind=known.kind, id=known.id, name=known.name),
                known.first_at,
                known.last_at,
                known.events,
            )
            for known in start.actors
        }
        self._updates = start.counts.updates
        self._update_bytes = start.counts.update_bytes
        self._unknown = start.counts.unknown
        self._runs = RunTable(start.runs)
        self._assistant = ConversationTable(start.assistant)
        self._tools = ToolTable(start.tools)
        self._artifacts: dict[Sha256, ArtifactState] = {
            known.sha256: known for known in start.artifacts
        }
        self._state: NotebookState | None = start

    @property
    def seq(self) -> Seq:
        """The seq of the last event that was applied."""
        return self._seq

    def apply(self, envelope: Envelope) -> None:
        """Take in the next event. Raises ValueError when it is not the next."""
        if not follows(envelope, self._seq):
            raise ValueError(f"event {envelope.seq} cannot follow {self._seq}")
        event = envelope.event
        who = self._meet(envelope.actor, envelope.time)
        change = _CHANGES.get(type(event))
        if change is not None:
            change(self, event, who, envelope)
        self._seq = envelope.seq
        self._state = None

    def state(self) -> NotebookState:
        """The state after the last event; the same object until the next one."""
        if self._state is None:
            self._state = NotebookState(
                seq=self._seq,
                lineage=self._lineage,
                path=self._path,
                file_hash=self._file_hash,
                conflicted=self._conflicted,
                exported_upto=self._exported_upto,
                changed_upto=self._changed_upto,
                recovered_at=self._recovered_at,
                kind=self._kind,
                cells=self._cells.cells(),
                deleted=tuple(self._deleted.values()),
                actors=tuple([tally.state() for tally in self._actors.values()]),
                counts=Counts(
                    updates=self._updates,
                    update_bytes=self._update_bytes,
                    unknown=self._unknown,
                ),
                runs=self._runs.state(),
                assistant=self._assistant.state(),
                tools=self._tools.state(),
                artifacts=tuple(self._artifacts.values()),
            )
        return self._state

    def _meet(self, actor: Actor, time: float) -> ActorKey:
        tally = self._actors.get((actor.kind, actor.id))
        if tally is None:
            tally = self._actors[(actor.kind, actor.id)] = _Tally(actor, time, time, 0)
        tally.actor = actor
        tally.last_at = time
        tally.events += 1
        return tally.key

    # --- document -----------------------------------------------------------------------------

    def _lineage_started(self, event: document.LineageStarted, who: ActorKey, at: Envelope) -> None:
        for cell in self._cells.cells():
            self._bury(cell, who, at)
        self._cells = CellOrder(())
        self._lineage = event.lineage
        self._path = event.path
        self._file_hash = event.file_hash
        self._conflicted = False

    def _kind_set(self, event: document.KindSet, who: ActorKey, at: Envelope) -> None:
        self._kind = event.kind

    def _updated(self, event: document.DocumentUpdated, who: ActorKey, at: Envelope) -> None:
        if event.origin not in document.BESIDE_CONTENT:
            self._changed_upto = at.seq
        if event.origin == IMPORT_ORIGIN:
            self._exported_upto = at.seq
        self._updates += 1
        self._update_bytes += len(event.update)

    def _exported(self, event: document.Exported, who: ActorKey, at: Envelope) -> None:
        self._exported_upto = max(self._exported_upto, event.upto)
        self._path = event.path
        self._file_hash = event.file_hash
        self._conflicted = False

    def _merged(self, event: document.ExternalChangeMerged, who: ActorKey, at: Envelope) -> None:
        if event.complete:
            self._exported_upto = at.seq
        self._path = event.path
        self._file_hash = event.file_hash
        self._conflicted = False

    def _markers_found(
        self, event: document.ConflictMarkersFound, who: ActorKey, at: Envelope
    ) -> None:
        self._conflicted = True

    def _path_changed(self, event: document.PathChanged, who: ActorKey, at: Envelope) -> None:
        self._path = event.new_path

    def _recovered(self, event: document.LogRecovered, who: ActorKey, at: Envelope) -> None:
        if event.lost_upto > event.good_upto:
            self._changed_upto = self._recovered_at = at.seq

    # --- cells --------------------------------------------------------------------------------

    def _created(self, event: content.CellCreated, who: ActorKey, at: Envelope) -> None:
        cell_id = event.cell_id
        origin = self._cells.first(cell_id)  # a doubled id: its repair follows
        if origin is None and (buried := self._deleted.pop(cell_id, None)) is not None:
            origin = buried.cell
            self._runs.unbury(cell_id)
        cell = CellState(
            id=cell_id,
            type=event.cell_type,
            created_by=origin.created_by if origin else who,
            created_at=origin.created_at if origin else at.time,
            updated_by=who,
            updated_at=at.time,
        )
        self._cells.insert(event.index, cell)

    def _moved(self, event: content.CellMoved, who: ActorKey, at: Envelope) -> None:
        self._cells.move(event.cell_id, event.from_index, event.to_index)

    def _removed(self, event: content.CellDeleted, who: ActorKey, at: Envelope) -> None:
        cell = self._cells.take(event.cell_id, event.index)
        if cell is not None and event.cell_id not in self._cells:
            self._bury(cell, who, at)

    def _id_replaced(self, event: content.CellIdReplaced, who: ActorKey, at: Envelope) -> None:
        place = self._cells.place(event.cell_id, event.index)
        if place is None:
            return
        replaced = self._cells.take(event.cell_id, place)
        assert replaced is not None  # it stands there
        cell = CellState(
            id=event.new_id,
            type=replaced.type,
            created_by=who,
            created_at=at.time,
            updated_by=who,
            updated_at=at.time,
        )
        self._cells.insert(place, cell)
        if event.cell_id not in self._cells:
            self._bury(replaced, who, at)

    def _type_changed(self, event: content.CellTypeChanged, who: ActorKey, at: Envelope) -> None:
        self._touch(event.cell_id, who, at, event.to_type)

    def _source_changed(
        self, event: content.CellSourceChanged, who: ActorKey, at: Envelope
    ) -> None:
        self._touch(event.cell_id, who, at)

    def _metadata_changed(
        self, event: content.CellMetadataChanged, who: ActorKey, at: Envelope
    ) -> None:
        self._touch(event.cell_id, who, at)

    def _outputs_changed(
        self, event: content.CellOutputsChanged, who: ActorKey, at: Envelope
    ) -> None:
        self._touch(event.cell_id, who, at)

    # --- runs ---------------------------------------------------------------------------------

    def _run(self, event: Event, who: ActorKey, at: Envelope) -> None:
        self._runs.apply(event, who, at.time)

    def _conversed(self, event: Event, who: ActorKey, at: Envelope) -> None:
        self._assistant.apply(event, who, at.time)

    def _used_tool(self, event: Event, who: ActorKey, at: Envelope) -> None:
        self._tools.apply(event, at.actor, at.time)

    # --- artifacts ----------------------------------------------------------------------------

    def _stored(self, event: artifacts.ArtifactStored, who: ActorKey, at: Envelope) -> None:
        if event.sha256 not in self._artifacts:
            self._artifacts[event.sha256] = ArtifactState(
                sha256=event.sha256, size=event.size, mime=event.mime, stored_at=at.time
            )

    def _released(self, event: artifacts.ArtifactReleased, who: ActorKey, at: Envelope) -> None:
        self._artifacts.pop(event.sha256, None)

    # --- others -------------------------------------------------------------------------------

    def _actor_seen(self, event: people.ActorSeen, who: ActorKey, at: Envelope) -> None:
        key = (event.actor_kind, event.actor_id)
        if key not in self._actors:
            actor = Actor(kind=key[0], id=key[1], name=event.actor_name)
            self._actors[key] = _Tally(actor, at.time, at.time, 0)

    def _not_understood(self, event: UnknownEvent, who: ActorKey, at: Envelope) -> None:
        self._unknown += 1

    # --- steps --------------------------------------------------------------------------------

    def _touch(
        self, cell_id: CellId, who: ActorKey, at: Envelope, type_: str | None = None
    ) -> None:
        self._cells.change(
            cell_id,
            lambda cell: CellState(
                id=cell_id,
                type=type_ or cell.type,
                created_by=cell.created_by,
                created_at=cell.created_at,
                updated_by=who,
                updated_at=at.time,
            ),
        )

    def _bury(self, cell: CellState, who: ActorKey, at: Envelope) -> None:
        self._runs.bury(cell.id)
        self._deleted.pop(cell.id, None)
        self._deleted[cell.id] = DeletedCell(cell=cell, deleted_by=who, deleted_at=at.time)
        if len(self._deleted) > DELETED_CELLS_KEPT:
            del self._deleted[next(iter(self._deleted))]


_Change: TypeAlias = Callable[[StateBuilder, Any, ActorKey, Envelope], None]

_CHANGES: Mapping[type[Event], _Change] = {
    document.LineageStarted: StateBuilder._lineage_started,
    document.KindSet: StateBuilder._kind_set,
    document.DocumentUpdated: StateBuilder._updated,
    document.Exported: StateBuilder._exported,
    document.ExternalChangeMerged: StateBuilder._merged,
    document.ConflictMarkersFound: StateBuilder._markers_found,
    document.PathChanged: StateBuilder._path_changed,
    document.LogRecovered: StateBuilder._recovered,
    content.CellCreated: StateBuilder._created,
    content.CellMoved: StateBuilder._moved,
    content.CellDeleted: StateBuilder._removed,
    content.CellIdReplaced: StateBuilder._id_replaced,
    content.CellTypeChanged: StateBuilder._type_changed,
    content.CellSourceChanged: StateBuilder._source_changed,
    content.CellMetadataChanged: StateBuilder._metadata_changed,
    content.CellOutputsChanged: StateBuilder._outputs_changed,
    **dict.fromkeys(RUN_EVENTS, StateBuilder._run),
    **dict.fromkeys(CONVERSATION_EVENTS, StateBuilder._conversed),
    **dict.fromkeys(TOOL_EVENTS, StateBuilder._used_tool),
    artifacts.ArtifactStored: StateBuilder._stored,
    artifacts.ArtifactReleased: StateBuilder._released,
    people.ActorSeen: StateBuilder._actor_seen,
    UnknownEvent: StateBuilder._not_understood,
}
