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
from anode_jlab.events.execution import InputRequested
from anode_jlab.events.runtime import SessionStatus, Termination
from anode_jlab.execution import queue
from anode_jlab.execution.asking import Asker
from anode_jlab.execution.book import Book
from anode_jlab.execution.captures import Captures
from anode_jlab.execution.collector import Collector
from anode_jlab.execution.culling import Culling
from anode_jlab.execution.displays import Displays
from anode_jlab.execution.head_start import HeadStart, beginning, is_well
from anode_jlab.execution.inspecting import Inspector
from anode_jlab.execution.memory_watch import MemoryWatch
from anode_jlab.execution.output_writer import OutputWriter
from anode_jlab.execution.redacting import redacted
from anode_jlab.execution.request import CellToRun
from anode_jlab.execution.resumed import resumed_run
from anode_jlab.execution.run import BATCH_STOPPED, KERNEL_DIED, Ending, Run, stopped_by
from anode_jlab.execution.stint import Stint, Told
from anode_jlab.execution.tables import Tables
from anode_jlab.ids import CellId, ExecutionId, Ids, SessionId
from anode_jlab.materializers.execution import ExecutionState
from anode_jlab.rooms.scribe import By
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
        self._culling = Culling(clock, cull_seconds)
        self._stint = Stint(clock)
        self._told = told
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
        self._start: HeadStart | None = None
        """What begins with a request that is on its way into the log."""
        self._begun: HeadStart | None = None
        self._resumed: tuple[ExecutionState, Run, Session] | None = None

    @property
    def is_free(self) -> bool:
        """Whether there is a kernel that runs nothing and has nothing to run."""
        session = self.runtime.session
        is_ready = session is not None and session.status is SessionStatus.READY
        return is_ready and self.current is None and (self.held or not self._has_next)

    @property
    def _has_next(self) -> bool:
        return queue.next_pending(self.book.table) is not None

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

    # --- a run that begins with the request for it -----------------------------------------------

    async def free_session(self) -> Session | None:
        """The session that could take a cell this moment, if there is one."""
        session = self.runtime.session
        if session is None or not self._may_begin(session):
            return None
        return session if await is_well(self._host, session) else None

    def _may_begin(self, session: Session) -> bool:
        is_living = session is self.runtime.session
        return is_living and self.is_free and not self.held and self.book.journal.is_idle

    def begin_now(self, cell: CellToRun, source: str, session: Session) -> list[By]:
        """What to log with the request for this cell; nothing when it has to wait after all."""
        if not self._may_begin(session):
            return []
        run = self._new_run(cell.execution_id, cell.cell_id)
        start = self._start = HeadStart(run, session, source)
        self.runtime.set_busy(True)
        busy, start.later = start.later, []
        begins = beginning(run.execution_id, run.cell_id, session.id, source)
        return [By(event, self.actor()) for event in (*busy, *begins)]

    def begun(self, *, durable: bool) -> None:
        """What ``begin_now`` gave is durable and in the table, or never will be."""
        start, self._start = self._start, None
        if start is not None and start.later:
            self.book.log(start.later, self.actor())
        if durable:
            self._begun = start
        else:
            self.current = None
            self.runtime.set_busy(False)
        self._wake.set()

    # --- what the runtime tells ------------------------------------------------------------------

    def on_runtime(self, events: list[Event]) -> None:
        self._culling.touch()
        if self._start is not None:
            self._start.later += events
        else:
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
        try:
            if self._resumed is not None:
                await self.book.journal.hold()
                await self._see_through(*self._resumed)
                self._resumed = None
            while True:
                self._wake.clear()
                if self._start is not None:
                    await self._wake.wait()
                    continue
                if self._begun is not None:
                    await self._take_up(self._begun)
                    continue
                if self.held or not self._has_next:
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
        finally:
            self.current = None

    async def adopt(self) -> None:
        """Notice a kernel that somebody else started for this notebook, until cancelled."""
        while True:
            try:
                if self.runtime.session is None and await self.runtime.adopt():
                    self.go_on()
                if await self._culling.look(self.runtime) and self._has_next:
                    self.go_on()  # asked for at that very moment
                await self._memory.look(self.runtime.session, is_free=self.is_free)
            except AnodeError as error:
                logger.info("Notebook %s: kernel not taken: %s", self.book.notebook_id, error)
            with suppress(TimeoutError):
                async with asyncio.timeout(ADOPT_SECONDS):
                    await self._look.wait()
            self._look.clear()

    # --- one execution ---------------------------------------------------------------------------

    async def _execute(self, state: ExecutionState, session: Session) -> None:
        source = await self.book.source_of(state)
        if not await self.runtime.goes_on(session):
            return  # it has not begun, and waits for the next session
        self.runtime.set_busy(True)
        run = self._new_run(state.id, state.cell_id)
        events = beginning(state.id, state.cell_id, session.id, source)
        await self.book.log(events, self.actor())
        await self._hand_over(state, run, session, source)

    async def _take_up(self, start: HeadStart) -> None:
        """Go on with a run that began with its request."""
        self._begun = None
        state = queue.states(self.book.table, [start.run.execution_id])[0]
        self._stint.go_on(self.book.table)
        await self.book.journal.hold()
        await self._hand_over(state, start.run, start.session, start.source)

    def _new_run(self, execution_id: ExecutionId, cell_id: CellId) -> Run:
        collector = Collector(cell_id, execution_id, self._displays, self._limits)
        self.inspector.ran()
        self.current = Run(execution_id, cell_id, collector, self._clock.monotonic())
        return self.current

    async def _hand_over(
        self, state: ExecutionState, run: Run, session: Session, source: str
    ) -> None:
        """Its beginning is durable: the kernel may have it."""
        self._last = state
        run.started = self._clock.monotonic()
        # When the session ended meanwhile, the run was told so.
        if await self.runtime.goes_on(session):
            self.tables.prepare(session)
            run.request = session.link.execute(source, state.cell_id, state.id)
            run.poke = partial(session.link.send, "kernel_info_request", {})
            self.writer.add(run.request, run.collector)
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

    def _complete(
        self, state: ExecutionState, run: Run, ending: Ending, source: str | None
    ) -> None:
        end = run.end(ending, self._clock.monotonic())
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
