"""The one queue to the log: nothing leaves a room before all that stands before it is durable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from anode_jlab.clock import Clock
from anode_jlab.errors import RoomClosed, StoreUnavailable
from anode_jlab.eventlog.base import EventLog
from anode_jlab.events.event import Record
from anode_jlab.ids import Seq
from anode_jlab.rooms.batch import Entry, Packed, Show, Write, pack
from anode_jlab.rooms.meter import Meter, Unmetered

FIRST_RETRY_SECONDS = 0.1
"""A full disk is often empty again at once."""

LONGEST_RETRY_SECONDS = 2.0
"""QUALITY asks to go on within 5 s after the medium is well again."""

MOST_ENTRIES_PER_BATCH = 2000
MOST_BYTES_PER_BATCH = 8 * 1024 * 1024
"""Bounds the time of one commit: what stands behind is committed next."""

CROWD_ENTRIES = 32
"""So many keystrokes take about two milliseconds."""

MOST_ENTRIES_WAITING = 8000
MOST_BYTES_WAITING = 64 * 1024 * 1024
"""Beyond this, senders wait (and so their sockets are not read)."""

T = TypeVar("T")

Landed = Callable[[Sequence[Entry], Packed, Seq], None]
"""Told after each commit: the batch, its records, and the seq of the first of them."""


class Committer:
    """Takes entries in order, appends what queued during one commit with the next.

    There is no waiting window. A refusing medium is tried again, in order, for as long as it
    takes; meanwhile ``open`` is False and no new changes may be applied. Any other failure ends the
    committer: ``failed`` is told, and what was waiting fails with RoomClosed.
    """

    def __init__(
        self,
        log: EventLog,
        *,
        epoch: int,
        head: Seq,
        clock: Clock,
        landed: Landed,
        stalled: Callable[[StoreUnavailable | None], None],
        failed: Callable[[BaseException], None],
        meter: Meter | None = None,
    ) -> None:
        self._log = log
        self._epoch = epoch
        self._head = head
        self._clock = clock
        self._landed = landed
        self._on_stalled = stalled
        self._on_failed = failed
        self._meter = meter or Unmetered()
        self._waiting: list[Entry] = []
        self._waiting_bytes = 0
        self._in_flight = False
        self.stalled = False
        """The store refuses at the moment; it is tried again."""
        self._stopped = False
        self._ended = asyncio.Event()
        self._wake = asyncio.Event()
        self._may_apply = asyncio.Event()
        self._may_apply.set()
        self.open = True
        """Whether changes may be applied now; else wait for ``ready``."""

    async def ready(self) -> None:
        """Wait until changes may be applied. Raises RoomClosed when that will not be."""
        while not self.open:
            if self._stopped:
                raise RoomClosed
            await self._may_apply.wait()

    @property
    def crowded(self) -> bool:
        """Now and then true while much is waiting: a sender that never pauses should let others
        (and the commit) go first."""
        return len(self._waiting) % CROWD_ENTRIES == CROWD_ENTRIES - 1

    @property
    def idle(self) -> bool:
        """All that was ever queued is durable."""
        return not self._waiting and not self._in_flight

    def put(self, entry: Entry) -> None:
        """Queue an entry; one that writes nothing passes at once when nothing is under way."""
        if self._stopped:
            self._fail_entry(entry, RoomClosed())
            return
        if type(entry) is Write:
            self._waiting_bytes += entry.size
        elif not self._waiting and not self._in_flight:
            self._landed((entry,), _NOTHING, Seq(self._head + 1))
            return
        self._waiting.append(entry)
        self._meter.queued(1)
        self._wake.set()
        if (
            len(self._waiting) > MOST_ENTRIES_WAITING or self._waiting_bytes > MOST_BYTES_WAITING
        ) and self.open:
            self._set_open()

    async def drained(self) -> None:
        """Wait until all that is queued now is durable. Raises RoomClosed when it will not be."""
        await self.passed(lambda _: None)

    async def passed(self, look: Callable[[Seq], T]) -> T:
        """What ``look`` sees at the moment when exactly what is queued now is durable.

        Raises RoomClosed when that moment will not come.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def succeed(seq: Seq) -> None:
            if not done.done():
                done.set_result(look(seq))

        def fail(error: BaseException) -> None:
            if not done.done():
                done.set_exception(error)

        self.put(Show(succeed, fail))
        return await done

    async def run(self) -> None:
        """Commit until stopped; the room's task."""
        try:
            while not self._stopped:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting and not self._stopped:
                    batch = self._next_batch()
                    self._meter.queued(-len(batch))
                    await self._commit(batch)
        except Exception as error:  # the loop's edge: whatever it was, the room must know
            if not self._stopped:
                self._on_failed(error)
        finally:
            self._ended.set()

    async def ended(self) -> None:
        """Wait until ``run`` is over: after ``stop``, for the commit that was under way."""
        await self._ended.wait()

    def stop(self) -> None:
        """Take nothing more; what still waits fails. A commit under way is still let out."""
        if self._stopped:
            return
        self._stopped = True
        waiting, self._waiting = self._waiting, []
        self._meter.queued(-len(waiting))
        for entry in waiting:
            self._fail_entry(entry, RoomClosed())
        self._set_open()
        self._may_apply.set()
        self._wake.set()

    def _next_batch(self) -> Sequence[Entry]:
        waiting = self._waiting
        if len(waiting) <= MOST_ENTRIES_PER_BATCH and self._waiting_bytes <= MOST_BYTES_PER_BATCH:
            self._waiting = []
            self._waiting_bytes = 0
            return waiting
        size = count = 0
        for entry in waiting[:MOST_ENTRIES_PER_BATCH]:
            size += entry.size if type(entry) is Write else 0
            if size > MOST_BYTES_PER_BATCH and count:
                break
            count += 1
        self._waiting = waiting[count:]
        self._waiting_bytes = sum(e.size for e in self._waiting if type(e) is Write)
        return waiting[:count]

    async def _commit(self, batch: Sequence[Entry]) -> None:
        packed = pack(batch)
        self._in_flight = True
        try:
            first = Seq(self._head + 1)
            if packed.records:
                await self._append(packed.records)
            self._landed(batch, packed, first)
        except BaseException:
            for entry in batch:
                self._fail_entry(entry, RoomClosed())
            raise
        finally:
            self._in_flight = False
        if not self.open:
            self._set_open()

    async def _append(self, records: Sequence[Record]) -> None:
        delay = FIRST_RETRY_SECONDS
        began = self._clock.monotonic()
        while True:
            try:
                given = await self._log.append(records, epoch=self._epoch, expect_head=self._head)
            except StoreUnavailable as error:
                if self._stopped:
                    raise RoomClosed from error
                self._set_stalled(error)
                await self._clock.sleep(delay)
                delay = min(delay * 2, LONGEST_RETRY_SECONDS)
            else:
                self._head = given.last
                self._meter.committed(len(records), self._clock.monotonic() - began)
                self._set_stalled(None)
                return

    def _set_stalled(self, error: StoreUnavailable | None) -> None:
        if error is None and not self.stalled:
            return
        self.stalled = error is not None
        self._set_open()
        self._on_stalled(error)

    def _set_open(self) -> None:
        self.open = (
            not self._stopped
            and not self.stalled
            and len(self._waiting) <= MOST_ENTRIES_WAITING
            and self._waiting_bytes <= MOST_BYTES_WAITING
        )
        if self.open:
            self._may_apply.set()
        else:
            self._may_apply.clear()

    @staticmethod
    def _fail_entry(entry: Entry, error: BaseException) -> None:
        if type(entry) is Write and entry.done is not None and not entry.done.done():
            entry.done.set_exception(error)
        elif type(entry) is Show and entry.failed is not None:
            entry.failed(error)


_NOTHING = Packed([], [])
