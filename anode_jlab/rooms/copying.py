"""Makes plain copies of live notebooks and texts, as long as their rooms live."""

from __future__ import annotations

import logging

from anode_jlab.clock import Clock
from anode_jlab.documents.purging import purges_of
from anode_jlab.documents.shared import SharedDocument
from anode_jlab.documents.workbench import computed
from anode_jlab.errors import AnodeError
from anode_jlab.ids import Seq
from anode_jlab.rooms.copies import Copies
from anode_jlab.rooms.room import Room

logger = logging.getLogger(__name__)

LOOK_SECONDS = 30.0
"""How often it is looked whether a copy is due: to the minute is exact enough."""

HOUR_SECONDS = 3600.0


class Copier:
    """Copies every notebook and text that changed since its last copy, when that is old enough.

    A store that refuses is tried again later. A room that is ``read_only`` is not copied: what
    this version does not understand would be missing.
    """

    def __init__(self, copies: Copies, clock: Clock) -> None:
        self._copies = copies
        self._clock = clock

    def room_opened(self, room: Room) -> None:
        """Look after a room for as long as it lives."""
        if self._copies.rules.hours and not room.read_only:
            room.spawn(self._run(room))

    async def _run(self, room: Room) -> None:
        await self._forget_purged(room)
        begun = room.changed_seq
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            try:
                await self._look(room, begun)
            except AnodeError as error:
                logger.warning("Notebook %s was not copied: %s", room.notebook_id, error.message)

    async def _look(self, room: Room, begun: Seq) -> None:
        """``begun`` is what was changed before anybody came: the file has it.

        Of copies that seem to be made in the future nothing is concluded: the clock was set back.
        """
        now, pause = self._clock.now(), self._copies.rules.hours * HOUR_SECONDS
        copies = await self._copies.of(room.notebook_id)
        if room.changed_seq in ([copy.seq for copy in copies] or [begun]):
            return
        if any(0 <= now - copy.time < pause for copy in copies):
            return
        update, state = await room.shown_at(SharedDocument.encode)
        content = await computed(lambda: room.kind.to_file(update))
        await self._copies.add(room.notebook_id, content, state.changed_upto, now)
        logger.info("Notebook %s was copied.", room.notebook_id)

    async def _forget_purged(self, room: Room) -> None:
        """A purge while the notebook was closed may have known nothing of copies."""
        try:
            for purge in await purges_of(room.log):
                await self._copies.forget(room.notebook_id, purge.first, purge.last)
        except AnodeError as error:
            logger.warning("Copies of %s were not looked at: %s", room.notebook_id, error.message)
