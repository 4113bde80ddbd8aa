"""A notebook's history as a film: some of its moments, each cell's content stored once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from pycrdt import Doc

from anode_jlab.documents import ipynb
from anode_jlab.documents.history import doc_at
from anode_jlab.documents.lineage import DOCUMENT_NAMES
from anode_jlab.documents.purging import purges_of
from anode_jlab.errors import Gone, SeqNotFound
from anode_jlab.eventlog.base import EventLog
from anode_jlab.events.document import DocumentUpdated, HistoryPurged
from anode_jlab.events.wire import time_to_wire
from anode_jlab.ids import Seq


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One moment: whose the change before it was, and its cells as places in the film's list; None
    where the moment was purged or lost."""

    seq: int
    time: str
    actor: str
    cells: tuple[int, ...] | None


class Film(msgspec.Struct, frozen=True, kw_only=True):
    """``cells`` are ``[type, source, count, outputs]``, an output ``["text", "..."]`` or
    ``["image", "data:..."]``."""

    name: str
    cells: list[list[Any]]
    frames: list[Frame]


def stops(first: Seq, head: Seq, ends: Sequence[Seq], most: int) -> list[Seq]:
    """Which moments to show: the ends of stretches of work, and as many between as there is room
    for; the present is the last."""
    marks = sorted({seq for seq in ends if first <= seq < head})
    step = max(1, len(marks) // (most // 2) + 1) if len(marks) > most // 2 else 1
    chosen = set(marks[::step])
    room = most - len(chosen) - 1
    stride = max(1, -((first - head) // max(1, room)))
    chosen.update(Seq(seq) for seq in range(first, head, stride))
    return [*sorted(chosen)[: most - 1], head]


async def film_of(log: EventLog, name: str, seqs: Sequence[Seq]) -> Film:
    """The film of these moments; those that read as the one before are left out."""
    places: dict[bytes, int] = {}
    cells: list[list[Any]] = []
    frames: list[Frame] = []
    walk = _Walk(log, await purges_of(log))
    for seq in seqs:
        found = await log.read(Seq(seq - 1), limit=1)
        if not found or found[0].seq != seq:
            continue
        shown = await walk.cells(seq)
        numbers = None if shown is None else tuple(_place(one, places, cells) for one in shown)
        if frames and frames[-1].cells == numbers:
            continue
        at = found[0]
        frames.append(
            Frame(seq=seq, time=time_to_wire(at.time), actor=at.actor.name, cells=numbers)
        )
    return Film(name=name, cells=cells, frames=frames)


class _Walk:
    """Goes through the moments of one log in order; each update on the way is applied once."""

    def __init__(self, log: EventLog, purges: Sequence[HistoryPurged]) -> None:
        self._log = log
        self._purges = purges
        self._doc: Doc[Any] | None = None
        self._at = Seq(0)

    async def cells(self, seq: Seq) -> list[list[Any]] | None:
        """The cells at a later moment; None where it was purged or lost."""
        later = await self._updates(seq)
        try:
            if self._doc is None or later is None:
                self._doc, later = await doc_at(self._log, seq), []
        except (Gone, SeqNotFound):
            self._doc = None
            return None
        self._at = seq
        return await asyncio.to_thread(_carried_on, self._doc, later)

    async def _updates(self, seq: Seq) -> list[bytes] | None:
        """What leads from the last moment to this one; None when there is no way."""
        if any(purge.first <= seq and self._at < purge.last for purge in self._purges):
            return None
        found = await self._log.read(self._at, limit=seq - self._at, names=DOCUMENT_NAMES)
        updates: list[bytes] = []
        for event in (envelope.event for envelope in found if envelope.seq <= seq):
            if not isinstance(event, DocumentUpdated) or not event.update:
                return None
            updates.append(event.update)
        return updates


def _carried_on(doc: Doc[Any], updates: Sequence[bytes]) -> list[list[Any]]:
    for update in updates:
        doc.apply_update(update)
    return [_shown(cell) for cell in ipynb.to_notebook(doc)["cells"]]


def _place(cell: list[Any], places: dict[bytes, int], cells: list[list[Any]]) -> int:
    key = msgspec.json.encode(cell)
    if key not in places:
        places[key] = len(cells)
        cells.append(cell)
    return places[key]


def _shown(cell: Mapping[str, Any]) -> list[Any]:
    outputs = [_output(output) for output in cell.get("outputs", ())]
    return [
        cell["cell_type"],
        _text(cell["source"]),
        cell.get("execution_count"),
        [output for output in outputs if output is not None],
    ]


def _output(output: Mapping[str, Any]) -> list[str] | None:
    """What a page without scripts of others can show of an output."""
    if output.get("output_type") == "stream":
        return ["text", _text(output.get("text", ""))]
    if output.get("output_type") == "error":
        return ["text", f"{output.get('ename', '')}: {output.get('evalue', '')}"]
    data = output.get("data", {})
    for mime in ("image/png", "image/jpeg"):
        if isinstance(data.get(mime), str | list):
            return ["image", f"data:{mime};base64,{_text(data[mime]).replace(chr(10), '')}"]
    return ["text", _text(data["text/plain"])] if "text/plain" in data else None


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)
