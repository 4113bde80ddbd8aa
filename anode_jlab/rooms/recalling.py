"""Reads what was before the document was loaded, once somebody comes who may know nothing later."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.past import changes_before, remembered
from anode_jlab.errors import AnodeError
from anode_jlab.rooms.offload import Offload
from anode_jlab.rooms.opened import OpenedNotebook

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Recalling:
    """One room's. Opening would be slow if every document were loaded with its past."""

    opened: OpenedNotebook
    offload: Offload
    needed: bool = field(init=False)
    """The document was loaded from a snapshot and does not know what was before."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        is_notebook = isinstance(self.opened.document, NotebookDocument)
        self.needed = is_notebook and self.opened.snapshot_seq > 0

    async def recall(self) -> None:
        """Let the document remember; a log that cannot be read now is asked again the next time."""
        async with self._turn:
            document = self.opened.document
            if not self.needed or not isinstance(document, NotebookDocument):
                return
            try:
                past = await changes_before(self.opened.log, self.opened.snapshot_seq)
            except AnodeError as error:
                logger.warning("Notebook %s: its past: %r", self.opened.notebook_id, error)
                return
            if past is not None:
                memory = await self.offload(lambda: remembered(past, ids=document.ids))
                document.remember(memory)
            self.needed = False
