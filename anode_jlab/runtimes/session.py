"""One life of a kernel, as the runtime of its notebook knows it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from signal import SIGKILL, Signals

from anode_jlab.events.runtime import SessionStatus, Termination
from anode_jlab.ids import SessionId
from anode_jlab.runtimes.kernel import KernelLink, KernelRef, Pulse
from anode_jlab.runtimes.memory import memory_limit, processes_killed, shown


@dataclass(slots=True, eq=False)
class Session:
    """What is known of it; the runtime changes this."""

    id: SessionId
    kernel: KernelRef
    link: KernelLink
    process: int | None = None
    status: SessionStatus = SessionStatus.STARTING
    foreign: bool = False
    before: SessionStatus = SessionStatus.READY
    """What it did when it ceased to answer."""
    killed_before: int | None = None
    """How many processes the system had killed for want of memory when it began."""
    seen_at: float = 0.0
    memory: int | None = None
    watch: asyncio.Task[None] | None = None

    def is_replaced(self, pulse: Pulse) -> bool:
        """Whether another process has the place of this life's own."""
        return self.process is not None and pulse.process not in (None, self.process)

    def death(self, exit_code: int | None) -> tuple[Termination, str]:
        """Why its process ended by itself, and what people are told of it."""
        detail = told(exit_code)
        if self.memory is not None:
            detail += f"; it used {shown(self.memory)} of memory"
        killed = processes_killed()
        if exit_code != -SIGKILL or killed is None or killed == self.killed_before:
            return Termination.ERROR, detail
        limit = memory_limit()
        if limit is not None:
            detail += f", all may use {shown(limit)}"
        return Termination.OOM, detail


@dataclass(frozen=True, slots=True)
class Health:
    """``age_ms`` since the kernel's process was last seen to live; ``memory`` in bytes."""

    age_ms: float | None = None
    memory: int | None = None


def told(exit_code: int | None) -> str:
    """How a process ended, for people."""
    if exit_code is None:
        return "its process is gone"
    if exit_code >= 0:
        return f"exit code {exit_code}"
    try:
        return f"signal {-exit_code}, {Signals(-exit_code).name}"
    except ValueError:
        return f"signal {-exit_code}"
