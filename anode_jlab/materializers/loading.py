"""The state of a notebook as its log has it: from the snapshot and the tail, or from the start."""

from __future__ import annotations

from anode_jlab.eventlog.base import EventLog, Loaded
from anode_jlab.ids import Seq
from anode_jlab.materializers.builder import StateBuilder
from anode_jlab.materializers.notebook import NotebookState
from anode_jlab.materializers.state import OtherStateFormat, decode, encode, replay

READ_AT_ONCE = 5000
"""Events held in memory at a time while a whole log is replayed."""


async def state_of(log: EventLog, loaded: Loaded) -> NotebookState:
    """The state at the head of what was loaded.

    A snapshot whose state another version wrote is passed over: the state is made from all events.
    """
    start: NotebookState | None = None
    if loaded.snapshot is not None:
        try:
            start = decode(loaded.snapshot.state)
        except OtherStateFormat:
            start = await state_at(log, loaded.snapshot.seq)
    return replay(loaded.tail, start)


async def state_at(log: EventLog, seq: Seq) -> NotebookState:
    """The state after event ``seq``, made from the events alone."""
    builder = StateBuilder()
    while builder.seq < seq:
        limit = min(READ_AT_ONCE, seq - builder.seq)
        envelopes = await log.read(builder.seq, limit=limit)
        if not envelopes:
            raise ValueError(f"the log ends before event {seq}")
        for envelope in envelopes:
            builder.apply(envelope)
    return builder.state()


async def rebuild(log: EventLog, *, epoch: int) -> NotebookState:
    """Make the state anew from all events and put it in place of what the store derived before."""
    state = await state_at(log, (await log.load()).head)
    await log.put_tables(encode(state), epoch=epoch)
    return state
