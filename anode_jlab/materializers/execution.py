"""The values that the state of a notebook's runs and runtimes is made of."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from anode_jlab.events.execution import ExecutionError, OnError
from anode_jlab.events.runtime import SessionStatus, Termination
from anode_jlab.ids import CellId, ExecutionId, SessionId


class ExecutionStatus(StrEnum):
    """Where an execution is in its life; the last four are its ends."""

    PENDING = "pending"
    ASSIGNED = "assigned"
    EXECUTING = "executing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def is_final(self) -> bool:
        """Nothing follows."""
        return self not in _ACTIVE


_ACTIVE = frozenset({ExecutionStatus.PENDING, ExecutionStatus.ASSIGNED, ExecutionStatus.EXECUTING})


class InputPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """The running code waits for a line."""

    prompt: str
    password: bool


class ExecutionState(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one cell. ``requested_by`` is an actor's key (``kind:id``), times are seconds
    since the epoch, ``reason`` tells why it was cancelled or lost, ``detail`` more of it for
    people."""

    id: ExecutionId
    cell_id: CellId
    batch_id: str
    on_error: OnError
    status: ExecutionStatus
    requested_by: str
    requested_at: float
    session_id: SessionId | None = None
    source_sha256: str | None = None
    started_at: float | None = None
    completed_at: float | None = None
    duration_ms: float | None = None
    execution_count: int | None = None
    error: ExecutionError | None = None
    reason: str = ""
    detail: str = ""
    input: InputPrompt | None = None


class RuntimeSessionState(msgspec.Struct, frozen=True, kw_only=True):
    """One life of a runtime; ``status`` is its last one while it lives, ``ended_at`` ends it."""

    id: SessionId
    kernel_id: str
    kernel_name: str
    language: str
    capabilities: tuple[str, ...]
    status: SessionStatus
    started_by: str
    started_at: float
    foreign: bool = False
    ended_at: float | None = None
    reason: Termination | None = None
    detail: str = ""


class RunsState(msgspec.Struct, frozen=True, kw_only=True):
    """``queue`` holds what has not ended, in the order in which it will run; ``latest`` the newest
    ended execution of each cell, ``earlier`` some that newer ones replaced; both in the order in
    which they ended. ``sessions`` are the newest, oldest first; only the last can be alive."""

    queue: tuple[ExecutionState, ...] = ()
    latest: tuple[ExecutionState, ...] = ()
    earlier: tuple[ExecutionState, ...] = ()
    sessions: tuple[RuntimeSessionState, ...] = ()


NO_RUNS = RunsState()
"""The state before the first run."""
