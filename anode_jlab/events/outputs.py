"""Events about outputs that our collector wrote into the document."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from anode_jlab.events.event import Event
from anode_jlab.ids import CellId, ExecutionId


class Representation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One form of an output: how many bytes it has, and for text of streams their sha256."""

    mime: str
    size: int
    sha256: str | None = None


class OutputAdded(Event, frozen=True, kw_only=True):
    """An output of an execution is whole; ``kind`` is nbformat's ``output_type``.

    A stream is told of once, when something else followed it or the execution ended.
    """

    event_name: ClassVar[str] = "v1.OutputAdded"
    execution_id: ExecutionId
    cell_id: CellId
    kind: str
    representations: tuple[Representation, ...]


class OutputsCleared(Event, frozen=True, kw_only=True):
    """The outputs of a cell went, because a run of it began to write or its code asked for it."""

    event_name: ClassVar[str] = "v1.OutputsCleared"
    execution_id: ExecutionId
    cell_id: CellId
