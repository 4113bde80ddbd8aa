"""One cell in the kernel: what has been heard of it, and when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anode_jlab.events.event import Event
from anode_jlab.events.execution import (
    ExecutionCancelled,
    ExecutionCompleted,
    ExecutionError,
    ExecutionLost,
    Outcome,
)
from anode_jlab.events.runtime import Termination
from anode_jlab.execution.collector import Collector
from anode_jlab.execution.payloads import NextInput, next_input, pages
from anode_jlab.ids import CellId, ExecutionId
from anode_jlab.runtimes.kernel import KernelMessage

KERNEL_DIED = "kernel_died"
"""Name of the error when the kernel ended under a run."""

BATCH_STOPPED = "batch_stopped"
"""Why the rest of a batch is cancelled when one of its cells did not complete."""

UNOBSERVED = "ended_unobserved"
"""Why a run is lost that ended while no server was there."""

RESTARTED = "kernel_restarted"
"""Name of the error when somebody restarted or stopped the kernel under a run."""

MISSING_REPLY_SECONDS = 2.0
"""A kernel that is idle again has answered; one that never answers must not stop the queue."""


DEATHS = frozenset({Termination.ERROR, Termination.OOM, Termination.TIMEOUT})
"""Ends of a session that nobody asked for."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended; ``error`` is None when all went well."""

    error: ExecutionError | None = None
    execution_count: int | None = None
    next_input: NextInput | None = None
    died: bool = False
    lost: bool = False
    """It ended, and how was not seen."""
    displaced: bool = False
    """Somebody put another kernel in the place of its own, for what waits to go on with."""


@dataclass(slots=True, eq=False)
class Run:
    """A request that is with the kernel."""

    execution_id: ExecutionId
    cell_id: CellId
    collector: Collector
    started: float
    """Monotonic seconds."""

    request: str = ""
    """Id of the message; empty before it was sent."""

    poke: Callable[[], str] | None = None
    """Asks the kernel for something else, which also brings forward what is stuck on the way; the
    id of that request."""

    probe: str = ""
    """That request: all that this run will ever send comes before its answers."""

    cancelled: bool = False
    """Somebody asked for it to be broken off."""

    asked: tuple[str, bool] | None = None
    """Prompt of the input that the code waits for, and whether it is a password."""

    death: Ending | None = None
    """How it ended when its session did, though the kernel may have answered before."""

    _reply: Mapping[str, Any] | None = None
    _error: ExecutionError | None = None
    _idle: bool = False
    _probed: frozenset[str] = frozenset()
    _ended: asyncio.Future[Ending] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def take(self, message: KernelMessage) -> None:
        """Take in a message that answers this request."""
        if message.channel == "shell" and message.kind == "execute_reply":
            self._reply = message.content
        elif message.channel == "iopub" and message.kind == "status":
            self._take_status(message.content.get("execution_state"))
        elif message.channel == "iopub" and message.kind == "error":
            self._error = _error_of(message.content)
        if self._idle and self._reply is not None and not self._ended.done():
            if self._reply.get("status") == "ok":
                for page in pages(self._reply):
                    self.collector.take("display_data", page)
            self._end(self._ending(self._reply))

    def settle(self, message: KernelMessage) -> None:
        """Take in an answer to the later request. Once it is answered on both channels, all that
        this run will ever send has come."""
        if message.channel == "shell" or message.content.get("execution_state") == "idle":
            self._probed |= {message.channel}
        if self._probed < {"shell", "iopub"}:
            return
        if self._reply is not None:
            self._end(self._ending(self._reply))
        else:
            self._end(Ending(self._error) if self._idle else Ending(lost=True))

    def _take_status(self, status: object) -> None:
        if status == "idle" and not self._idle:
            self._idle = True
            if self._reply is None:
                self._expect_reply()

    def _expect_reply(self) -> None:
        asyncio.get_running_loop().call_later(MISSING_REPLY_SECONDS, self._look_for_reply)

    def _look_for_reply(self) -> None:
        """The kernel is idle, so it has answered; if that does not come, what is known counts."""
        if self._ended.done():
            return
        if self.poke is not None and not self.probe:
            self.probe = self.poke()
            self._expect_reply()
        else:
            self._end(Ending(self._error))

    def die(self, reason: Termination, detail: str) -> None:
        """The session ended under it."""
        died = reason in DEATHS
        name = KERNEL_DIED if died else RESTARTED
        error = ExecutionError(name=name, value=detail or reason.value)
        self.death = Ending(error, died=died, displaced=reason is Termination.DISPLACED)
        self._end(self.death)

    async def ended(self) -> Ending:
        """Wait for the end."""
        return await asyncio.shield(self._ended)

    def end(self, ending: Ending, now: float) -> Event:
        """What is logged of the end."""
        id_, cell_id = self.execution_id, self.cell_id
        if ending.lost:
            return ExecutionLost(execution_id=id_, cell_id=cell_id, reason=UNOBSERVED)
        if self.cancelled and ending.error is not None and not ending.died:
            return ExecutionCancelled(execution_id=id_, cell_id=cell_id, reason="interrupted")
        return ExecutionCompleted(
            execution_id=id_,
            cell_id=cell_id,
            status=Outcome.COMPLETED if ending.error is None else Outcome.FAILED,
            duration_ms=round(max(now - self.started, 0.0) * 1000, 1),
            execution_count=ending.execution_count,
            error=ending.error,
        )

    def _ending(self, reply: Mapping[str, Any]) -> Ending:
        count = reply.get("execution_count")
        error = None
        if reply.get("status") == "error":
            error = _error_of(reply)
        elif reply.get("status") != "ok":
            error = self._error or ExecutionError(name="aborted")
        return Ending(
            error,
            count if isinstance(count, int) else None,
            next_input(reply) if error is None else None,
        )

    def _end(self, ending: Ending) -> None:
        if not self._ended.done():
            self._ended.set_result(ending)


def stopped_by(reason: Termination) -> str:
    """Why the rest of a batch is cancelled that has no cell in the kernel when a session ends."""
    return KERNEL_DIED if reason in DEATHS else BATCH_STOPPED


def _error_of(content: Mapping[str, Any]) -> ExecutionError:
    return ExecutionError(name=str(content.get("ename", "")), value=str(content.get("evalue", "")))
