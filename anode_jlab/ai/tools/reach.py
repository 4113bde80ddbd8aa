"""The parts of the server that tools work on: those that people's own commands go to."""

from __future__ import annotations

from dataclasses import dataclass

from anode_jlab.artifacts.keeper import Keeper
from anode_jlab.clock import Clock
from anode_jlab.documents.browsing import FolderPort
from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.execution.executions import Executions
from anode_jlab.execution.snippets import Snippets
from anode_jlab.ids import Ids
from anode_jlab.rooms.rooms import Rooms


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """There is no other way to the kernel or the document."""

    rooms: Rooms
    executions: Executions
    snippets: Snippets
    keeper: Keeper
    catalogue: Catalogue
    folders: FolderPort
    clock: Clock
    ids: Ids
