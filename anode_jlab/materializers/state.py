"""Events become state: one pure fold, whether live, at replay or in any split of batches."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from anode_jlab.events.event import Envelope
from anode_jlab.materializers.builder import StateBuilder
from anode_jlab.materializers.notebook import EMPTY, NotebookState
from anode_jlab.materializers.wire import to_wire

__all__ = [
    "EMPTY",
    "NotebookState",
    "OtherStateFormat",
    "StateBuilder",
    "apply",
    "decode",
    "encode",
    "replay",
    "to_wire",
]

STATE_FORMAT = 1
"""Number of the form in which a state is stored; a state of another form is made anew by replay."""


def apply(state: NotebookState, envelope: Envelope) -> NotebookState:
    """The state after one more event. Copies the lists: a live notebook keeps a StateBuilder."""
    builder = StateBuilder(state)
    builder.apply(envelope)
    return builder.state()


def replay(envelopes: Iterable[Envelope], start: NotebookState | None = None) -> NotebookState:
    """The state after all these events, which must follow ``start`` without a gap."""
    builder = StateBuilder(start or EMPTY)
    for envelope in envelopes:
        builder.apply(envelope)
    return builder.state()


class OtherStateFormat(ValueError):
    """The stored state has another form than this version's: make it anew by replay."""


class _Stored(msgspec.Struct, frozen=True):
    format: int
    state: msgspec.Raw


def encode(state: NotebookState) -> bytes:
    """The state as JSON, with the number of its form."""
    return msgspec.json.encode(_Stored(STATE_FORMAT, msgspec.Raw(msgspec.json.encode(state))))


def decode(data: bytes) -> NotebookState:
    """The state that was encoded. Raises OtherStateFormat when another version wrote it."""
    stored = msgspec.json.decode(data, type=_Stored)
    if stored.format != STATE_FORMAT:
        raise OtherStateFormat(f"state format {stored.format}, not {STATE_FORMAT}")
    return msgspec.json.decode(stored.state, type=NotebookState)
