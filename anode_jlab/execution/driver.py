"""Takes one execution after the other to the kernel and sees it through."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from anode_jlab.artifacts.keeper import Keeper
from anode_jlab.clock import Clock
from anode_jlab.documents.next_input import put_next_input
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import AnodeError, KernelNotStarted, NoKernelSpec
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.event import Event
from anode_jlab.events.execution import (
    ExecutionAssigned,
    ExecutionCancelled,
    ExecutionCompleted,
    ExecutionLost,
    ExecutionStarted,
    InputRequested,
    Outcome,
)
from anode_jlab.events.runtime import SessionStatus, Termination
from anode_jlab.execution import queue
from anode_jlab.execution.asking import Asker
from anode_jlab.execution.book import Book
from anode_jlab.execution.captures import Captures
from anode_jlab.execution.collector import Collector
from anode_jlab.execution.displays import Displays
from anode_jlab.execution.inspecting import Inspector
from anode_jlab.execution.memory_watch import MemoryWatch
from anode_jlab.execution.output_writer import OutputWriter
from anode_jlab.execution.past import source_at_request
from anode_jlab.execution.redacting import redacted
from anode_jlab.execution.request import source_hash
from anode_jlab.execution.resumed import resumed_run
from anode_jlab.execution.run import BATCH_STOPPED, KERNEL_DIED, UNOBSERVED, Ending, Run, stopped_by
from anode_jlab.execution.stint import Stint, Told
from anode_jlab.execution.tables import Tables
from anode_jlab.ids import Ids, SessionId
from anode_jlab.materializers.execution import ExecutionState
from anode_jlab.runtimes.kernel import KernelHost, KernelMessage, KernelRef
from anode_jlab.runtimes.runtime import Runtime
from anode_jlab.runtimes.session import Session

logger = logging.getLogger(__name__)

GIVES_WAY = (Termination.RESTART, Termination.DISPLACED)
"""Ends of a session that another one follows at once: what waits goes on with it."""

ADOPT_SECONDS = 2.0
"""How often it is looked whether somebody else started a kernel for this notebook."""


class Driver:
    """Owns the runtime of one notebook and the run that is with it; listens to both."""

    def __init__(
        self,
        book: Book,
        host: KernelHost,
        keeper: Keeper,
        *,
        secrets: Callable[[], Mapping[str, str]],
        clock: Clock,
        ids: Ids,
        cull_seconds: float,
        told: Told,
    ) -> None:
        """``secrets``: what must not be in any output, with the names of the variables."""
        self._secrets = secrets
        self._cull_seconds = cull_seconds
        self._stint = Stint(clock)
        self._told = told
        self._idle_since = clock.monotonic()
        """When the kernel began or last ran something."""
        self.book = book
        self.runtime = Runtime(
            host,
            clock=clock,
            ids=ids,
            notebook=book.notebook_id,
            path=lambda: book.path,
            listener=self,
        )
        self.writer = OutputWriter(book, keeper, clock, self.actor)
        self.current: Run | None = None
        self.kernel_name: str | None = None
        """The kernel that the notebook names, as of the last request."""
        self.held = False
        """What waits does so until somebody has a runtime started."""
        self.problem = ""
        """Why there is no kernel, when the last try to start one failed."""
        self._host = host
        self._limits = keeper.limits
        self._clock = clock
        self._ids = ids
        self._displays = Displays()
        self._captures = Captures()
        self._asker = Asker()
        self.inspector = Inspector(clock, self._asker)
        self.tables = Tables(self._asker)
        self._memory = MemoryWatch(book.journal, self.inspector)
        self._wake = asyncio.Event()
        self._look = asyncio.Event()
        """The notebook may have another kernel now."""
        self._last: ExecutionState | None = None
        self._resumed: tuple[ExecutionState, Run, Session] | None = None

    @property
    def is_free(self) -> bool:
        """Whether there is a kernel that runs nothing and has nothing to run."""
        session, waiting = self.runtime.session, queue.next_pending(self.book.table)
        is_ready = session is not None and session.status is SessionStatus.READY
        return is_ready and self.current is None and (self.held or waiting is None)

    def go_on(self) -> None:
        """Something may run now."""
        self.held = False
        self._wake.set()

    async def begin(self, kernel_name: str | None) -> Session:
        """The living session; without one the kernel of this name is started, else the one that
        the notebook had last, else the server's default. Raises what ``Runtime.ready`` raises."""
        last, self.problem = self.book.table.last_session, ""
        try:
            if kernel_name is None and last is not None:
                with suppress(NoKernelSpec):
                    return await self.runtime.ready(last.kernel_name)
            return await self.runtime.ready(kernel_name)
        except (NoKernelSpec, KernelNotStarted) as error:
            self.problem = error.message
            raise

    def actor(self) -> Actor:
        """Whom events of the runtime are from."""
        session = self.runtime.session
        name = session.kernel.name if session is not None else "runtime"
        return Actor(kind=ActorKind.RUNTIME, id=name, name=name)

    # --- what the runtime tells ------------------------------------------------------------------

    def on_runtime(self, events: list[Event]) -> None:
        self._idle_since = self._clock.monotonic()
        self.book.log(events, self.actor())

    def on_session_ended(self, session_id: SessionId, reason: Termination, detail: str) -> None:
        self._displays = Displays()
        self._captures = Captures()
        self.writer.clear()
        self.held = reason not in GIVES_WAY
        self._look.set()
        if self.current is not None:
            self.current.die(reason, detail)
        elif self._last is not None and reason is not Termination.DISPLACED:
            # Between two cells of a batch: the next would miss what those before it made.
            stopped = queue.stop_batch(self.book.table, self._last, stopped_by(reason))
            self.book.log(stopped, self.actor(), self.book.idle_again(stopped))

    def on_message(self, message: KernelMessage) -> None:
        message = redacted(message, self._secrets())
        if self._asker.take(message):
            return
        run = self.current
        if run is not None and message.parent == run.request:
            if message.channel == "stdin" and message.kind == "input_request":
                self._ask(run, message.content)
            run.take(message)
        elif run is not None and run.probe == message.parent != "":
            run.settle(message)
        elif message.channel == "iopub" and message.kind == "status":
            self._look_at_foreign(message)
        if message.channel == "iopub":
            self._take_output(message)

    def _take_output(self, message: KernelMessage) -> None:
        session = self.runtime.session
        own = session is not None and message.session == session.link.session
        if self._captures.take(message, own=own):
            return
        self.writer.take(message)
        if own and session is not None and message.content.get("execution_state") == "idle":
            self._captures.tell(session.link.send)

    def _ask(self, run: Run, content: Mapping[str, Any]) -> None:
        prompt, password = str(content.get("prompt", "")), bool(content.get("password"))
        run.asked = (prompt, password)
        asked = InputRequested(
            execution_id=run.execution_id, cell_id=run.cell_id, prompt=prompt, password=password
        )
        self.book.log([asked], self.actor())

    def _look_at_foreign(self, message: KernelMessage) -> None:
        session = self.runtime.session
        if session is None or self.current is not None or message.parent_kind != "execute_request":
            return
        if message.session != session.link.session:
            self.inspector.ran()
            busy = message.content.get("execution_state") == "busy"
            self.runtime.set_busy(busy, foreign=True)

    async def resume(self) -> bool:
        """Go on where an earlier life of the server was killed; False when its kernel is gone."""
        last, running = self.book.table.session, queue.executing(self.book.table)
        seen = None if last is None else self._host.returned(last.kernel_id)
        if last is None or seen is None:
            return False
        run = None
        if running is not None:
            run = await resumed_run(
                self.book, running, self._displays, self._limits, self._clock, seen
            )
            self.current, self._last = run, running
            self.writer.add(run.request, run.collector)
            self.writer.touch()
        kernel = KernelRef(last.kernel_id, last.kernel_name, last.language)
        try:
            session = await self.runtime.resume(last.id, kernel, last.status)
        except KernelNotStarted:
            self.current = None
            return False
        if running is not None and run is not None:
            run.probe = session.link.send("kernel_info_request", {})
            self._resumed = (running, run, session)
        return True

    # --- tasks -----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Execute what is in the queue until cancelled."""
        if self._resumed is not None:
            await self.book.journal.hold()
            await self._see_through(*self._resumed)
            self._resumed = None
        while True:
            self._wake.clear()
            if self.held or queue.next_pending(self.book.table) is None:
                self.book.journal.release()
                self.runtime.set_busy(False)
                done = self._stint.end(self.book.table, self.book.path)
                if done is not None:
                    self._told(done)
                await self._wake.wait()
                continue
            self._stint.go_on(self.book.table)
            await self.book.journal.hold()
            try:
                session = await self.begin(self.kernel_name)
                self.held = False
            except (NoKernelSpec, KernelNotStarted) as error:
                events = queue.cancel_all(self.book.table, "no_runtime", error.message)
                self.book.log(events, self.actor(), self.book.idle_again(events))
                continue
            # While the kernel started, the queue may have changed.
            following = queue.next_pending(self.book.table)
            if following is not None:
                await self._execute(following, session)

    async def adopt(self) -> None:
        """Notice a kernel that somebody else started for this notebook, until cancelled."""
        while True:
            try:
                if self.runtime.session is None and await self.runtime.adopt():
                    self.go_on()
                await self._cull()
                await self._memory.look(self.runtime.session, is_free=self.is_free)
            except AnodeError as error:
                notebook = self.book.notebook_id
                logger.info("Notebook %s: its kernel was not taken: %s", notebook, error)
            with suppress(TimeoutError):
                async with asyncio.timeout(ADOPT_SECONDS):
                    await self._look.wait()
            self._look.clear()

    async def _cull(self) -> None:
        """End a kernel that ran nothing for long; who looks at the notebook does not count."""
        session, idle = self.runtime.session, self._clock.monotonic() - self._idle_since
        is_idle = session is not None and session.status is SessionStatus.READY
        if not self._cull_seconds or not is_idle or idle < self._cull_seconds:
            return
        await self.runtime.stop(Termination.CULLED, f"it ran nothing for {idle / 60:.0f} minutes")
        if queue.next_pending(self.book.table) is not None:
            self.go_on()  # asked for at that very moment

    # --- one execution ---------------------------------------------------------------------------

    async def _execute(self, state: ExecutionState, session: Session) -> None:
        source = await self._source_of(state)
        if not await self.runtime.goes_on(session):
            return  # it has not begun, and waits for the next session
        collector = Collector(state.cell_id, state.id, self._displays, self._limits)
        self.runtime.set_busy(True)
        self.inspector.ran()
        run = self.current = Run(state.id, state.cell_id, collector, self._clock.monotonic())
        self._last = state
        try:
            await self.book.log(_started(state, session, source), self.actor())
            run.started = self._clock.monotonic()
            # When the session ended meanwhile, the run was told so.
            if await self.runtime.goes_on(session):
                self.tables.prepare(session)
                run.request = session.link.execute(source, state.cell_id, state.id)
                run.poke = partial(session.link.send, "kernel_info_request", {})
                self.writer.add(run.request, collector)
        except BaseException:
            self.current = None
            raise
        await self._see_through(state, run, session, source)

    async def _see_through(
        self, state: ExecutionState, run: Run, session: Session, source: str | None = None
    ) -> None:
        try:
            ending = await run.ended()
            if ending.error is not None and self.runtime.session is session:
                # Who restarts a kernel interrupts it first: that is then the reason.
                await self.runtime.goes_on(session)
                ending = run.death or ending
            run.collector.finish()
            await self.writer.settle(run.collector)
        finally:
            self.current = None
        self._complete(state, run, ending, source)

    async def _source_of(self, state: ExecutionState) -> str:
        source = self.book.sources.pop(state.id, None)
        if source is not None:
            return source
        room = await self.book.room()
        return await source_at_request(room.log, state)

    def _complete(
        self, state: ExecutionState, run: Run, ending: Ending, source: str | None
    ) -> None:
        end = _end(state, run, ending, max(self._clock.monotonic() - run.started, 0.0))
        stopped: list[Event] = []
        if (ending.error is not None or ending.lost) and not ending.displaced:
            reason = KERNEL_DIED if ending.died else BATCH_STOPPED
            stopped = queue.stop_batch(self.book.table, state, reason)
        idle = self.book.idle_again([*stopped, end])

        put, new = ending.next_input, self._ids.cell()

        def write(document: NotebookDocument) -> None:
            run.collector.write(document)
            idle(document)
            if put is not None:
                instead_of = source if put.replace else None
                put_next_input(document, run.cell_id, put.text, instead_of=instead_of, new=new)

        self.book.log([*run.collector.events(), end, *stopped], self.actor(), write)


def _started(state: ExecutionState, session: Session, source: str) -> list[Event]:
    return [
        ExecutionAssigned(execution_id=state.id, session_id=session.id),
        ExecutionStarted(
            execution_id=state.id,
            cell_id=state.cell_id,
            session_id=session.id,
            source_sha256=source_hash(source),
            source=source,
        ),
    ]


def _end(state: ExecutionState, run: Run, ending: Ending, seconds: float) -> Event:
    if ending.lost:
        return ExecutionLost(execution_id=state.id, cell_id=state.cell_id, reason=UNOBSERVED)
    if run.cancelled and ending.error is not None and not ending.died:
        return ExecutionCancelled(
            execution_id=state.id, cell_id=state.cell_id, reason="interrupted"
        )
    return ExecutionCompleted(
        execution_id=state.id,
        cell_id=state.cell_id,
        status=Outcome.COMPLETED if ending.error is None else Outcome.FAILED,
        duration_ms=round(seconds * 1000, 1),
        execution_count=ending.execution_count,
        error=ending.error,
    )
