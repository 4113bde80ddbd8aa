"""The server extension: builds every part once, tries them, and only then takes notebooks over."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from functools import partial
from pathlib import Path

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.manager import ContentsManager

from anode_jlab import allocator, interrupts
from anode_jlab._version import __version__
from anode_jlab.activity import RunActivity
from anode_jlab.ai.assistant import Assistant
from anode_jlab.ai.mcp.server import McpServer
from anode_jlab.ai.tools.registry import Tools
from anode_jlab.artifacts.folder import FolderArtifacts
from anode_jlab.artifacts.keeper import Keeper
from anode_jlab.audit import Audit
from anode_jlab.clock import SystemClock
from anode_jlab.config import AnodeConfig
from anode_jlab.documents.contents import ServerContents
from anode_jlab.documents.kinds import kinds
from anode_jlab.documents.large_outputs import Limits
from anode_jlab.done import DoneTeller
from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.eventlog.machine import knows_processes
from anode_jlab.eventlog.probe import Probe
from anode_jlab.eventlog.rooted_catalogue import RootedCatalogue
from anode_jlab.eventlog.shelf import FolderShelf
from anode_jlab.eventlog.sqlite import SqliteEventStore
from anode_jlab.eventlog.sqlite_catalogue import SqliteCatalogue
from anode_jlab.execution.executions import Executions
from anode_jlab.execution.kernel_requests import KernelRequests
from anode_jlab.execution.snippets import Snippets
from anode_jlab.handlers import kernel_socket, page_config, peers
from anode_jlab.handlers.inprocess import InProcessDocuments
from anode_jlab.handlers.page_config import Readiness
from anode_jlab.handlers.patterns import patterns
from anode_jlab.ids import RandomIds
from anode_jlab.metrics import RoomMeter, ServerMetrics
from anode_jlab.rooms.arriving import Arrivals
from anode_jlab.rooms.bases import Bases
from anode_jlab.rooms.copies import Copies, CopyRules
from anode_jlab.rooms.copying import Copier
from anode_jlab.rooms.exporter import Exporter
from anode_jlab.rooms.file_events import FileEvents
from anode_jlab.rooms.file_locks import FileLocks
from anode_jlab.rooms.keeping import Keeping
from anode_jlab.rooms.lobby import Lobby
from anode_jlab.rooms.occupancy import Occupancy
from anode_jlab.rooms.opened import OpenedNotebook
from anode_jlab.rooms.opening import Opener
from anode_jlab.rooms.outside import Outside
from anode_jlab.rooms.protocol import CloseCode
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.rooms import Rooms
from anode_jlab.runtimes import surviving
from anode_jlab.runtimes.environments import Environments
from anode_jlab.runtimes.pending import settle
from anode_jlab.runtimes.reaping import Reaper
from anode_jlab.runtimes.records import Records
from anode_jlab.runtimes.server_host import ServerHost
from anode_jlab.runtimes.warm_pool import WarmPool, default_size
from anode_jlab.services import Services
from anode_jlab.trial import Trial, reason_of, try_out

STOP_SECONDS = 4.8
"""A server that is asked to end is killed after some 5 s; ``Rooms.close`` keeps below this."""

START_SECONDS = 10.0
"""A kernel that was about to start may take so long, or nobody would end the others. Usually it is
a tenth of a second."""


class AnodeExtension(ExtensionApp):
    """Notebooks as event logs. Settings: ``AnodeConfig``."""

    name = "anode_jlab"
    load_other_extensions = True
    classes = [AnodeConfig]  # noqa: RUF012

    services: Services | None = None
    _documents: InProcessDocuments | None = None
    _reaper: Reaper | None = None
    _teller: DoneTeller | None = None
    _pool: WarmPool | None = None
    _environments: Environments | None = None
    _metrics: ServerMetrics | None = None
    _activity: RunActivity | None = None
    _trial: Trial | None = None

    @property
    def server(self) -> ServerApp:
        """The server that loads us."""
        if self.serverapp is None:
            raise RuntimeError("The extension is not linked to a server yet.")
        return self.serverapp

    def initialize_handlers(self) -> None:
        """Runs while the server loads its extensions, ours before those of the peers."""
        _share_log(self.server.log)
        page_config.install(self.server.web_app.settings, self._begin())

    def _link_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        """Runs before the server makes its parts. Peers that are linked after us put classes of
        their own in the place of some of these, so that we decide about them here already."""
        super()._link_jupyter_server_extension(serverapp)
        self._trial = self._try()

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        """Runs once the server's event loop does, in servers that are processes of their own."""
        if self.services is not None:
            interrupts.end_well(partial(serverapp.stop, from_signal=True))
            allocator.give_back()

    def _try(self) -> Trial:
        """Whether we take over; if so, the peers are switched off."""
        config = AnodeConfig(parent=self)
        trial = try_out(config, SystemClock(), self.log)
        if trial.readiness.ready:
            trial.silenced += peers.switch_off(self.server.extension_manager.extensions)
            for name in trial.silenced:
                self.log.info("anode_jlab switched %s off for this process", name)
        return trial

    def _begin(self) -> Readiness:
        trial = self._trial or self._try()
        if trial.found is None:
            return trial.readiness
        loaded = peers.loaded_peers(self.server.web_app.settings)
        if loaded:
            names = ", ".join(loaded)
            return self._give_way(trial, f"{names} was loaded first and keeps the notebooks")
        try:
            self.services = self._build(trial.config, trial.found)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of the native library is no Exception
            return self._give_way(trial, reason_of(error), error)
        self.handlers.extend(patterns(self.services))
        self._documents = InProcessDocuments(self.services, self.server.web_app.settings)
        self._documents.install(self.server.web_app.settings)
        kernel_socket.install(self.server.web_app.settings)
        self._follow_files(self.services)
        self.server.io_loop.add_callback(self.services.executions.reclaim)
        self._activity = RunActivity(
            self.services.busy,
            self.server.web_app.settings,
            cap_hours=trial.config.run_activity_hours,
            clock=self.services.clock,
        )
        self.server.io_loop.add_callback(self._activity.start)
        peers.put_away(self.server.extension_manager.extensions, trial.silenced)
        # What was imported never becomes garbage. Looking at it again takes 50 to 100 ms, in which
        # nobody's keystroke is dealt with, and opening a large notebook makes Python look.
        self.server.io_loop.add_callback(gc.freeze)
        return trial.readiness

    def _give_way(self, trial: Trial, reason: str, error: BaseException | None = None) -> Readiness:
        """Not we, but whoever was switched off for us."""
        self.log.error("anode_jlab did not take over: %s", reason, exc_info=error)
        peers.switch_on(self.server.extension_manager, trial.silenced)
        return Readiness(ready=False, reason=reason)

    def _build(self, config: AnodeConfig, found: Probe) -> Services:
        clock, ids, store_dir = SystemClock(), RandomIds(), Path(config.store_dir)
        durability, threads = config.durability, config.store_threads
        store = SqliteEventStore(
            store_dir, durability=durability, threads=threads, clock=clock, journal=found.journal
        )
        contents = ServerContents(self.server.contents_manager)
        catalogue = RootedCatalogue(
            SqliteCatalogue(store_dir, ids=ids, journal=found.journal), self._root(contents)
        )
        keeper = Keeper(FolderArtifacts(store_dir), Limits.of(config))
        bases = Bases(FolderShelf(store_dir, "bases"))
        locks = FileLocks.of(config, contents, self.server.connection_url)
        opener = self._opener(config, store, catalogue, contents, bases, locks, keeper)
        meter = RoomMeter()
        rooms = self._rooms(config, opener, catalogue, bases, locks, self._outside(meter))
        root, shelf = self.server.kernel_manager.root_dir, FolderShelf(store_dir, "environment")
        environments = Environments(shelf, catalogue, root)
        kernels = self._kernels(config, contents, environments)
        executions = self._executions(config, rooms, kernels, keeper, environments)
        copies = Copies(FolderShelf(store_dir, "copies"), CopyRules.of(config), keeper.of)
        arrivals = Arrivals(opener=opener, catalogue=catalogue, rooms=rooms)
        snippets = Snippets(kernels, ids=ids)
        tools = Tools.of(config, contents.manager, rooms, executions, snippets, keeper, catalogue)
        assistant = Assistant(config, tools)
        rooms.opened += [executions.room_opened, Copier(copies, clock).room_opened]
        services = Services(
            config=config,
            clock=clock,
            ids=ids,
            store=store,
            catalogue=catalogue,
            opener=opener,
            arrivals=arrivals,
            rooms=rooms,
            copies=copies,
            occupancy=Occupancy(
                most=config.max_connections, most_per_person=config.max_connections_per_person
            ),
            lobby=Lobby(clock),
            executions=executions,
            environments=self._environments,
            kernel_requests=KernelRequests(snippets),
            artifacts=keeper.store,
            keeper=keeper,
            tools=tools,
            assistant=assistant,
            mcp=McpServer.of(tools, arrivals),
            version=__version__,
            problems=() if found.problem is None else (found.problem,),
        )
        self._metrics = ServerMetrics(services, meter)
        self._metrics.publish()
        return services

    def _opener(
        self,
        config: AnodeConfig,
        store: SqliteEventStore,
        catalogue: Catalogue,
        contents: ServerContents,
        bases: Bases,
        locks: FileLocks,
        keeper: Keeper,
    ) -> Opener:
        return Opener(
            store=store,
            catalogue=catalogue,
            contents=contents,
            bases=bases,
            ids=RandomIds(),
            clock=SystemClock(),
            holder=self.server.connection_url,
            kinds=kinds(text_limit=config.max_text_bytes),
            keeping=Keeping.of(config),
            locks=locks,
            large=keeper.of,
        )

    def _executions(
        self,
        config: AnodeConfig,
        rooms: Rooms,
        kernels: ServerHost,
        keeper: Keeper,
        environments: Environments,
    ) -> Executions:
        self._teller = DoneTeller(
            command=config.done_command, webhook=config.done_webhook, seconds=config.done_seconds
        )
        return Executions(
            rooms,
            kernels,
            keeper,
            environments,
            clock=SystemClock(),
            ids=RandomIds(),
            cull_minutes=config.cull_idle_minutes,
            told=self._teller,
        )

    def _outside(self, meter: RoomMeter) -> Outside:
        events = self.server.event_logger
        return Outside(meter=meter) if events is None else Outside(meter=meter, told=Audit(events))

    def _rooms(
        self,
        config: AnodeConfig,
        opener: Opener,
        catalogue: Catalogue,
        bases: Bases,
        locks: FileLocks,
        outside: Outside,
    ) -> Rooms:
        clock = SystemClock()

        def exporter(room: Room, opened: OpenedNotebook) -> Exporter:
            lock = locks.of_room(room.notebook_id, lambda: room.path, room.discard, room.kind.name)
            return Exporter(room, opened, catalogue=catalogue, bases=bases, clock=clock, lock=lock)

        return Rooms(
            opener=opener,
            exporter_factory=exporter,
            clock=clock,
            idle_seconds=config.room_idle_seconds,
            update_limit=config.max_update_bytes,
            step2_limit=config.max_step2_bytes,
            outside=outside,
        )

    def _kernels(
        self, config: AnodeConfig, contents: ServerContents, environments: Environments
    ) -> ServerHost:
        """The server's kernels; they outlive a crash where that is wanted and can be done."""
        records = None
        if config.orphan_kernel_minutes != 0 and knows_processes():
            records = Records(Path(config.store_dir), self._root(contents))
            self._reaper = Reaper(records.folder, config.orphan_kernel_minutes)
        pool, kernels = self._warm_pool(config), self.server.kernel_manager
        if surviving.install(kernels, records, self._reaper, pool, environments):
            if not self.server.gateway_config.gateway_enabled:
                self._environments = environments
            if pool is not None:
                self._pool = pool
                self.server.io_loop.add_callback(pool.begin)
            return ServerHost(self.server, records)
        self.log.info("Kernels end with the server: another provisioner is configured")
        return ServerHost(self.server)

    def _warm_pool(self, config: AnodeConfig) -> WarmPool | None:
        size = config.warm_pool_size
        size = default_size(os.environ) if size is None else size
        if size == 0 or self.server.gateway_config.gateway_enabled:
            return None
        kernels = self.server.kernel_manager
        return WarmPool(kernels, size=size, imports=config.warm_imports, clock=SystemClock())

    def _root(self, contents: ServerContents) -> str:
        """Where the paths of this server begin: the folder, or a name for another storage."""
        folder = contents.local_path("")
        if folder is not None:
            return folder.resolve().as_posix()
        manager = self.server.contents_manager
        return f"{type(manager).__module__}.{type(manager).__qualname__}:{manager.root_dir}"

    def _follow_files(self, services: Services) -> None:
        if self.server.event_logger is not None:
            self.server.event_logger.add_listener(
                schema_id=ContentsManager.event_schema_id,
                listener=FileEvents(
                    services.catalogue,
                    services.rooms,
                    ServerContents(self.server.contents_manager),
                ),
            )

    def current_activity(self) -> dict[str, int] | None:
        """People in rooms and runs keep the server from shutting itself down for idleness."""
        if self.services is None or self._activity is None:
            return None
        rooms = self.services.rooms
        people = sum(1 for id_ in rooms.open_ids if (room := rooms.get(id_)) and room.peers)
        activity = {"rooms": people, "executions": self._activity.count()}
        return activity if any(activity.values()) else None

    async def stop_extension(self) -> None:
        """Flush and export every notebook, tell the clients to come back, let go of the store."""
        services, self.services = self.services, None
        if services is None:
            return
        if self._metrics is not None:
            self._metrics.withdraw()
        if self._documents is not None:
            await self._documents.close()
        if self._activity is not None:
            await self._activity.close()
        services.lobby.close(CloseCode.RESTART, "restart")
        try:
            async with asyncio.timeout(STOP_SECONDS):
                if self._pool is not None:
                    await self._pool.close()
                await services.kernel_requests.snippets.close()
                await services.assistant.answers.close()
                await services.mcp.close()
                await services.tools.close()
                await services.executions.close()
                await services.rooms.close()
        except TimeoutError:
            self.log.error("Some notebooks were not closed within %s s", STOP_SECONDS)
        await settle(self.server.kernel_manager, START_SECONDS)
        if self._teller is not None:
            await self._teller.close()
        surviving.uninstall()
        if self._reaper is not None:
            self._reaper.close()
        await services.catalogue.close()
        await services.store.close()


def _share_log(log: logging.Logger) -> None:
    """Our loggers speak through the server's, as it does itself with tornado's."""
    ours = logging.getLogger("anode_jlab")
    ours.parent = log
    ours.setLevel(log.level)
