"""The values that a notebook's materialised state is made of."""

from __future__ import annotations

from typing import NewType

import msgspec

from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.document import Kind
from anode_jlab.ids import CellId, Lineage, Seq, Sha256
from anode_jlab.materializers.assistant import (
    NO_CONVERSATIONS,
    NO_TOOLS,
    ConversationsState,
    ToolsState,
)
from anode_jlab.materializers.execution import NO_RUNS, RunsState

ActorKey = NewType("ActorKey", str)
"""``kind:id`` of an actor: ids are unique within one kind only."""


def actor_key(actor: Actor) -> ActorKey:
    """The key under which a state knows an actor."""
    return ActorKey(f"{actor.kind.value}:{actor.id}")


class CellState(msgspec.Struct, frozen=True, kw_only=True):
    """One cell: what it is, who made it and who changed its content last.

    ``updated_*`` is about text, type, metadata and outputs; a move does not count.
    """

    id: CellId
    type: str
    created_by: ActorKey
    created_at: float
    updated_by: ActorKey
    updated_at: float


class DeletedCell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell that was deleted: kept so that an undo brings back who made it and when."""

    cell: CellState
    deleted_by: ActorKey
    deleted_at: float


class ActorState(msgspec.Struct, frozen=True, kw_only=True):
    """An actor of this notebook, by the name last used, and its first and last event."""

    kind: ActorKind
    id: str
    name: str
    first_at: float
    last_at: float
    events: int


class ArtifactState(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes that are kept outside the document. ``mime`` is the one first told."""

    sha256: Sha256
    size: int
    mime: str
    stored_at: float


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over the whole log.

    ``unknown`` events are those that this version does not understand: while there are any, the
    state may lack something and the notebook is opened read-only.
    """

    updates: int = 0
    update_bytes: int = 0
    unknown: int = 0


class NotebookState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the events up to ``seq`` say about a notebook, but its text.

    ``cells`` are in the order of the notebook; while a doubled id waits for its repair, the same
    cell stands there twice. ``deleted`` are the latest deletions, oldest first. ``exported_upto``
    is the seq whose document the file holds, ``changed_upto`` that of the last change of the
    document: the file lacks something while the latter is greater. ``file_hash`` is the hash of the
    bytes that were last read from the file or written to it. ``recovered_at`` is the seq of the
    last ``LogRecovered`` that lost something: what was known of the file before is not reliable.
    ``conflicted`` tells that the file still has the conflict markers of a merge.
    ``artifacts`` are in the order in which they were stored.
    """

    seq: Seq = Seq(0)
    lineage: Lineage | None = None
    path: str = ""
    file_hash: str = ""
    conflicted: bool = False
    exported_upto: Seq = Seq(0)
    changed_upto: Seq = Seq(0)
    recovered_at: Seq = Seq(0)
    kind: Kind = Kind.NOTEBOOK
    cells: tuple[CellState, ...] = ()
    deleted: tuple[DeletedCell, ...] = ()
    actors: tuple[ActorState, ...] = ()
    counts: Counts = Counts()
    runs: RunsState = NO_RUNS
    assistant: ConversationsState = NO_CONVERSATIONS
    tools: ToolsState = NO_TOOLS
    artifacts: tuple[ArtifactState, ...] = ()


EMPTY = NotebookState()
"""The state before the first event."""
