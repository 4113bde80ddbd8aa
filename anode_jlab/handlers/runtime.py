"""notebooks/{id}/runtime: how the notebook's kernel is, and what shall become of it."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from anode_jlab.errors import KernelNotStarted, NoKernelSpec, NotebookNotFound, NotPossibleNow
from anode_jlab.execution.notebook_runs import NotebookRuns
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.executions import RunsDoor
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import NotebookId, SessionId
from anode_jlab.runtimes.usage import LimitOf


class Action(StrEnum):
    """``replace`` starts another kernel, and puts it in the place of the present one once it is
    ready; until then, and if it never is, the present one stays."""

    START = "start"
    RESTART = "restart"
    INTERRUPT = "interrupt"
    STOP = "stop"
    REPLACE = "replace"


class RuntimeRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall happen; ``kernel_name`` for start and replace (default: what the notebook names,
    else the server's default)."""

    action: Action
    kernel_name: str | None = None


class RuntimeHealth(msgspec.Struct, frozen=True, kw_only=True):
    """``heartbeat_age_ms``: since the kernel's process was last seen to live; null without one."""

    heartbeat_age_ms: float | None
    memory_bytes: int | None


class RuntimeBody(msgspec.Struct, frozen=True, kw_only=True):
    """The present session, or the last one with the reason of its end. ``detail`` says more of it
    for people, or why none could be started. ``queued`` counts what has not ended, ``held`` tells
    that it waits for somebody to start a runtime."""

    session_id: SessionId | None
    kernel_id: str | None
    kernel_name: str | None
    language: str | None
    status: str
    reason: str | None
    detail: str
    foreign: bool
    health: RuntimeHealth
    queued: int
    held: bool


def runtime_body(runs: NotebookRuns) -> RuntimeBody:
    """How a notebook's runtime is."""
    last, session = runs.last_session, runs.runtime.session
    ended = last is not None and last.ended_at is not None
    health = runs.runtime.health()
    return RuntimeBody(
        session_id=None if last is None or ended else last.id,
        kernel_id=None if session is None else session.kernel.id,
        kernel_name=None if last is None else last.kernel_name,
        language=None if last is None else last.language,
        status="none" if last is None else ("terminated" if ended else last.status.value),
        reason=None if last is None or last.reason is None else last.reason.value,
        detail=runs.problem or ("" if last is None else last.detail),
        foreign=last is not None and last.foreign,
        health=RuntimeHealth(
            heartbeat_age_ms=health.age_ms,
            memory_bytes=health.memory,
        ),
        queued=len(runs.waiting),
        held=runs.is_held,
    )


class UsageSample(msgspec.Struct, frozen=True, kw_only=True):
    """One moment, so many milliseconds ago. ``cpu_percent`` is of one core, since the sample before
    it; null for the first."""

    age_ms: float
    cpu_percent: float | None
    memory_bytes: int


class MemoryLimit(msgspec.Struct, frozen=True, kw_only=True):
    """What the kernel's memory is to be held against: the limit of the process (``ulimit -v``), of
    its group (a container) or the machine's memory. ``counted_bytes`` are those that count towards
    it, of everybody who shares it."""

    bytes: int
    counted_bytes: int
    limit_of: LimitOf


class UsageBody(msgspec.Struct, frozen=True, kw_only=True):
    """What the kernel uses of the machine. It is measured when this is asked for, at most every
    1.5 s; ``samples`` (oldest first) tell of the time in which somebody asked. Empty, with the
    fields behind it null, where it cannot be known: without a kernel, or when it runs elsewhere.

    ``heartbeat_ms`` is how long the kernel took to answer last; null when it did not."""

    session_id: SessionId | None
    heartbeat_ms: float | None
    samples: tuple[UsageSample, ...] = ()
    cores: float | None = None
    memory: MemoryLimit | None = None


class RuntimeHandler(RunsDoor):
    """``anode/api/notebooks/{id}/runtime``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="How the notebook's kernel is", reply=RuntimeBody, errors=(NotebookNotFound,)
        ),
        "post": Operation(
            summary="Start, restart, interrupt, stop or replace the notebook's kernel",
            body=RuntimeRequest,
            reply=RuntimeBody,
            errors=(NotebookNotFound, NotPossibleNow, NoKernelSpec, KernelNotStarted),
        ),
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        self.reply(runtime_body(await self.services.executions.of(NotebookId(notebook_id))))

    @requires("execute", "kernels")
    async def post(self, notebook_id: str) -> None:
        body = self.body(RuntimeRequest)
        runs = await self.runs(notebook_id)
        match body.action:
            case Action.START:
                await runs.start(body.kernel_name, self.actor)
            case Action.RESTART:
                await runs.restart()
            case Action.REPLACE:
                await runs.replace(body.kernel_name)
            case Action.INTERRUPT:
                await runs.interrupt()
            case Action.STOP:
                await runs.stop(self.actor)
        self.reply(runtime_body(runs))


class UsageHandler(RunsDoor):
    """``anode/api/notebooks/{id}/runtime/usage``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="What the notebook's kernel uses of the machine, measured now",
            reply=UsageBody,
            errors=(NotebookNotFound,),
        ),
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        runs = await self.services.executions.of(NotebookId(notebook_id))
        usage, session = await runs.runtime.usage(), runs.runtime.session
        beat = None if session is None else session.beat_seconds
        body = UsageBody(
            session_id=None if session is None else session.id,
            heartbeat_ms=None if beat is None else round(beat * 1000, 2),
        )
        if usage is not None:
            now = self.services.clock.monotonic()
            body = msgspec.structs.replace(
                body,
                samples=tuple(
                    UsageSample(
                        age_ms=round((now - sample.at) * 1000, 1),
                        cpu_percent=sample.cpu_percent,
                        memory_bytes=sample.memory,
                    )
                    for sample in usage.samples
                ),
                cores=usage.cores,
                memory=MemoryLimit(
                    bytes=usage.limit, counted_bytes=usage.counted, limit_of=usage.limit_of
                ),
            )
        self.reply(body)
