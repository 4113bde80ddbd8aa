"""Who did what, for the server's own event system: facts of notebooks that an auditor asks for.

Nothing of a notebook's content goes there. Keystrokes do not either: the event log has them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jupyter_events import EventLogger

from anode_jlab.events import document, execution, registry, runtime
from anode_jlab.events.artifacts import ArtifactReleased
from anode_jlab.events.event import Envelope
from anode_jlab.events.people import ActorSeen
from anode_jlab.events.wire import time_to_wire
from anode_jlab.ids import NotebookId

logger = logging.getLogger(__name__)

SCHEMA_FILE: Final = Path(__file__).parent / "event_schemas" / "notebook_fact" / "v1.yaml"

SCHEMA_ID: Final = "https://events.jupyter.org/anode_jlab/notebook_fact/v1"

AUDITED: Final = frozenset(
    {
        ActorSeen,
        ArtifactReleased,
        document.ExternalChangeMerged,
        document.HistoryPurged,
        document.LineageStarted,
        document.LogRecovered,
        document.PathChanged,
        document.Restored,
        execution.ExecutionCancelled,
        execution.ExecutionCompleted,
        execution.ExecutionLost,
        execution.ExecutionRequested,
        execution.InputProvided,
        runtime.RuntimeSessionStarted,
        runtime.RuntimeSessionTerminated,
    }
)
"""Kinds of events that are told."""


class Audit:
    """Tells the server's event logger of what became durable; without listeners at no cost."""

    def __init__(self, logger: EventLogger) -> None:
        self._logger = logger
        logger.register_event_schema(SCHEMA_FILE)

    def __call__(self, notebook: NotebookId, path: str, envelopes: Sequence[Envelope]) -> None:
        """Satisfies ``rooms.outside.Told``."""
        for envelope in envelopes:
            if type(envelope.event) in AUDITED:
                self._tell(_fact(notebook, path, envelope))

    def _tell(self, fact: dict[str, object]) -> None:
        try:
            self._logger.emit(schema_id=SCHEMA_ID, data=fact)
        except Exception:  # an operator's handler must not stop people from working
            logger.exception("A fact could not be told to the server's event system.")


def _fact(notebook: NotebookId, path: str, envelope: Envelope) -> dict[str, object]:
    actor = envelope.actor
    return {
        "fact": registry.name_of(envelope.event),
        "notebook": notebook,
        "path": path,
        "seq": int(envelope.seq),
        "time": time_to_wire(envelope.time),
        "actor": {"kind": actor.kind.value, "id": actor.id, "name": actor.name},
    }
