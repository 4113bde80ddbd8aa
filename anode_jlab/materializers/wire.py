"""The materialised state as other programs see it: ``GET state`` and STATE frames."""

from __future__ import annotations

from functools import cache
from typing import Any

from msgspec import to_builtins

from anode_jlab.events.wire import time_to_wire as _exact_time
from anode_jlab.materializers.assistant_wire import approval_to_wire, conversations_to_wire
from anode_jlab.materializers.execution import ExecutionState, RuntimeSessionState
from anode_jlab.materializers.notebook import ActorState, ArtifactState, NotebookState
from anode_jlab.materializers.people import People


def to_wire(state: NotebookState) -> dict[str, Any]:
    """JSON-ready state; actors as in envelopes, times in ISO 8601 UTC, cells in notebook order."""
    time_to_wire = cache(_exact_time)  # a commit's events share their moment
    people = people_of(state)
    return {
        "seq": state.seq,
        "lineage": state.lineage,
        "path": state.path,
        "exported_seq": state.exported_upto,
        "changed_seq": state.changed_upto,
        "cells": [
            {
                "id": cell.id,
                "type": cell.type,
                "order": order,
                "created_by": people[cell.created_by],
                "created_at": time_to_wire(cell.created_at),
                "updated_by": people[cell.updated_by],
                "updated_at": time_to_wire(cell.updated_at),
            }
            for order, cell in enumerate(state.cells)
        ],
        "deleted_cells": [
            {
                "id": gone.cell.id,
                "type": gone.cell.type,
                "created_by": people[gone.cell.created_by],
                "created_at": time_to_wire(gone.cell.created_at),
                "deleted_by": people[gone.deleted_by],
                "deleted_at": time_to_wire(gone.deleted_at),
            }
            for gone in state.deleted
        ],
        "actors": [
            {
                **_actor_to_wire(actor),
                "first_at": time_to_wire(actor.first_at),
                "last_at": time_to_wire(actor.last_at),
                "events": actor.events,
            }
            for actor in state.actors
        ],
        "counts": {
            "updates": state.counts.updates,
            "update_bytes": state.counts.update_bytes,
            "unknown": state.counts.unknown,
        },
        "executions": [
            execution_to_wire(run, people)
            for run in (*state.runs.earlier, *state.runs.latest, *state.runs.queue)
        ],
        "runtime_sessions": [session_to_wire(session, people) for session in state.runs.sessions],
        "artifacts": [_artifact_to_wire(artifact) for artifact in state.artifacts],
        "approvals": [approval_to_wire(ask) for ask in state.tools.approvals],
        "conversations": conversations_to_wire(state.assistant, people),
    }


def people_of(state: NotebookState) -> People:
    """All actors of a notebook."""
    return {f"{actor.kind.value}:{actor.id}": _actor_to_wire(actor) for actor in state.actors}


def execution_to_wire(run: ExecutionState, people: People) -> dict[str, Any]:
    """One execution; times are null as long as they are not known."""
    return {
        "execution_id": run.id,
        "cell_id": run.cell_id,
        "batch_id": run.batch_id,
        "on_error": run.on_error.value,
        "status": run.status.value,
        "requested_by": people[run.requested_by],
        "requested_at": _exact_time(run.requested_at),
        "session_id": run.session_id,
        "source_sha256": run.source_sha256,
        "started_at": _moment(run.started_at),
        "completed_at": _moment(run.completed_at),
        "duration_ms": run.duration_ms,
        "execution_count": run.execution_count,
        "error": None if run.error is None else to_builtins(run.error),
        "reason": run.reason,
        **({"detail": run.detail} if run.detail else {}),
        "input": None if run.input is None else to_builtins(run.input),
    }


def session_to_wire(session: RuntimeSessionState, people: People) -> dict[str, Any]:
    """One session; ``status`` is ``terminated`` once it ended."""
    return {
        "session_id": session.id,
        "kernel_id": session.kernel_id,
        "kernel_name": session.kernel_name,
        "language": session.language,
        "capabilities": list(session.capabilities),
        "status": session.status.value if session.ended_at is None else "terminated",
        "foreign": session.foreign,
        "started_by": people[session.started_by],
        "started_at": _exact_time(session.started_at),
        "ended_at": _moment(session.ended_at),
        "reason": None if session.reason is None else session.reason.value,
        "detail": session.detail,
    }


def _artifact_to_wire(artifact: ArtifactState) -> dict[str, Any]:
    return {
        "sha256": artifact.sha256,
        "size": artifact.size,
        "mime": artifact.mime,
        "stored_at": _exact_time(artifact.stored_at),
    }


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else _exact_time(seconds)


def _actor_to_wire(actor: ActorState) -> dict[str, str]:
    return {"kind": actor.kind.value, "id": actor.id, "name": actor.name}
