"""What the conformance suite of event stores puts into them."""

from __future__ import annotations

from collections.abc import Sequence

from anode_jlab.eventlog.base import EventLog, EventStore, Lease
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.document import DocumentUpdated, LineageStarted
from anode_jlab.events.event import Envelope, Event, Record
from anode_jlab.events.registry import UnknownEvent
from anode_jlab.ids import Lineage, NotebookId, Seq

NOTEBOOK = NotebookId("0123456789abcdef0123456789abcdef")
OTHER_NOTEBOOK = NotebookId("fedcba9876543210fedcba9876543210")
LINEAGE = Lineage("00112233aabbccdd")
ANN = Actor(kind=ActorKind.HUMAN, id="ann", name="Ann Ünïcode")

START = LineageStarted(lineage=LINEAGE, path="a/b.ipynb", file_hash="f00d")
NOT_OURS = UnknownEvent(name="v7.CellSang", data=b'{"song":  "la" }', blob=b"\x00\xff")


def update(payload: bytes = b"\x01\x02") -> DocumentUpdated:
    """A change of the document with these bytes."""
    return DocumentUpdated(update=payload, client=3, origin="peer")


def record(event: Event, actor: Actor = ANN, **fields: int) -> Record:
    """The event on its way into a log."""
    client, cause = fields.get("client"), fields.get("cause")
    return Record(
        event=event,
        actor=actor,
        time=1_700_000_000.125,
        client=client,
        cause=None if cause is None else Seq(cause),
    )


def records_of(envelopes: Sequence[Envelope]) -> list[Record]:
    """The envelopes without the places that the log gave them."""
    return [
        Record(event=e.event, actor=e.actor, time=e.time, client=e.client, cause=e.cause)
        for e in envelopes
    ]


async def opened(store: EventStore, holder: str = "a server") -> tuple[EventLog, Lease]:
    """A log of ``store`` and the lease on it."""
    log = await store.open(NOTEBOOK)
    return log, await log.acquire(holder)
