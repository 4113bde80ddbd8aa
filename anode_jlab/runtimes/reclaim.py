"""Takes up the kernels that an earlier life of the server left, under their old ids."""

from __future__ import annotations

import logging
from pathlib import PurePosixPath
from typing import Any

from anode_jlab.runtimes.records import KernelRecord, Records

NOTEBOOK = "notebook"
"""Type of the sessions that JupyterLab makes for notebooks."""

logger = logging.getLogger(__name__)


async def reclaim(records: Records, kernels: Any, sessions: Any) -> dict[str, float]:
    """Give the server's managers every kernel that goes on; the kernels by the notebooks that they
    belong to are in ``records`` then. Answers when each was last seen (seconds since the epoch).

    Kernels that ran nothing for a notebook end, as they do with a stock server.
    """
    seen: dict[str, float] = {}
    for record, time in records.orphans():
        if not record.notebook or not record.is_alive:
            record.end()
            records.drop(record.kernel_id)
            continue
        try:
            await _take(record, kernels, sessions)
        except Exception as error:  # the kernelspec may be gone: the server has to start
            logger.warning("Kernel %s was not taken up: %s", record.kernel_id, error)
            record.end()
            records.drop(record.kernel_id)
        else:
            seen[record.kernel_id] = time
    return seen


async def _take(record: KernelRecord, kernels: Any, sessions: Any) -> None:
    """Under its old id and in its old session, so that pages that are open find it again."""
    if record.kernel_id in kernels:
        return
    name = PurePosixPath(record.path).name
    await sessions.start_kernel_for_session(
        record.session, record.path, name, NOTEBOOK, record.kernel_name, record.kernel_id
    )
    await sessions.save_session(
        record.session, path=record.path, name=name, type=NOTEBOOK, kernel_id=record.kernel_id
    )
