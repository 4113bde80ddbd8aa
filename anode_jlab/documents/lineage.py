"""Which part of a log makes the present document: a new lineage begins from nothing."""

from __future__ import annotations

from collections.abc import Iterable

from anode_jlab.eventlog.base import Snapshot
from anode_jlab.events.document import DocumentUpdated, LineageStarted
from anode_jlab.events.event import Envelope

DOCUMENT_NAMES = frozenset({DocumentUpdated.event_name, LineageStarted.event_name})
"""The events that the document is made from."""


def of_last_lineage(
    snapshot: Snapshot | None, envelopes: Iterable[Envelope]
) -> tuple[Snapshot | None, list[DocumentUpdated]]:
    """The snapshot, if its lineage still is the last one, and the updates to apply to it.

    ``envelopes`` are those after the snapshot, in order.
    """
    updates: list[DocumentUpdated] = []
    for envelope in envelopes:
        event = envelope.event
        if isinstance(event, DocumentUpdated):
            updates.append(event)
        elif isinstance(event, LineageStarted):
            snapshot = None
            updates.clear()
    return snapshot, updates
