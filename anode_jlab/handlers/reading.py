"""The log of a notebook to read from, whether its room is open or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anode_jlab.errors import NotebookNotFound
from anode_jlab.eventlog.base import EventLog
from anode_jlab.ids import NotebookId
from anode_jlab.services import Services


@asynccontextmanager
async def log_of(services: Services, notebook: NotebookId) -> AsyncIterator[EventLog]:
    """An open room's own log, else one that is opened for this reading only.

    Raises NotebookNotFound when nothing was ever logged under this id.
    """
    room = services.rooms.get(notebook)
    if room is not None:
        yield room.log
        return
    if not await services.store.exists(notebook):
        raise NotebookNotFound("This notebook has no event log.")
    log = await services.store.open(notebook)
    try:
        yield log
    finally:
        await log.close()
