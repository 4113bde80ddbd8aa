"""Which event may follow which: seqs have no gaps, but where a damaged log was rebuilt."""

from __future__ import annotations

from anode_jlab.events.document import LogRecovered
from anode_jlab.events.event import Envelope, Event


def follows(envelope: Envelope, previous: int) -> bool:
    """Whether an envelope is the next one after the seq ``previous``."""
    return envelope.seq == previous + 1 or jumps(envelope.event, previous, envelope.seq)


def jumps(event: Event, previous: int, seq: int) -> bool:
    """Whether an event at ``seq`` tells that all after ``previous`` and before it was lost."""
    return (
        isinstance(event, LogRecovered)
        and event.good_upto == previous
        and event.lost_upto == seq - 1 >= previous
    )
