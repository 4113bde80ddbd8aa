"""Notices that another program changed the file of an open notebook, though nobody types."""

from __future__ import annotations

import asyncio
import logging

from anode_jlab.clock import Clock
from anode_jlab.errors import (
    AnodeError,
    FileChangedOutside,
    FileDeleted,
    FileNotWritten,
    RoomClosed,
)
from anode_jlab.rooms.file_sync import FileSync
from anode_jlab.rooms.file_troubles import FileTroubles

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.5
"""How often a local file is looked at: a `stat`, and only when that differs its bytes."""

REMOTE_LOOK_SECONDS = 10.0
"""How often another storage is asked: each question may travel far."""


class Watcher:
    """Looks again and again. ``turn`` is held while anything is done with the file.

    What cannot be taken in is said only when it is found a second time: programs that write a file
    delete it first, or write it in pieces.
    """

    def __init__(
        self, sync: FileSync, turn: asyncio.Lock, troubles: FileTroubles, clock: Clock
    ) -> None:
        self._sync = sync
        self._turn = turn
        self._troubles = troubles
        self._clock = clock
        self._seen: str | None = None
        self._doubtful: tuple[str | None] | None = None

    async def run(self) -> None:
        """Look until cancelled; the exporter's task."""
        pause = LOOK_SECONDS if self._sync.is_local else REMOTE_LOOK_SECONDS
        while True:
            await self._clock.sleep(pause)
            try:
                await self.look()
            except RoomClosed:
                return
            except AnodeError as error:
                logger.debug("Looking at the file of a notebook failed: %r", error)
            except Exception:  # the loop's edge: a contents manager may raise anything
                logger.exception("Looking at the file of a notebook failed.")

    def forget(self) -> None:
        """What was seen so far is nobody's any more."""
        self._seen = self._doubtful = None

    async def look(self) -> None:
        """Look once, and take in what another program wrote."""
        async with self._turn:
            stamp = await self._sync.stamp()
            if stamp is not None and stamp == self._seen:
                return
            if self._sync.place.gone:
                self._seen = stamp
                if stamp is not None and await self._sync.came_back():
                    self._troubles.clear_outside()
                return
            try:
                trouble = await self._trouble(stamp)
            except FileNotWritten as error:
                trouble = error
            if trouble is None:
                self._seen, self._doubtful = stamp, None
            elif self._doubtful == (stamp,):
                self._troubles.say(trouble)
            self._doubtful = None if trouble is None else (stamp,)

    async def _trouble(self, stamp: str | None) -> AnodeError | None:
        """Why the file cannot be taken in; None when it is as we know it, now or again."""
        if stamp is None:
            if await self._sync.follow():
                self._troubles.clear_outside()
                return None
            return FileDeleted(f"The file {self._sync.path} was deleted or moved.")
        if await self._sync.is_known():
            self._troubles.clear_outside()
            return None
        if not await self._sync.merge():
            return FileChangedOutside()
        self._troubles.clear()
        if self._sync.is_conflicted:
            self._troubles.conflicted()
        return None
