"""The materialised state as other programs see it: ``GET state`` and STATE frames."""

from __future__ import annotations

from functools import cache
from typing import Any

from anode_jlab.events.wire import time_to_wire as _exact_time
from anode_jlab.materializers.notebook import ActorKey, ActorState, NotebookState


def to_wire(state: NotebookState) -> dict[str, Any]:
    """JSON-ready state; actors as in envelopes, times in ISO 8601 UTC, cells in notebook order."""
    time_to_wire = cache(_exact_time)  # a commit's events share their moment
    people = {
        ActorKey(f"{actor.kind.value}:{actor.id}"): _actor_to_wire(actor) for actor in state.actors
    }
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
        # Facts of these kinds come with their features; until then a notebook has none of them.
        "executions": [],
        "runtime_sessions": [],
        "approvals": [],
        "conversations": [],
        "artifacts": [],
    }


def _actor_to_wire(actor: ActorState) -> dict[str, str]:
    return {"kind": actor.kind.value, "id": actor.id, "name": actor.name}
