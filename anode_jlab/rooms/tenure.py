"""Keeps the lease on a notebook's log while its room lives."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from anode_jlab.clock import Clock
from anode_jlab.errors import AnodeError, LeaseLost, StoreUnavailable
from anode_jlab.eventlog.base import LEASE_SECONDS, EventLog, Lease

logger = logging.getLogger(__name__)

RENEW_SECONDS = LEASE_SECONDS / 3
"""Two renewals may fail before the lease ends."""


@dataclass(slots=True, eq=False)
class Tenure:
    """Renews in time; ``lost`` is told when another server took the notebook over."""

    log: EventLog
    lease: Lease
    clock: Clock
    lost: Callable[[BaseException], None]

    async def run(self) -> None:
        """Renew until cancelled; the room's task."""
        while True:
            await self.clock.sleep(RENEW_SECONDS)
            try:
                self.lease = await self.log.renew(self.lease)
            except StoreUnavailable:
                continue
            except LeaseLost as error:
                self.lost(error)
                return

    async def end(self) -> None:
        """Give the notebook free for others; a store that fails frees it by the lease's end."""
        try:
            await self.log.release(self.lease)
        except AnodeError as error:
            logger.warning("A lease could not be given back: %s", error.message)
