"""The assembled parts of a running server, as handlers receive them."""

from __future__ import annotations

from dataclasses import dataclass

from anode_jlab.ai.assistant import Assistant
from anode_jlab.ai.mcp.server import McpServer
from anode_jlab.ai.tools.registry import Tools
from anode_jlab.artifacts.keeper import Keeper
from anode_jlab.artifacts.store import ArtifactStore
from anode_jlab.clock import Clock
from anode_jlab.config import AnodeConfig
from anode_jlab.eventlog.base import EventStore
from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.execution.executions import Executions
from anode_jlab.execution.kernel_requests import KernelRequests
from anode_jlab.ids import Ids, NotebookId
from anode_jlab.rooms.arriving import Arrivals
from anode_jlab.rooms.copies import Copies
from anode_jlab.rooms.lobby import Lobby
from anode_jlab.rooms.occupancy import Occupancy
from anode_jlab.rooms.opening import Opener
from anode_jlab.rooms.rooms import Rooms
from anode_jlab.runtimes.environments import Environments


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """Built once by ``extension``; nothing here is looked up by name."""

    config: AnodeConfig
    clock: Clock
    ids: Ids
    store: EventStore
    catalogue: Catalogue
    opener: Opener
    arrivals: Arrivals
    rooms: Rooms
    copies: Copies
    occupancy: Occupancy
    lobby: Lobby
    executions: Executions
    environments: Environments | None
    """None where kernels are started by a provisioner that is not ours."""
    kernel_requests: KernelRequests
    artifacts: ArtifactStore
    keeper: Keeper
    tools: Tools
    assistant: Assistant
    mcp: McpServer
    version: str
    problems: tuple[str, ...] = ()
    """What the self-test found wrong without it being a reason not to start."""

    def busy(self) -> frozenset[NotebookId]:
        """The notebooks in which something goes on, whoever has them open."""
        return frozenset((*self.executions.busy(), *self.assistant.answers.busy()))
