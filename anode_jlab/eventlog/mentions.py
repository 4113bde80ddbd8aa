"""The addresses that a log's document mentions, now or at a moment that can still be read."""

from __future__ import annotations

import asyncio
import re

from anode_jlab.eventlog.base import EventLog
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.ids import Seq, Sha256

READ_AT_ONCE = 2000
"""Events; most of them are keystrokes."""

ADDRESS_LENGTH = 64

_RUN = re.compile(rb"[0-9a-f]{64,}")
"""Both of Yjs's encodings and JSON have an address as it is. A byte before or behind it may look
like one more digit."""

_UPDATES = frozenset({DocumentUpdated.event_name})


async def mentioned(log: EventLog) -> set[Sha256]:
    """Every address in the changes and the snapshots of a log; also what only looks like one."""
    found: set[Sha256] = set()
    after = Seq(0)
    while envelopes := await log.read(after, limit=READ_AT_ONCE, names=_UPDATES):
        updates = [e.event.update for e in envelopes if isinstance(e.event, DocumentUpdated)]
        found |= await asyncio.to_thread(addresses_in, b"|".join(updates))
        after = envelopes[-1].seq
    upto = Seq((await log.load()).head + 1)
    while (snapshot := await log.snapshot_before(upto)) is not None:
        found |= await asyncio.to_thread(addresses_in, snapshot.document)
        upto = Seq(snapshot.seq - 1)
    return found


def addresses_in(data: bytes) -> set[Sha256]:
    """Everything in these bytes that may be an address."""
    found = set()
    for run in _RUN.finditer(data):
        digits = run[0].decode()
        for start in range(len(digits) - ADDRESS_LENGTH + 1):
            found.add(Sha256(digits[start : start + ADDRESS_LENGTH]))
    return found
