"""Completes cells at the caret while somebody types: nothing of it is in the log.

Each person has one completion at a time in a notebook: the next one ends it, and so does going
away.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

from anode_jlab.ai.completion_text import MOST_CHARACTERS, RULES, Caret, insertable, prompt_at
from anode_jlab.ai.failures import OutputLimit, TooLong
from anode_jlab.ai.limits import AnswerLimits
from anode_jlab.ai.providers.chat import Chat, Chats, Ended, TextDelta, Told
from anode_jlab.ai.providers.registry import Providers
from anode_jlab.ai.reading.view import view_of
from anode_jlab.events.actor import Actor
from anode_jlab.ids import NotebookId
from anode_jlab.rooms.room import Room

MODEL_SECONDS = 15.0
"""Nobody waits longer for the rest of a line."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Who wants what completed, by whom. ``gone`` is set when nobody waits for it any more."""

    caret: Caret
    provider: str
    model: str
    by: Actor
    gone: asyncio.Event


class Completions:
    """Those of one server."""

    def __init__(self, providers: Providers, chats: Chats, limits: AnswerLimits) -> None:
        self._providers = providers
        self._chats = chats
        self._limits = limits
        self._latest: dict[tuple[str, str, str], asyncio.Event] = {}
        self._cost: dict[NotebookId, float] = {}
        """US dollars since the server began; they count towards what a notebook may cost."""

    @property
    def at_work(self) -> int:
        """How many are on their way."""
        return len(self._latest)

    async def complete(self, room: Room, wanted: Wanted) -> str:
        """What to insert at the caret; empty for nothing, also when it is not wanted any more and
        when the cell is hidden from the assistant.

        Raises ProviderNotFound, ModelFailed, CostLimit.
        """
        key = (room.notebook_id, wanted.by.kind, wanted.by.id)
        earlier = self._latest.get(key)
        if earlier is not None:
            earlier.set()
        self._latest[key] = wanted.gone
        try:
            return await self._unless_gone(room, wanted)
        finally:
            if self._latest.get(key) is wanted.gone:
                del self._latest[key]

    async def _unless_gone(self, room: Room, wanted: Wanted) -> str:
        work = asyncio.create_task(self._text(room, wanted))
        gone = asyncio.create_task(wanted.gone.wait())
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work.done() else ""
        finally:
            work.cancel()
            gone.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)

    async def _text(self, room: Room, wanted: Wanted) -> str:
        view = await view_of(room)
        cell = view.find(wanted.caret.cell_id)
        if cell is None:
            return ""
        spent = self._cost.get(room.notebook_id, 0.0)
        self._limits.check_cost(room.state.assistant, spent)
        provider = await self._providers.get(wanted.provider)
        model = await self._providers.model(provider, wanted.model)
        chat = await self._chats.open(wanted.provider, model.id)
        try:
            async with asyncio.timeout(MODEL_SECONDS):
                answer = await self._answer(chat, prompt_at(view, cell, wanted.caret), room)
        except TimeoutError as error:
            raise TooLong("The model took too long to complete this.") from error
        return insertable(answer, wanted.caret)

    async def _answer(self, chat: Chat, prompt: str, room: Room) -> str:
        said = ""
        try:
            async with aclosing(chat.step(RULES, [Told(text=prompt)], ())) as pieces:
                async for piece in pieces:
                    if isinstance(piece, TextDelta):
                        said += piece.text
                    elif isinstance(piece, Ended):
                        self._spend(room.notebook_id, piece.spent.cost)
                    if len(said) > MOST_CHARACTERS:
                        break
        except OutputLimit:
            pass  # what came is enough
        return said

    def _spend(self, notebook: NotebookId, cost: float | None) -> None:
        if cost:
            self._cost[notebook] = self._cost.get(notebook, 0.0) + cost
