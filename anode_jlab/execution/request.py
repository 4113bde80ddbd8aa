"""What somebody asks to be run, and whether the text that they saw has arrived."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from anode_jlab.clock import Clock
from anode_jlab.documents.answer import is_ai_cell
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import CellNotFound, NotExecutable, NotPossibleNow, SourceNotArrived
from anode_jlab.ids import CellId, ExecutionId, PeerNumber
from anode_jlab.rooms.room import Room

ARRIVAL_SECONDS = 5.0
"""How long a request waits for changes that are on their way over another connection."""

LOOK_SECONDS = 0.005
"""How often it looks; the socket is mostly as fast as the request."""


class CellToRun(msgspec.Struct, frozen=True, kw_only=True):
    """A cell, the id that the run shall have, and the text that is meant: itself, or the hash (of
    UTF-8) by which it is known in the document."""

    cell_id: CellId
    execution_id: ExecutionId
    source: str | None = None
    source_sha256: str | None = None


class After(msgspec.Struct, frozen=True, kw_only=True):
    """The last change that somebody sent before asking: a connection's n-th counted frame."""

    client: PeerNumber
    n: int


def source_hash(source: str) -> str:
    """The hash by which a source is compared."""
    return sha256(source.encode("utf-8", "replace")).hexdigest()


async def arrival(room: Room, after: After, clock: Clock) -> None:
    """Wait until a change was applied. Raises SourceNotArrived."""
    deadline = clock.monotonic() + ARRIVAL_SECONDS
    while True:
        peer = next((peer for peer in room.peers if peer.number == after.client), None)
        if peer is None:
            raise SourceNotArrived("The connection that this request follows is closed.")
        applied = peer.received - (1 if peer.busy else 0)
        if after.n <= applied and not peer.missing:
            return
        if clock.monotonic() >= deadline:
            raise SourceNotArrived(f"Frame {after.n} has not arrived within {ARRIVAL_SECONDS:g} s.")
        await clock.sleep(LOOK_SECONDS)


def read_sources(document: NotebookDocument, cells: Sequence[CellToRun]) -> dict[CellId, str]:
    """The texts that will run.

    Raises CellNotFound, NotPossibleNow for what is no code, NotExecutable for AI cells,
    SourceNotArrived for other texts.
    """
    sources = {}
    for wanted in cells:
        cell = document.cell(wanted.cell_id)
        if cell is None:
            raise CellNotFound(f"There is no cell {wanted.cell_id}.")
        if cell.get("cell_type") != "code":
            raise NotPossibleNow(f"Cell {wanted.cell_id} is not a code cell.")
        if is_ai_cell(cell):
            raise NotExecutable(f"Cell {wanted.cell_id} is an AI cell: it is asked, not run.")
        if wanted.source is not None:  # somebody may have typed on since
            sources[wanted.cell_id] = wanted.source
            continue
        source = str(cell.get("source", ""))
        expected = wanted.source_sha256
        if expected is not None and source_hash(source) != expected:
            raise SourceNotArrived(f"The text of cell {wanted.cell_id} is another one here.")
        sources[wanted.cell_id] = source
    return sources


def kernel_name_of(document: NotebookDocument) -> str | None:
    """The kernel that the notebook names, if any."""
    metadata = document.meta.get("metadata")
    spec = None if metadata is None else metadata.get("kernelspec")
    if spec is not None and not isinstance(spec, dict):
        spec = spec.to_py()
    name = spec.get("name") if isinstance(spec, dict) else None
    return name if isinstance(name, str) and name else None
