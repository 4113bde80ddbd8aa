"""What a room needs of the process that it lives in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from anode_jlab.events.event import Envelope
from anode_jlab.ids import NotebookId
from anode_jlab.rooms.meter import Meter, Unmetered
from anode_jlab.rooms.offload import Offload

Told = Callable[[NotebookId, str, Sequence[Envelope]], None]
"""Gets a notebook's id, its path and what became durable in it. Must not raise or wait."""


def _nobody(notebook: NotebookId, path: str, envelopes: Sequence[Envelope]) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Outside:
    """``offload`` runs long computations, ``meter`` is told of the work done, ``told`` of what
    happened."""

    offload: Offload = asyncio.to_thread
    meter: Meter = field(default_factory=Unmetered)
    told: Told = _nobody
