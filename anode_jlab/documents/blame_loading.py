"""Who wrote what, as a log has it: what was made of it before, and the events that came later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

import msgspec

from anode_jlab.documents.blaming import NAMES, BeforeItBegan, BlameWalk, Purged
from anode_jlab.documents.history import doc_at
from anode_jlab.documents.purging import purges_of
from anode_jlab.errors import Gone, SeqNotFound
from anode_jlab.eventlog.base import Derived, EventLog
from anode_jlab.events.document import Restored
from anode_jlab.events.event import Envelope
from anode_jlab.ids import Seq
from anode_jlab.materializers.blame import Blame

BLAME: Final = "blame-1"
"""Its name among what is derived, with the number of its form."""

READ_AT_ONCE: Final = 2000
"""Events held in memory at a time."""

_RESTORED: Final = frozenset({Restored.event_name})

Offload: TypeAlias = Callable[[Callable[[], None]], Awaitable[None]]
"""Runs a function off the event loop."""


async def begun(log: EventLog, head: Seq) -> BlameWalk:
    """A walk from what was made before; from the beginning of the log when there is nothing, or
    nothing that fits."""
    found = await log.derived(BLAME)
    if found is None or found.seq > head or found.seq == 0:
        return BlameWalk()
    try:
        blame = msgspec.json.decode(found.content, type=Blame)
        document = (await doc_at(log, blame.seq)).get_update()
        return await asyncio.to_thread(BlameWalk, blame, document)
    except (msgspec.MsgspecError, BeforeItBegan, Gone, SeqNotFound):
        return BlameWalk()


def to_store(walk: BlameWalk) -> Derived:
    """The form in which it is stored."""
    blame = walk.blame()
    return Derived(name=BLAME, seq=blame.seq, content=msgspec.json.encode(blame))


async def caught_up(log: EventLog, walk: BlameWalk, head: Seq, offload: Offload) -> BlameWalk:
    """The walk with all events up to ``head``, or another one when it had to begin anew."""
    try:
        await _follow(log, walk, head, offload)
    except BeforeItBegan:
        walk.close()
        walk = BlameWalk()
        await _follow(log, walk, head, offload)
    return walk


async def _follow(log: EventLog, walk: BlameWalk, head: Seq, offload: Offload) -> None:
    restored = [e.event for e in await log.read(walk.seq, names=_RESTORED) if e.seq <= head]
    walk.expect(event.seq for event in restored if isinstance(event, Restored))
    while True:
        batch = await log.read(walk.seq, limit=READ_AT_ONCE, names=NAMES)
        is_last = len(batch) < READ_AT_ONCE or batch[-1].seq >= head
        wanted = [envelope for envelope in batch if envelope.seq <= head]
        try:
            await offload(partial(_apply, walk, wanted))
        except Purged as purged:
            await _jump(log, walk, purged.seq, head)
            continue
        if is_last:
            walk.passed(head)
            return


def _apply(walk: BlameWalk, batch: Sequence[Envelope]) -> None:
    for envelope in batch:
        walk.apply(envelope)


async def _jump(log: EventLog, walk: BlameWalk, seq: Seq, head: Seq) -> None:
    """Go on from the first moment after ``seq`` that is known."""
    ends = {Seq(purge.last + 1) for purge in await purges_of(log) if purge.last >= seq}
    for end in sorted(end for end in {*ends, head} if seq < end <= head):
        try:
            document = (await doc_at(log, end)).get_update()
        except (Gone, SeqNotFound):
            continue
        (envelope,) = await log.read(Seq(end - 1), limit=1)
        walk.jump(end, envelope.time, document)
        return
    raise Gone
