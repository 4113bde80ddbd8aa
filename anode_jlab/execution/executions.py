"""All runs of one server: the notebooks that have a queue or a runtime at work."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field

from anode_jlab.artifacts.keeper import Keeper
from anode_jlab.clock import Clock
from anode_jlab.errors import AnodeError, NotANotebook, RoomClosed
from anode_jlab.events.document import Kind
from anode_jlab.execution.notebook_runs import NotebookRuns
from anode_jlab.execution.past import execution_in
from anode_jlab.execution.stint import Told
from anode_jlab.ids import ExecutionId, Ids, NotebookId
from anode_jlab.materializers.execution import ExecutionState
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.rooms import Rooms
from anode_jlab.runtimes.environments import Environments
from anode_jlab.runtimes.kernel import KernelHost

UNUSED_SECONDS = 5.0
"""How often it is looked whether the runs of a notebook can be let go."""

TEXT_HINT = "Run its lines in a notebook or a console."

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Life:
    ready: asyncio.Future[NotebookRuns]
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Executions:
    """Opens the runs of each notebook once."""

    def __init__(
        self,
        rooms: Rooms,
        host: KernelHost,
        keeper: Keeper,
        environments: Environments,
        *,
        clock: Clock,
        ids: Ids,
        cull_minutes: float = 0.0,
        told: Told = lambda _: None,
    ) -> None:
        """``cull_minutes``: after which time without a run a kernel ends; 0 for never. ``told``:
        when a notebook has run all that it was asked to."""
        self._told = told
        self._cull_seconds = cull_minutes * 60
        self._rooms = rooms
        self._host = host
        self._keeper = keeper
        self._environments = environments
        self._clock = clock
        self._ids = ids
        self._lives: dict[NotebookId, _Life] = {}
        self._closed = False
        self._reclaimed = asyncio.Event()
        """It is known which kernels of an earlier life of the server go on."""

    async def reclaim(self) -> None:
        """Take up what an earlier life of the server left running; to be called once. Until then no
        notebook's runs begin."""
        try:
            for notebook_id in await self._host.reclaim():
                if notebook_id not in self._lives:
                    self._begin(notebook_id)
        finally:
            self._reclaimed.set()

    async def of(self, notebook_id: NotebookId) -> NotebookRuns:
        """The runs of a notebook. Raises what ``Rooms.open`` raises, and NotANotebook for a text
        file: there is nothing to run in it."""
        if self._closed:
            raise RoomClosed("The server is shutting down.")
        if notebook_id not in self._lives:
            room = await self._rooms.open(notebook_id)
            if room.kind.name is not Kind.NOTEBOOK:
                raise NotANotebook("A text file is not run.", hint=TEXT_HINT)
        life = self._lives.get(notebook_id) or self._begin(notebook_id)
        return await asyncio.shield(life.ready)

    async def find(self, notebook_id: NotebookId, execution_id: ExecutionId) -> ExecutionState:
        """What became of an execution. Raises ExecutionNotFound."""
        runs = await self.of(notebook_id)
        found = await runs.find(execution_id)
        if found is not None:
            return found
        room = await self._rooms.open(notebook_id)
        return await execution_in(room.log, execution_id)

    def room_opened(self, room: Room) -> None:
        """Somebody opened a notebook: what it was running before is looked at."""
        is_notebook = room.kind.name is Kind.NOTEBOOK
        if is_notebook and not self._closed and room.notebook_id not in self._lives:
            self._begin(room.notebook_id)

    def busy(self) -> tuple[NotebookId, ...]:
        """The notebooks that have a run with the kernel or waiting for it."""
        return tuple(
            id_
            for id_, life in self._lives.items()
            if life.ready.done() and not life.ready.exception() and life.ready.result().is_busy
        )

    async def close(self) -> None:
        """Tell what runs as lost, let go of all kernels."""
        self._closed = True
        lives = tuple(self._lives.values())
        for life in lives:
            life.stop.set()
        tasks = [life.task for life in lives if life.task is not None]
        if tasks:
            await asyncio.wait(tasks)

    async def _until_unused(
        self, notebook_id: NotebookId, runs: NotebookRuns, stop: asyncio.Event
    ) -> None:
        """Until the server stops, or nobody is there and there is nothing to run or to run it."""
        while not stop.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(UNUSED_SECONDS):
                    await stop.wait()
            if runs.is_idle and self._rooms.get(notebook_id) is None:
                return

    def _begin(self, notebook_id: NotebookId) -> _Life:
        loop = asyncio.get_running_loop()
        life = self._lives[notebook_id] = _Life(loop.create_future())
        life.task = loop.create_task(self._live(notebook_id, life), name=f"runs {notebook_id}")
        return life

    async def _live(self, notebook_id: NotebookId, life: _Life) -> None:
        runs = NotebookRuns(
            notebook_id,
            self._rooms,
            self._host,
            self._keeper,
            self._environments,
            clock=self._clock,
            ids=self._ids,
            cull_seconds=self._cull_seconds,
            told=self._told,
        )
        try:
            await self._reclaimed.wait()
            async with runs:
                life.ready.set_result(runs)
                await self._until_unused(notebook_id, runs, life.stop)
        except BaseException as error:  # the edge of this life: other notebooks go on
            if not life.ready.done():
                life.ready.set_exception(
                    RoomClosed() if isinstance(error, asyncio.CancelledError) else error
                )
                life.ready.exception()  # retrieved: those who asked may be gone
            elif isinstance(error, asyncio.CancelledError | KeyboardInterrupt | SystemExit):
                raise
            elif not isinstance(error, AnodeError):
                logger.error("The runs of notebook %s ended badly", notebook_id, exc_info=error)
        finally:
            self._lives.pop(notebook_id, None)
