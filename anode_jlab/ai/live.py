"""The text of an answer while it comes: to everybody who has the notebook open, in few frames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from anode_jlab.clock import Clock
from anode_jlab.errors import AnodeError
from anode_jlab.eventlog.shelf import Shelf
from anode_jlab.ids import AssistantRunId, CellId, NotebookId, Seq
from anode_jlab.rooms.frames import Stream
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.rooms import Rooms
from anode_jlab.rooms.streaming import GrowingText

BATCH_SECONDS = 0.06
"""What comes within this time goes out as one frame; the first piece goes out at once."""

DRAFT_SECONDS = 1.0
"""How often the text is put aside, for the case that the server dies."""


class Live:
    """An async context manager that owns the way out of one answer's text, step by step."""

    def __init__(
        self,
        rooms: Rooms,
        notebook: NotebookId,
        run_id: AssistantRunId,
        cell_id: CellId | None,
        *,
        drafts: Shelf,
        clock: Clock,
    ) -> None:
        self._rooms = rooms
        self._notebook = notebook
        self._run_id = run_id
        self._cell_id = cell_id
        self._drafts = drafts
        self._clock = clock
        self._wake = asyncio.Event()
        self._room: Room | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._unsubscribe: Callable[[], None] | None = None
        self._drafted = ""
        self.begin_step(1)

    def begin_step(self, number: int) -> None:
        """What comes from now on belongs to this step."""
        self.step = number
        self._text = GrowingText(self._frame(thinking=False))
        self._thinking = GrowingText(self._frame(thinking=True))

    @property
    def text(self) -> str:
        """What came of this step so far."""
        return self._text.text

    @property
    def thinking(self) -> str:
        """What it thought so far."""
        return self._thinking.text

    def add(self, text: str) -> None:
        """More of the answer."""
        self._text.text += text
        self._wake.set()

    def add_thinking(self, text: str) -> None:
        """More of what it thinks."""
        self._thinking.text += text
        self._wake.set()

    # --- told by the room ------------------------------------------------------------------------

    def on_change(self, applied_seq: Seq) -> None:
        """The document is nothing to us."""

    def on_peer_change(self) -> None:
        """Who came has nothing of the text yet."""
        self._wake.set()

    # --- life ------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        self._tasks = [
            asyncio.create_task(self._send(), name=f"stream {self._run_id}"),
            asyncio.create_task(self._draft(), name=f"draft {self._run_id}"),
        ]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._leave()

    async def _send(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            room = self._rooms.get(self._notebook)
            if room is not self._room:
                self._leave()
                if room is not None:
                    self._unsubscribe = room.subscribe(self)
                self._room = room
            if room is not None:
                now = self._clock.monotonic()
                self._thinking.send(room.peers, now)
                self._text.send(room.peers, now)
            await self._clock.sleep(BATCH_SECONDS)

    async def _draft(self) -> None:
        while True:
            await self._clock.sleep(DRAFT_SECONDS)
            if self.text and self.text != self._drafted:
                self._drafted = self.text
                with suppress(AnodeError):
                    await self._drafts.put(
                        self._notebook, draft_name(self._run_id), self._drafted.encode()
                    )

    def _leave(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _frame(self, *, thinking: bool) -> Stream:
        return Stream(
            run_id=self._run_id,
            cell_id=self._cell_id,
            offset=0,
            text="",
            step=self.step,
            thinking=thinking,
        )


def draft_name(run_id: AssistantRunId) -> str:
    """The file of what had come of an answer."""
    return f"{run_id}.txt"
