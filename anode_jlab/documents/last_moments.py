"""What cells held just before they were deleted."""

from __future__ import annotations

from anode_jlab.documents.history import notebook_at
from anode_jlab.errors import Gone, SeqNotFound
from anode_jlab.eventlog.base import EventLog
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.ids import CellId, Seq

SPANS = (100, 1000, 10_000)
"""How far to look back for the change that a fact is about, in steps: its other facts stand in
between."""

_UPDATES = frozenset({DocumentUpdated.event_name})


class LastMoments:
    """Looks into one log; each moment is built once, however many cells went with one change."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._sources: dict[Seq, dict[str, str]] = {}

    async def of(self, cell: CellId, deletion: Seq) -> tuple[Seq, str | None]:
        """The last moment of a cell that the event ``deletion`` tells of, and its text then; None
        where that was purged or lost."""
        seq = Seq(await self._change_of(deletion) - 1)
        if seq not in self._sources:
            self._sources[seq] = await self._at(seq)
        return seq, self._sources[seq].get(cell)

    async def _at(self, seq: Seq) -> dict[str, str]:
        try:
            notebook = await notebook_at(self._log, seq, with_ids=True)
        except (Gone, SeqNotFound):
            return {}
        return {cell["id"]: _text(cell["source"]) for cell in notebook["cells"]}

    async def _change_of(self, fact: Seq) -> Seq:
        """The seq of the update that a fact was derived from: the last one before it."""
        for span in (*SPANS, fact):
            after = Seq(max(fact - 1 - span, 0))
            found = await self._log.read(after, limit=span, names=_UPDATES)
            before = [envelope.seq for envelope in found if envelope.seq < fact]
            if before:
                return before[-1]
        return fact


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
