"""Random events and histories for the tests, each from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from anode_jlab.events import (
    artifacts,
    content,
    document,
    execution,
    outputs,
    people,
    runtime,
)
from anode_jlab.events.actor import FILE, SERVER, Actor, ActorKind
from anode_jlab.events.event import Envelope, Event
from anode_jlab.events.registry import UnknownEvent
from anode_jlab.ids import CellId, ExecutionId, Lineage, Seq, SessionId, Sha256
from tests.events.assistant_samples import ASSISTANT_MAKERS

ACTORS = (
    SERVER,
    FILE,
    Actor(kind=ActorKind.HUMAN, id="ann", name="Ann"),
    Actor(kind=ActorKind.HUMAN, id="server", name="A person called like the server"),
    Actor(kind=ActorKind.ASSISTANT, id="bob", name="Bøb 🐧"),
)

TEXTS = ("", "a", "source", "ünïcode 🐧\u0000\u2028", 'quotes " and \\', "x" * 500)
CELL_TYPES = ("code", "markdown", "raw")


def text(rng: random.Random) -> str:
    return rng.choice(TEXTS)


def number(rng: random.Random) -> int:
    return rng.choice((0, 1, 7, 2**31, 2**53 - 1))


def cell(rng: random.Random) -> CellId:
    return CellId(f"cell-{rng.randrange(6)}")


def run(rng: random.Random) -> ExecutionId:
    return ExecutionId(f"run-{rng.randrange(8)}")


def session(rng: random.Random) -> SessionId:
    return SessionId(f"session-{rng.randrange(3)}")


def digest(rng: random.Random) -> Sha256:
    return Sha256(f"{rng.randrange(2**256):064x}")


def run_of_cell(rng: random.Random) -> dict[str, Any]:
    return {"execution_id": run(rng), "cell_id": cell(rng)}


MAKERS: Mapping[type[Event], Callable[[random.Random], dict[str, Any]]] = {
    document.LineageStarted: lambda rng: {
        "lineage": Lineage(f"{rng.randrange(2**64):016x}"),
        "path": text(rng),
        "file_hash": text(rng),
        "forked_from": rng.choice((None, "0" * 32)),
    },
    document.DocumentUpdated: lambda rng: {
        "update": rng.randbytes(rng.choice((0, 1, 30, 5000))),
        "client": number(rng),
        "origin": rng.choice(("peer", "import", "repair")),
    },
    document.SnapshotTaken: lambda rng: {"upto": Seq(number(rng)), "size": number(rng)},
    document.Exported: lambda rng: {
        "upto": Seq(rng.randrange(100)),
        "path": text(rng),
        "file_hash": text(rng),
    },
    document.ExternalChangeMerged: lambda rng: {
        "path": text(rng),
        "file_hash": text(rng),
        "cells_changed": number(rng),
        "complete": rng.random() < 0.5,
        "cells": tuple(cell(rng) for _ in range(rng.randrange(3))),
        "versions": tuple(cell(rng) for _ in range(rng.randrange(2))),
    },
    document.Restored: lambda rng: {"seq": Seq(number(rng))},
    document.KindSet: lambda rng: {"kind": rng.choice(tuple(document.Kind))},
    document.ConflictMarkersFound: lambda rng: {"path": text(rng), "file_hash": text(rng)},
    document.PathChanged: lambda rng: {"old_path": text(rng), "new_path": text(rng)},
    document.LogRecovered: lambda rng: {
        "good_upto": Seq(number(rng)),
        "lost_upto": Seq(number(rng)),
        "reason": text(rng),
        "kept": text(rng),
    },
    document.HistoryPurged: lambda rng: {"first": Seq(number(rng)), "last": Seq(number(rng))},
    content.CellCreated: lambda rng: {
        "cell_id": cell(rng),
        "cell_type": rng.choice(CELL_TYPES),
        "index": rng.randrange(8),
        "restored": rng.random() < 0.5,
    },
    content.CellMoved: lambda rng: {
        "cell_id": cell(rng),
        "from_index": rng.randrange(8),
        "to_index": rng.randrange(8),
    },
    content.CellDeleted: lambda rng: {"cell_id": cell(rng), "index": rng.randrange(8)},
    content.CellTypeChanged: lambda rng: {
        "cell_id": cell(rng),
        "from_type": rng.choice(CELL_TYPES),
        "to_type": rng.choice(CELL_TYPES),
    },
    content.CellIdReplaced: lambda rng: {
        "cell_id": cell(rng),
        "new_id": cell(rng),
        "index": rng.randrange(8),
    },
    content.CellSourceChanged: lambda rng: {
        "cell_id": cell(rng),
        "inserted": number(rng),
        "deleted": number(rng),
        "length": number(rng),
    },
    content.CellMetadataChanged: lambda rng: {
        "cell_id": cell(rng),
        "keys": tuple(text(rng) for _ in range(rng.randrange(3))),
    },
    content.CellOutputsChanged: lambda rng: {"cell_id": cell(rng), "count": number(rng)},
    content.NotebookMetadataChanged: lambda rng: {"keys": (text(rng),)},
    execution.ExecutionRequested: lambda rng: {
        **run_of_cell(rng),
        "batch_id": text(rng),
        "on_error": rng.choice(list(execution.OnError)),
    },
    execution.ExecutionAssigned: lambda rng: {
        "execution_id": run(rng),
        "session_id": session(rng),
    },
    execution.ExecutionStarted: lambda rng: {
        **run_of_cell(rng),
        "session_id": session(rng),
        "source_sha256": digest(rng),
        "source": text(rng),
    },
    execution.ExecutionCompleted: lambda rng: {
        **run_of_cell(rng),
        "status": rng.choice(list(execution.Outcome)),
        "duration_ms": rng.randrange(10**6) / 10,
        "execution_count": rng.choice((None, 1, 7)),
        "error": rng.choice((None, execution.ExecutionError(name=text(rng), value=text(rng)))),
    },
    execution.ExecutionCancelled: lambda rng: {**run_of_cell(rng), "reason": text(rng)},
    execution.ExecutionLost: lambda rng: {**run_of_cell(rng), "reason": text(rng)},
    execution.ExecutionReordered: lambda rng: {
        "execution_id": run(rng),
        "before": rng.choice((None, run(rng))),
    },
    execution.InputRequested: lambda rng: {
        **run_of_cell(rng),
        "prompt": text(rng),
        "password": rng.random() < 0.5,
    },
    execution.InputProvided: run_of_cell,
    outputs.OutputAdded: lambda rng: {
        **run_of_cell(rng),
        "kind": rng.choice(("stream", "display_data")),
        "representations": tuple(
            outputs.Representation(
                mime=text(rng), size=number(rng), sha256=rng.choice((None, "0" * 64))
            )
            for _ in range(rng.randrange(3))
        ),
    },
    outputs.OutputsCleared: run_of_cell,
    artifacts.ArtifactStored: lambda rng: {
        "sha256": digest(rng),
        "size": rng.randrange(1 << 40),
        "mime": text(rng),
    },
    artifacts.ArtifactReleased: lambda rng: {"sha256": digest(rng)},
    runtime.RuntimeSessionStarted: lambda rng: {
        "session_id": session(rng),
        "kernel_id": text(rng),
        "kernel_name": text(rng),
        "language": text(rng),
        "capabilities": (text(rng),),
    },
    runtime.RuntimeSessionStatusChanged: lambda rng: {
        "session_id": session(rng),
        "status": rng.choice(list(runtime.SessionStatus)),
        "foreign": rng.random() < 0.5,
    },
    runtime.RuntimeHandedOff: lambda rng: {
        "from_session": session(rng),
        "to_session": session(rng),
    },
    runtime.RuntimeSessionTerminated: lambda rng: {
        "session_id": session(rng),
        "reason": rng.choice(list(runtime.Termination)),
        "detail": text(rng),
    },
    **ASSISTANT_MAKERS,
    people.ActorSeen: lambda rng: {
        "actor_id": text(rng),
        "actor_kind": rng.choice(list(ActorKind)),
        "actor_name": text(rng),
    },
    UnknownEvent: lambda rng: {
        "name": "v9.CellSang",
        "data": b'{"song": [1,  2]}',
        "blob": rng.choice((None, b"", b"\x00\xff")),
    },
}
"""Fields of a random event, for every kind there is."""


def event(rng: random.Random, kind: type[Event]) -> Event:
    """A random event of this kind."""
    return kind(**MAKERS[kind](rng))


def envelope(rng: random.Random, seq: int, kind: type[Event]) -> Envelope:
    """A random event of this kind, in its place."""
    return Envelope(
        seq=Seq(seq),
        time=1_700_000_000 + rng.randrange(10**9) / 1000,
        actor=rng.choice(ACTORS),
        event=event(rng, kind),
        client=rng.choice((None, 0, 3)),
        cause=rng.choice((None, Seq(1))),
    )


def history(seed: int, length: int) -> list[Envelope]:
    """A log of random events: any event after any other, most of them about cells."""
    rng = random.Random(seed)
    kinds = list(MAKERS)
    weights = [3 if kind.__module__ == content.__name__ else 1 for kind in kinds]
    chosen = rng.choices(kinds, weights, k=length)
    return [envelope(rng, seq, kind) for seq, kind in enumerate(chosen, 1)]
