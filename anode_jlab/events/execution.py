"""Events about runs of cells: asked for, given to a runtime, started, and how each ended.

An execution is ``pending`` once requested, ``assigned`` to a runtime session, ``executing`` once
started, and ends as ``completed``, ``failed``, ``cancelled`` or ``lost``. When a session ends, what
was assigned to it but not started is pending again. The actor of a request is who asked for it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from anode_jlab.events.event import Event
from anode_jlab.ids import CellId, ExecutionId, SessionId


class OnError(StrEnum):
    """What becomes of the rest of a batch when one of its cells fails."""

    STOP = "stop"
    CONTINUE = "continue"


class Outcome(StrEnum):
    """How an execution ended whose end was seen."""

    COMPLETED = "completed"
    FAILED = "failed"


class ExecutionError(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an execution failed: the exception of the code, or ``kernel_died`` and what is known.

    The traceback is in the cell's outputs.
    """

    name: str
    value: str = ""


class ExecutionRequested(Event, frozen=True, kw_only=True):
    """Somebody asked for a cell to be run. It comes after the source that will run.

    What was asked for in one request has one ``batch_id``, in the order of the log.
    """

    event_name: ClassVar[str] = "v1.ExecutionRequested"
    execution_id: ExecutionId
    cell_id: CellId
    batch_id: str
    on_error: OnError


class ExecutionAssigned(Event, frozen=True, kw_only=True):
    """A runtime session took an execution."""

    event_name: ClassVar[str] = "v1.ExecutionAssigned"
    execution_id: ExecutionId
    session_id: SessionId


class ExecutionStarted(Event, frozen=True, kw_only=True):
    """The source is about to go to the kernel; stored before it goes, so that it goes once."""

    event_name: ClassVar[str] = "v1.ExecutionStarted"
    execution_id: ExecutionId
    cell_id: CellId
    session_id: SessionId
    source_sha256: str
    source: str


class ExecutionCompleted(Event, frozen=True, kw_only=True):
    """An execution ended; all of its outputs are in the log before this.

    ``duration_ms`` counts from the start; ``execution_count`` is the kernel's own number.
    """

    event_name: ClassVar[str] = "v1.ExecutionCompleted"
    execution_id: ExecutionId
    cell_id: CellId
    status: Outcome
    duration_ms: float
    execution_count: int | None = None
    error: ExecutionError | None = None


class ExecutionCancelled(Event, frozen=True, kw_only=True):
    """An execution was taken back before it started, or broken off by request.

    ``reason``: ``requested``, ``interrupted`` (it ran), ``batch_stopped`` (an earlier cell of the
    batch did not complete), ``kernel_died`` (the same, because of the kernel) or ``no_runtime``
    (none could be started; ``detail`` says why).
    """

    event_name: ClassVar[str] = "v1.ExecutionCancelled"
    execution_id: ExecutionId
    cell_id: CellId
    reason: str
    detail: str = ""


class ExecutionLost(Event, frozen=True, kw_only=True):
    """An execution had started, and how it ended was not seen. It is not run again by itself."""

    event_name: ClassVar[str] = "v1.ExecutionLost"
    execution_id: ExecutionId
    cell_id: CellId
    reason: str


class ExecutionReordered(Event, frozen=True, kw_only=True):
    """A pending execution was moved before another one, or to the end."""

    event_name: ClassVar[str] = "v1.ExecutionReordered"
    execution_id: ExecutionId
    before: ExecutionId | None


class InputRequested(Event, frozen=True, kw_only=True):
    """The running code waits for a line from the person who asked for the run."""

    event_name: ClassVar[str] = "v1.InputRequested"
    execution_id: ExecutionId
    cell_id: CellId
    prompt: str
    password: bool


class InputProvided(Event, frozen=True, kw_only=True):
    """The line was given (the line itself is not logged) and the code goes on."""

    event_name: ClassVar[str] = "v1.InputProvided"
    execution_id: ExecutionId
    cell_id: CellId
