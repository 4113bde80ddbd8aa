"""A run that begins with the request for it, because the kernel is free: one commit for both."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from anode_jlab.events.event import Event
from anode_jlab.events.execution import ExecutionAssigned, ExecutionStarted
from anode_jlab.execution.request import source_hash
from anode_jlab.execution.run import Run
from anode_jlab.ids import CellId, ExecutionId, SessionId
from anode_jlab.runtimes.kernel import KernelHost, Pulse
from anode_jlab.runtimes.session import Session

LOOK_SECONDS = 0.05
"""A kernel elsewhere may be slow to look at; the request is logged without waiting for that."""


@dataclass(slots=True, eq=False)
class HeadStart:
    """From the moment in which its source was read until the kernel gets it."""

    run: Run
    session: Session
    source: str
    later: list[Event] = field(default_factory=list)
    """What the runtime told since: it comes after the beginning in the log."""


async def is_well(host: KernelHost, session: Session) -> bool:
    """Whether the kernel is the one that this session began with, and nobody is about to change
    that; False where this cannot be said at once."""
    pulse = Pulse(known=False, alive=False)
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_SECONDS):
            pulse = await host.pulse(session.kernel.id)
    return pulse.alive and not pulse.changing and not session.is_replaced(pulse)


def beginning(
    execution_id: ExecutionId, cell_id: CellId, session_id: SessionId, source: str
) -> Sequence[Event]:
    """What is logged before the kernel gets a source."""
    return (
        ExecutionAssigned(execution_id=execution_id, session_id=session_id),
        ExecutionStarted(
            execution_id=execution_id,
            cell_id=cell_id,
            session_id=session_id,
            source_sha256=source_hash(source),
            source=source,
        ),
    )
