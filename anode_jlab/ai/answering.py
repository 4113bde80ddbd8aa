"""One run of the assistant, from the question to its end: the model's steps, and its tools between.

It goes on whoever is there; what happens is told by events, each before the next thing is done.
"""

from __future__ import annotations

import asyncio
import json
import logging
from base64 import b64decode
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from anode_jlab.ai.answer_record import AnswerRecord
from anode_jlab.ai.asking import Question
from anode_jlab.ai.batch_turn import BatchStopped, wait_for_turn
from anode_jlab.ai.failures import Interrupted, StreamCut, TooLong, TooManySteps
from anode_jlab.ai.history import result_of, turns_of_steps
from anode_jlab.ai.limits import AnswerLimits, Meter
from anode_jlab.ai.live import Live, draft_name
from anode_jlab.ai.presence import Presences
from anode_jlab.ai.prompt import Prompt, as_of_now, prompt_of
from anode_jlab.ai.providers.chat import (
    Call,
    Chat,
    Chats,
    Ended,
    Offer,
    Picture,
    Result,
    Results,
    Said,
    TextDelta,
    ThinkingDelta,
)
from anode_jlab.ai.providers.models import ModelInfo
from anode_jlab.ai.providers.registry import Providers
from anode_jlab.ai.tools.registry import Tools
from anode_jlab.ai.tools.spec import Turn
from anode_jlab.ai.transcript import Answer, CallRecord
from anode_jlab.clock import Clock
from anode_jlab.errors import AnodeError, RoomClosed
from anode_jlab.eventlog.shelf import Shelf
from anode_jlab.events.actor import Actor
from anode_jlab.events.event import Event
from anode_jlab.execution.executions import Executions
from anode_jlab.execution.journal import Journal
from anode_jlab.ids import CallId
from anode_jlab.rooms.rooms import Rooms

STOP_SECONDS = 0.1
"""How long what is stopped may take to let go, before its end is told all the same."""

LETTING_GO_SECONDS = 2.0
"""How long it is waited for after that."""

RUN_ID_IN_CALLS = 40
"""Characters of a run's id that its calls' ids begin with: these have 64 at most."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What answering takes."""

    rooms: Rooms
    executions: Executions
    tools: Tools
    providers: Providers
    chats: Chats
    drafts: Shelf
    limits: AnswerLimits
    presences: Presences
    clock: Clock


class Answering:
    """``run`` is the task of one answer. ``resumed``: what an earlier life of the server did of
    it, whose calls wait for an answer."""

    def __init__(self, question: Question, parts: Parts, resumed: Answer | None = None) -> None:
        self.question = question
        self._parts = parts
        self._resumed = resumed
        self._journal = Journal(parts.rooms, question.notebook)
        self._record = AnswerRecord(question, self._journal, resumed)
        self._meter = Meter(parts.limits)
        self._live = Live(
            parts.rooms,
            question.notebook,
            question.run_id,
            question.cell_id,
            drafts=parts.drafts,
            clock=parts.clock,
        )
        self._turn = Turn(
            notebook=question.notebook,
            actor=question.asker.actor,
            mode=question.mode,
            run_id=question.run_id,
            conversation=question.conversation,
            assistant=self._record.by,
            may_write=question.asker.may_write,
            may_execute=question.asker.may_execute,
        )
        self._stop = asyncio.Event()
        self._stopped_by: Actor | None = None
        self._began_at = parts.clock.monotonic()
        self.has_ended = False
        """Nothing more will be said: its end is told, or about to be."""

    def stop(self, by: Actor | None) -> None:
        """End it now; without a person it is the server that stops."""
        if not self._stop.is_set():
            self._stopped_by = by
            self._stop.set()

    async def run(self) -> None:
        """Until the answer has ended and its end is durable."""
        writing = asyncio.create_task(self._journal.run(), name=f"journal {self.question.run_id}")
        try:
            await self._journal.hold()
            async with self._live:
                await self._until_ended()
            await self._parts.drafts.remove(
                self.question.notebook, draft_name(self.question.run_id)
            )
        except RoomClosed:
            logger.info("Notebook %s: an answer was left to be told", self.question.notebook)
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def _until_ended(self) -> None:
        work = asyncio.create_task(self._work(), name=f"answer {self.question.run_id}")
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                end: Event | None = work.result()
            else:
                if self._stopped_by is not None:
                    self._turn.cancelled.set()
                work.cancel()
                await asyncio.wait({work}, timeout=STOP_SECONDS)
                end = self._stopped()
            if end is not None:
                live, record = self._live, self._record
                record.broke_off(live.step, live.text, live.thinking)
                self.has_ended = True
                await record.ended(end, self._stopped_by)
        finally:
            stop.cancel()
            work.cancel()
            await asyncio.wait({work, stop}, timeout=LETTING_GO_SECONDS)

    def _stopped(self) -> Event | None:
        """How it ends when it was stopped; not at all, when its calls wait for somebody's answer
        and the server stops: it goes on with the next life of the server."""
        if self._stopped_by is not None:
            return self._record.cancelled("requested")
        return None if self._waits else self._record.failed(Interrupted())

    @property
    def _waits(self) -> bool:
        """Whether somebody's answer is waited for, and nothing else goes on."""
        room = self._parts.rooms.get(self.question.notebook)
        if room is None:
            return False
        mine = [call for call in room.state.tools.calls if call.run_id == self.question.run_id]
        return bool(mine) and all(call.started_at is None for call in mine)

    # --- the work --------------------------------------------------------------------------------

    async def _work(self) -> Event:
        """What ends the run; raises nothing but cancellation."""
        question = self.question
        try:
            if question.after is not None:
                await wait_for_turn(
                    self._parts.executions, question.notebook, question.after, self._parts.clock
                )
            async with self._parts.presences.acting(self._turn, question.cell_id):
                await self._answer()
        except BatchStopped:
            return self._record.cancelled("batch_stopped")
        except AnodeError as error:
            logger.info("Notebook %s: an answer failed: %s", question.notebook, error.code)
            return self._record.failed(error)
        except Exception:  # the edge of a run: the person is told, the others go on
            logger.exception("Notebook %s: an answer failed", question.notebook)
            return self._record.failed(AnodeError("Something went wrong in the assistant."))
        return self._record.completed((self._parts.clock.monotonic() - self._began_at) * 1000)

    async def _answer(self) -> None:
        question, parts = self.question, self._parts
        if self._resumed is None:
            self._record.assigned()
        room = await self._journal.room()
        parts.limits.check_cost(room.state.assistant)
        model = await parts.providers.model(
            await parts.providers.get(question.provider), question.model
        )
        chat = await parts.chats.open(question.provider, question.model)
        prompt = await prompt_of(parts.tools.reach, room, question, model)
        if self._resumed is None:
            self._record.begun(prompt)
        else:
            prompt.turns.extend(turns_of_steps(self._resumed.steps[:-1]))
            await self._resume(prompt, self._resumed.steps[-1].calls)
        offers = [
            Offer(name=spec.name, description=spec.description, schema=spec.schema)
            for spec in await parts.tools.box.offered_in(
                room.notebook_id, question.mode, model.tools
            )
        ]
        while True:
            self._meter.check_tokens()
            if self._record.steps >= parts.limits.steps:
                raise TooManySteps(f"The assistant took {self._record.steps} steps.")
            said = await self._step(chat, prompt, offers)
            prompt.turns.append(said)
            if not said.calls:
                return
            prompt.turns.append(await self._called(said.calls, model))

    async def _step(self, chat: Chat, prompt: Prompt, offers: Sequence[Offer]) -> Said:
        """Ask the model once; what it said is noted before anything follows from it."""
        self._live.begin_step(self._record.steps + 1)
        began = self._parts.clock.monotonic()
        try:
            async with asyncio.timeout(max(0.0, self._meter.seconds_left)):
                ended = await self._listen(chat, prompt, offers)
        except TimeoutError as error:
            raise TooLong from error
        finally:
            self._meter.seconds += self._parts.clock.monotonic() - began
        self._record.said(ended.said.text, ended.thinking)
        return ended.said

    async def _listen(self, chat: Chat, prompt: Prompt, offers: Sequence[Offer]) -> Ended:
        ended: Ended | None = None
        turns = await as_of_now(await self._journal.room(), prompt)
        async with aclosing(chat.step(prompt.system, turns, offers)) as pieces:
            async for piece in pieces:
                if isinstance(piece, TextDelta):
                    self._live.add(piece.text)
                elif isinstance(piece, ThinkingDelta):
                    self._live.add_thinking(piece.text)
                else:
                    ended = piece
                    self._meter.spend(piece.spent)
                    self._record.spent(piece.spent)
        if ended is None:
            raise StreamCut
        return ended

    # --- tools -----------------------------------------------------------------------------------

    async def _called(self, calls: Sequence[Call], model: ModelInfo) -> Results:
        """Do what the model asked for, one after the other: the next may build on it."""
        await self._journal.drained()  # what was said stands in the log before what follows from it
        results = []
        for number, call in enumerate(calls, 1):
            self._meter.check_call(call)
            call_id = f"{self.question.run_id[:RUN_ID_IN_CALLS]}-{self._record.steps}-{number}"
            results.append(await self._call(CallId(call_id), call, model))
        return Results(results=tuple(results))

    async def _call(self, call_id: CallId, call: Call, model: ModelInfo) -> Result:
        given = await self._parts.tools.call(self._turn, call_id, call.tool, _arguments(call.args))
        pictures = given.images if model.vision else ()
        return Result(
            call_id=call.id,
            tool=call.tool,
            text=given.text,
            is_error=given.is_error,
            pictures=tuple(
                Picture(mime=image.mime, data=b64decode(image.data)) for image in pictures
            ),
        )

    async def _resume(self, prompt: Prompt, calls: Sequence[CallRecord]) -> None:
        """Go on with the calls of the last step that an earlier life of the server took."""
        last = self._resumed.steps[-1] if self._resumed is not None else None
        text = "" if last is None else last.text
        said = tuple(Call(id=call.id, tool=call.tool, args=call.args) for call in calls)
        results = []
        for call in calls:
            if call.ended is None:
                arguments = _arguments(call.args)
                given = await self._parts.tools.call(self._turn, call.id, call.tool, arguments)
                results.append(
                    Result(
                        call_id=call.id, tool=call.tool, text=given.text, is_error=given.is_error
                    )
                )
            else:
                results.append(result_of(call))
        prompt.turns.extend((Said(text=text, calls=said), Results(results=tuple(results))))


def _arguments(args: str) -> Any:
    """A call's arguments; as they were written when that is no JSON: the tool refuses them."""
    try:
        return json.loads(args or "{}")
    except ValueError:
        return args
