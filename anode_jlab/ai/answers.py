"""All answers that are on their way on one server: asked for, stopped, and taken up again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from anode_jlab.ai.answering import Answering, Parts
from anode_jlab.ai.asking import Asker, Question
from anode_jlab.ai.failures import (
    AssistantRunNotFound,
    ConversationNotFound,
    Interrupted,
)
from anode_jlab.ai.live import draft_name
from anode_jlab.ai.transcript import Answer, answer_of, transcript_of
from anode_jlab.errors import AnodeError, NotPossibleNow, RoomClosed
from anode_jlab.events import assistant as events
from anode_jlab.events.actor import Actor, assistant_of
from anode_jlab.events.document import Kind
from anode_jlab.events.event import Event
from anode_jlab.ids import AssistantRunId, ConversationId, MessageId, NotebookId
from anode_jlab.materializers.assistant import AssistantRunState
from anode_jlab.rooms.room import Room

logger = logging.getLogger(__name__)


class Answers:
    """One task for each; a conversation has one at a time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._under_way: dict[AssistantRunId, Answering] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    async def ask(self, question: Question, message_id: MessageId) -> AssistantRunState:
        """Ask; durable when it returns, and answered whoever stays. A run that is known already is
        told as it is.

        Raises ConversationNotFound, NotPossibleNow while another answer of the conversation is on
        its way.
        """
        if self._closed:
            raise RoomClosed("The server is shutting down.")
        room = await self._parts.rooms.open(question.notebook)
        known = _find(room, question.run_id)
        if known is not None:
            return known
        self._check(room, question)
        answering = self._under_way[question.run_id] = Answering(question, self._parts)
        try:
            await room.record(_asked(question, message_id), question.asker.actor)
        except BaseException:
            del self._under_way[question.run_id]
            raise
        self._begin(answering)
        run = _find(room, question.run_id)
        assert run is not None  # it was just recorded
        return run

    async def stop(
        self,
        notebook: NotebookId,
        conversation: ConversationId,
        run_id: AssistantRunId,
        by: Actor,
    ) -> None:
        """Stop an answer; one that has ended stays as it is. Raises AssistantRunNotFound."""
        room = await self._parts.rooms.open(notebook)
        run = _find(room, run_id)
        if run is None or run.conversation_id != conversation:
            raise AssistantRunNotFound
        answering = self._under_way.get(run_id)
        if answering is not None:
            answering.stop(by)

    def room_opened(self, room: Room) -> None:
        """What an earlier life of the server left is gone on with, or told as interrupted."""
        if room.kind.name is not Kind.NOTEBOOK or room.read_only or self._closed:
            return
        left = [run for run in room.state.assistant.active if run.id not in self._under_way]
        if left:
            self._spawn(self._take_up(room, left), f"answers of {room.notebook_id}")

    def busy(self) -> tuple[NotebookId, ...]:
        """The notebooks that have an answer on its way."""
        return tuple({one.question.notebook for one in self._going_on()})

    async def close(self) -> None:
        """Tell what is on its way as interrupted; what waits for people waits on."""
        self._closed = True
        for answering in self._under_way.values():
            answering.stop(None)
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._parts.presences.close()

    # --- inside ----------------------------------------------------------------------------------

    def _going_on(self) -> list[Answering]:
        return [answering for answering in self._under_way.values() if not answering.has_ended]

    def _check(self, room: Room, question: Question) -> None:
        conversation = question.conversation
        if not any(known.id == conversation for known in room.state.assistant.conversations):
            raise ConversationNotFound
        under_way = [one.question.conversation for one in self._going_on()]
        active = [run.conversation_id for run in room.state.assistant.active]
        if conversation in (*under_way, *active):
            raise NotPossibleNow(
                "The assistant is still answering in this conversation.",
                hint="Wait for it, or stop it.",
            )

    def _begin(self, answering: Answering) -> None:
        self._spawn(self._live(answering), f"run {answering.question.run_id}")

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _live(self, answering: Answering) -> None:
        question = answering.question
        try:
            await answering.run()
        except Exception:  # the edge of a run: the others go on
            logger.exception("Notebook %s: an answer ended badly", question.notebook)
        finally:
            self._under_way.pop(question.run_id, None)

    async def _take_up(self, room: Room, left: list[AssistantRunState]) -> None:
        try:
            transcript = await transcript_of(room.log, {run.conversation_id for run in left})
            for run in left:
                answer = transcript.answers.get(run.id)
                if answer is None or run.id in self._under_way or self._closed:
                    continue
                if _waits(answer):
                    question = _question_of(room.notebook_id, answer)
                    answering = Answering(question, self._parts, answer)
                    self._under_way[run.id] = answering
                    self._begin(answering)
                else:
                    await self._interrupt(room, answer)
        except AnodeError as error:
            logger.info("Notebook %s: answers were not taken up: %r", room.notebook_id, error)

    async def _interrupt(self, room: Room, answer: Answer) -> None:
        told: list[Event] = []
        name = draft_name(answer.id)
        draft = await self._parts.drafts.get(room.notebook_id, name)
        run: dict[str, Any] = {
            "run_id": answer.id,
            "conversation_id": answer.requested.conversation_id,
        }
        if draft and answer.started is not None:
            told.append(
                events.MessageCompleted(
                    **run,
                    message_id=answer_of(answer.id),
                    step=len(answer.steps) + 1,
                    text=draft.decode("utf-8", "replace"),
                    partial=True,
                )
            )
        error = Interrupted()
        told.append(
            events.AssistantRunFailed(
                **run, code=error.code, message=error.message, hint=error.advice
            )
        )
        await room.record(told, assistant_of(answer.asked_by))
        await self._parts.drafts.remove(room.notebook_id, name)


def _find(room: Room, run_id: AssistantRunId) -> AssistantRunState | None:
    state = room.state.assistant
    return next((run for run in (*state.active, *state.ended) if run.id == run_id), None)


def _asked(question: Question, message_id: MessageId) -> list[Event]:
    return [
        events.MessagePosted(
            conversation_id=question.conversation,
            message_id=message_id,
            run_id=question.run_id,
            text=question.text,
            mentions=question.mentions,
        ),
        events.AssistantRunRequested(
            run_id=question.run_id,
            conversation_id=question.conversation,
            message_id=message_id,
            provider=question.provider,
            model=question.model,
            mode=question.mode,
            cell_id=question.cell_id,
            may_write=question.asker.may_write,
            may_execute=question.asker.may_execute,
        ),
    ]


def _waits(answer: Answer) -> bool:
    """Whether its last step's calls wait for people, so that nothing was under way."""
    calls = answer.steps[-1].calls if answer.steps else []
    is_open = [call for call in calls if call.ended is None]
    return bool(is_open) and all(
        call.approval is not None and not call.is_started for call in is_open
    )


def _question_of(notebook: NotebookId, answer: Answer) -> Question:
    requested = answer.requested
    return Question(
        notebook=notebook,
        conversation=requested.conversation_id,
        run_id=answer.id,
        text=answer.question,
        provider=requested.provider,
        model=requested.model,
        mode=requested.mode,
        asker=Asker(
            actor=answer.asked_by,
            may_write=requested.may_write,
            may_execute=requested.may_execute,
        ),
        mentions=answer.mentions,
        cell_id=requested.cell_id,
    )
