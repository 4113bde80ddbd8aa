"""One document transaction as the log needs it: its bytes and the facts that follow from them."""

from __future__ import annotations

import msgspec

from anode_jlab.events.event import Event


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What one transaction did.

    ``update`` is the transaction's own Yjs v1 update, empty when nothing changed. ``facts`` are
    content events that may be applied one after another: deletions (highest index first), moves
    (each valid after the one before it), creations (lowest index first), then changes of type,
    identity, text, metadata and outputs. ``origin`` tells who made the transaction.
    """

    update: bytes
    facts: tuple[Event, ...]
    origin: str
