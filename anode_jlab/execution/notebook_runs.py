"""The runs of one notebook, for those who ask for them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Self

from anode_jlab.artifacts.keeper import Keeper
from anode_jlab.clock import Clock
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.recorder import RUN
from anode_jlab.documents.run_outputs import set_execution_state
from anode_jlab.errors import NotPossibleNow, RoomClosed, SourceNotArrived
from anode_jlab.events.actor import Actor
from anode_jlab.events.event import Event
from anode_jlab.events.execution import ExecutionRequested, InputProvided, OnError
from anode_jlab.execution import queue
from anode_jlab.execution.book import Book
from anode_jlab.execution.driver import Driver
from anode_jlab.execution.inspecting import Inspected
from anode_jlab.execution.journal import Journal
from anode_jlab.execution.request import (
    ARRIVAL_SECONDS,
    LOOK_SECONDS,
    After,
    CellToRun,
    arrival,
    kernel_name_of,
    read_sources,
)
from anode_jlab.execution.stint import Told
from anode_jlab.ids import CellId, ExecutionId, Ids, NotebookId
from anode_jlab.materializers.execution import ExecutionState, RuntimeSessionState
from anode_jlab.materializers.notebook import actor_key
from anode_jlab.materializers.run_table import RunTable
from anode_jlab.rooms.rooms import Rooms
from anode_jlab.rooms.scribe import By
from anode_jlab.runtimes.environments import Environments
from anode_jlab.runtimes.grid import TablePage, TableQuery
from anode_jlab.runtimes.kernel import KernelHost
from anode_jlab.runtimes.runtime import Runtime

HIDDEN = "·" * 8
"""What is shown of a password, whatever its length."""


@dataclass(slots=True, eq=False)
class _Asked:
    """A request on its way into the log."""

    events: list[Event | By]
    sources: dict[CellId, str] = field(default_factory=dict)
    begun: list[By] = field(default_factory=list)
    """The beginning of its first run, when that did not have to wait."""


class NotebookRuns:
    """An async context manager that owns the tasks of one notebook's runs."""

    def __init__(
        self,
        notebook_id: NotebookId,
        rooms: Rooms,
        host: KernelHost,
        keeper: Keeper,
        environments: Environments,
        *,
        clock: Clock,
        ids: Ids,
        cull_seconds: float,
        told: Told,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._book = Book(notebook_id, Journal(rooms, notebook_id), clock)
        self._environments = environments
        self._driver = Driver(
            self._book,
            host,
            keeper,
            secrets=partial(environments.secrets_of, notebook_id),
            clock=clock,
            ids=ids,
            cull_seconds=cull_seconds,
            told=told,
        )
        self._on_their_way: list[_Asked] = []
        """Requests that are not in the table yet: what is asked for now comes after them."""
        self._shared: set[ExecutionId] = set()
        """What was asked for with a token that names nobody."""
        self._tasks = asyncio.TaskGroup()
        self._running: list[asyncio.Task[None]] = []

    # --- life ------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        book, driver = self._book, self._driver
        room = await book.room()
        book.table = RunTable(room.state.runs)
        await self._environments.of(book.notebook_id)  # a kernel that goes on may know secrets
        if await driver.resume():
            # It is forgotten which of them came with a token; that may be shown again.
            self._shared.update(run.id for run in book.table.queue)
        elif recovered := queue.recover(book.table):
            driver.held = True
            book.log(recovered, driver.actor(), book.settle_cells)
        await self._tasks.__aenter__()
        self._running = [
            self._tasks.create_task(work)
            for work in (book.journal.run(), driver.run(), driver.writer.run(), driver.adopt())
        ]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The server stops: what runs is told as lost, what waits keeps waiting."""
        book, driver = self._book, self._driver
        left = queue.recover(book.table)
        if left:
            book.log(left, driver.actor(), book.settle_cells)
        await driver.runtime.close()
        with suppress(RoomClosed):
            await book.journal.drained()
        for task in self._running:
            task.cancel()
        await self._tasks.__aexit__(None, None, None)

    # --- what is known ---------------------------------------------------------------------------

    @property
    def runtime(self) -> Runtime:
        """The notebook's runtime; to be looked at only."""
        return self._driver.runtime

    @property
    def is_busy(self) -> bool:
        """Whether something runs, or waits and is not held."""
        return self._driver.current is not None or (
            bool(self._book.table.queue) and not self._driver.held
        )

    @property
    def is_idle(self) -> bool:
        """Nothing runs or could go on by itself, and there is no runtime."""
        return not self.is_busy and self._driver.runtime.session is None

    @property
    def is_held(self) -> bool:
        """Something waits until somebody has a runtime started."""
        return self._driver.held and bool(self._book.table.queue)

    async def variables(self) -> Inspected | None:
        """The variables of the living session, asked for while it has nothing to run; None while
        they are not known."""
        driver = self._driver
        session = driver.runtime.session
        if session is None:
            return None
        return await driver.inspector.look(session, is_free=driver.is_free)

    async def table(self, query: TableQuery) -> TablePage:
        """Rows of a table that the living session showed. Raises TableGone, KernelBusy,
        BadRequest."""
        driver = self._driver
        return await driver.tables.page(driver.runtime.session, query, is_free=driver.is_free)

    @property
    def problem(self) -> str:
        """Why there is no kernel, when the last try to start one failed."""
        return self._driver.problem if self._driver.runtime.session is None else ""

    @property
    def waiting(self) -> list[ExecutionState]:
        """What has not ended, in the order in which it will run."""
        return list(self._book.table.queue)

    @property
    def last_session(self) -> RuntimeSessionState | None:
        """The newest session, alive or not."""
        return self._book.table.last_session

    async def find(self, execution_id: ExecutionId) -> ExecutionState | None:
        """An execution, unless it ended so long ago that only the log knows it; all that it tells
        is durable."""
        found = self._book.table.find(execution_id)
        await self._book.journal.drained()
        return found

    # --- the queue -------------------------------------------------------------------------------

    async def request(
        self,
        cells: Sequence[CellToRun],
        *,
        on_error: OnError,
        actor: Actor,
        after: After | None = None,
        shared: bool = False,
    ) -> list[ExecutionState]:
        """Ask for cells to be run, in this order and as one batch; durable when it returns.

        ``shared``: the actor came with a token that many may use and that names nobody.

        Ids that are known already are answered with what became of them. Raises CellNotFound,
        NotPossibleNow, SourceNotArrived.
        """
        if after is not None:
            await arrival(await self._book.room(), after, self._clock)
        known = self._book.table.find
        new = {cell.execution_id: cell for cell in cells if known(cell.execution_id) is None}
        if new:
            await self._request_new(list(new.values()), on_error, actor)
            if shared:
                self._shared.update(new)
        return queue.states(self._book.table, [cell.execution_id for cell in cells])

    async def _request_new(
        self, cells: Sequence[CellToRun], on_error: OnError, actor: Actor
    ) -> None:
        batch = self._ids.execution()
        events = [
            ExecutionRequested(
                execution_id=cell.execution_id,
                cell_id=cell.cell_id,
                batch_id=batch,
                on_error=on_error,
            )
            for cell in cells
        ]
        asked = _Asked([*events])
        try:
            await self._ask(cells, asked, actor)
        except BaseException:
            self._forget(asked)
            raise
        now = self._clock.now()
        for cell, event in zip(cells, events, strict=True):
            if self._book.table.apply(event, actor_key(actor), now):
                self._book.sources[cell.execution_id] = asked.sources[cell.cell_id]
        for by in asked.begun:
            self._book.table.apply(by.event, actor_key(by.actor), now)
        if asked.begun:
            self._book.sources.pop(cells[0].execution_id, None)
        self._forget(asked, durable=True)
        self._driver.go_on()

    async def _ask(self, cells: Sequence[CellToRun], asked: _Asked, actor: Actor) -> None:
        """Log the requests in the moment in which the texts are read, and the beginning of the
        first with them if the kernel is free; wait for missing texts."""
        driver, first = self._driver, cells[0]

        def ask(document: NotebookDocument) -> None:
            asked.sources.update(read_sources(document, cells))
            driver.kernel_name = kernel_name_of(document)
            for cell in cells:
                set_execution_state(document, cell.cell_id, "running")
            if session is not None and not self._on_their_way:
                asked.begun = driver.begin_now(first, asked.sources[first.cell_id], session)
                asked.events += asked.begun
            self._on_their_way.append(asked)

        deadline = self._clock.monotonic() + ARRIVAL_SECONDS
        while True:
            room = await self._book.room()
            session = await driver.free_session()
            try:
                await room.edit(actor, RUN, ask, asked.events)
            except SourceNotArrived:
                if self._clock.monotonic() >= deadline:
                    raise
                await self._clock.sleep(LOOK_SECONDS)
            else:
                return

    def _forget(self, asked: _Asked, *, durable: bool = False) -> None:
        """A request is not on its way any more."""
        if asked in self._on_their_way:
            self._on_their_way.remove(asked)
        if asked.begun:
            self._driver.begun(durable=durable)

    async def cancel(self, execution_id: ExecutionId, actor: Actor) -> None:
        """Take one back, or break it off when it runs. Raises ExecutionNotFound, NotPossibleNow."""
        run = self._driver.current
        if run is not None and run.execution_id == execution_id:
            await self._break_off()
            return
        events = queue.cancel(self._book.table, execution_id)
        await self._book.log(events, actor, self._book.idle_again(events))

    async def cancel_all(self, actor: Actor) -> None:
        """Take everything back, and break off what runs."""
        events = queue.cancel_all(self._book.table)
        if events:
            await self._book.log(events, actor, self._book.idle_again(events))
        await self._break_off()

    async def reorder(
        self, execution_id: ExecutionId, before: ExecutionId | None, actor: Actor
    ) -> None:
        """Move one that waits. Raises ExecutionNotFound, NotPossibleNow."""
        await self._book.log(queue.reorder(self._book.table, execution_id, before), actor)

    async def answer(
        self, execution_id: ExecutionId, value: str, actor: Actor, *, shared: bool = False
    ) -> None:
        """Give the line that the running code waits for; ``shared`` as in ``request``.

        Raises ExecutionNotFound, NotPossibleNow when it waits for none, NotAllowed when somebody
        else asked for the run.
        """
        state = queue.states(self._book.table, [execution_id])[0]
        by_token = shared and execution_id in self._shared
        queue.may_answer(state, state.requested_by if by_token else actor_key(actor))
        run, session = self._driver.current, self._driver.runtime.session
        if run is None or session is None or run.asked is None:
            raise NotPossibleNow("The execution does not wait for input.")
        (prompt, password), run.asked = run.asked, None
        session.link.answer(value)
        line = f"{prompt}{HIDDEN if password else value}\n"
        run.collector.take("stream", {"name": "stdout", "text": line})
        self._driver.writer.touch()
        provided = InputProvided(execution_id=execution_id, cell_id=run.cell_id)
        await self._book.log([provided], actor)

    async def _break_off(self) -> None:
        run = self._driver.current
        if run is not None and self._driver.runtime.session is not None:
            run.cancelled = True
            await self._driver.runtime.interrupt()

    # --- the runtime -----------------------------------------------------------------------------

    async def start(self, kernel_name: str | None, actor: Actor) -> None:
        """Have a runtime; what was held goes on. Raises what ``Runtime.ready`` raises."""
        room = await self._book.room()
        named = kernel_name or await room.shown(kernel_name_of)
        await self._driver.begin(named)
        await self._go_on()

    async def attach(self, kernel_id: str) -> None:
        """Have this kernel be the notebook's, if it has none. Raises NotPossibleNow otherwise."""
        await self._book.room()
        await self._driver.runtime.attach(kernel_id)

    async def restart(self) -> None:
        """A new session; the queue stays. Raises what ``Runtime.restart`` raises."""
        await self._book.room()
        await self._driver.runtime.restart()
        await self._go_on()

    async def replace(self, kernel_name: str | None) -> None:
        """Another kernel, once it is ready; the queue is held and goes on with it. Raises what
        ``Runtime.replace`` raises."""
        await self._book.room()
        await self._driver.runtime.replace(kernel_name)
        await self._go_on()

    async def interrupt(self) -> None:
        """Break off what runs, as Ctrl-C does. Raises NotPossibleNow without a runtime."""
        await self._driver.runtime.interrupt()

    async def stop(self, actor: Actor) -> None:
        """End the kernel; what waits is held until there is another."""
        await self._driver.runtime.stop()
        await self._book.journal.drained()

    async def _go_on(self) -> None:
        self._driver.go_on()
        await self._book.journal.drained()
