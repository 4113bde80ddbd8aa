"""One life of a kernel, as the runtime of its notebook knows it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from signal import SIGKILL, Signals

from anode_jlab.events.runtime import SessionStatus, Termination
from anode_jlab.ids import SessionId
from anode_jlab.runtimes.kernel import KernelLink, KernelRef, Pulse
from anode_jlab.runtimes.memory import Memory, killed_in, limit_of, shown
from anode_jlab.runtimes.usage import Sampler, Usage

FULL = 0.8
"""Of its address space: who dies with so much of it in use has run out of it. What was seen last
is up to half a second old."""


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
    is_stubborn: bool = False
    """It goes on with what it was to break off."""
    killed_before: int | None = None
    """How many processes of its group the system had killed for want of memory by then."""
    seen_at: float = 0.0
    memory: Memory | None = None
    """When it was looked at last."""
    beat_seconds: float | None = None
    """How long its heartbeat took to answer last; None before, and when it did not."""
    sampler: Sampler | None = None
    """Measures it since somebody looked."""
    watch: asyncio.Task[None] | None = None
    patience: asyncio.Task[None] | None = None
    """Waits for what an interrupt brings about."""

    def is_replaced(self, pulse: Pulse) -> bool:
        """Whether another process has the place of this life's own."""
        return self.process is not None and pulse.process not in (None, self.process)

    def replacement(self, pulse: Pulse) -> tuple[Termination, str]:
        """Why another process has its place: somebody asked for that, or its own died."""
        if pulse.fall is not None and pulse.fall.process == self.process:
            return self.death(pulse.fall.exit_code)
        return Termination.RESTART, ""

    def saw(self, pulse: Pulse, now: float) -> None:
        """It was looked at, and lived."""
        self.seen_at = now
        if pulse.memory is None:
            return
        group = None if self.memory is None else self.memory.group
        self.memory = pulse.memory
        if pulse.memory.group != group:
            self.killed_before = killed_in(pulse.memory.group)

    def health(self, now: float) -> Health:
        """How it was when it was last looked at."""
        memory = None if self.memory is None else self.memory.resident
        return Health(round((now - self.seen_at) * 1000, 1), memory)

    async def measured(self, now: float) -> Usage | None:
        """What it uses of the machine, measured now unless it just was; None for a kernel that runs
        elsewhere."""
        if self.process is None:
            return None
        if self.sampler is None or self.sampler.pid != self.process:
            self.sampler = Sampler(self.process)
        if self.sampler.claim(now):
            await asyncio.to_thread(self.sampler.take, now)
        return await asyncio.to_thread(self.sampler.usage)

    def death(self, exit_code: int | None) -> tuple[Termination, str]:
        """Why its process ended by itself, and what people are told of it."""
        detail, memory = told(exit_code), self.memory
        if memory is None:
            return Termination.ERROR, detail
        detail += f"; it used {shown(memory.resident)} of memory"
        killed = killed_in(memory.group)
        if exit_code in (-SIGKILL, None) and killed is not None and killed != self.killed_before:
            limit = limit_of(memory.group)
            return Termination.OOM, detail + (f", all may use {shown(limit)}" if limit else "")
        if memory.allowed is None or exit_code == 0:
            return Termination.ERROR, detail
        detail += f", and {shown(memory.virtual)} of the {shown(memory.allowed)} it may address"
        is_full = memory.virtual >= FULL * memory.allowed
        return Termination.OOM if is_full else Termination.ERROR, detail


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
