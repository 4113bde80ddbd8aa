"""What is told of one answer, in the log and in the cell that asked for it."""

from __future__ import annotations

from contextlib import suppress

from anode_jlab.ai.asking import Question
from anode_jlab.ai.failures import ModelFailed
from anode_jlab.ai.prompt import Prompt
from anode_jlab.ai.providers.chat import Spent
from anode_jlab.ai.transcript import Answer, answer_of
from anode_jlab.documents.answer import put_answer
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import AnodeError, RoomClosed
from anode_jlab.events import assistant as events
from anode_jlab.events.actor import Actor, assistant_of
from anode_jlab.events.event import Event
from anode_jlab.execution.journal import Journal, Write


class AnswerRecord:
    """Writes the events of one run, in order. ``resumed``: what an earlier life of the server told
    of it."""

    def __init__(self, question: Question, journal: Journal, resumed: Answer | None) -> None:
        self._question = question
        self._journal = journal
        self.by: Actor = assistant_of(question.asker.actor)
        """Who acts."""
        self.steps = len(resumed.steps) if resumed else 0
        """How many are told."""
        self._texts = [step.text for step in resumed.steps] if resumed else []
        self._has_begun = resumed is not None

    def assigned(self) -> None:
        """This server carries it out."""
        question = self._question
        self._log(
            events.AssistantRunAssigned(
                run_id=question.run_id, conversation_id=question.conversation
            )
        )

    def begun(self, prompt: Prompt) -> None:
        """The question is about to go out; the answer of before goes from the cell."""
        question = self._question
        self._has_begun = True
        self._log(
            events.AssistantRunStarted(
                run_id=question.run_id,
                conversation_id=question.conversation,
                message_id=answer_of(question.run_id),
                provider=question.provider,
                model=question.model,
                context=prompt.items,
                left_out=prompt.left_out,
            ),
            self._shown(""),
        )

    def said(self, text: str, thinking: str, *, is_partial: bool = False) -> None:
        """A step of the model is known to its end, or to where it broke off."""
        self.steps += 1
        self._texts.append(text)
        self._log(
            events.MessageCompleted(
                run_id=self._question.run_id,
                conversation_id=self._question.conversation,
                message_id=answer_of(self._question.run_id),
                step=self.steps,
                text=text,
                thinking=thinking,
                partial=is_partial,
            )
        )

    def broke_off(self, step: int, text: str, thinking: str) -> None:
        """What had come of a step that did not end; nothing when all of it was told."""
        if self._has_begun and step > self.steps and (text or thinking):
            self.said(text, thinking, is_partial=True)

    def spent(self, spent: Spent) -> None:
        """What a step cost."""
        self._log(
            events.UsageRecorded(
                run_id=self._question.run_id,
                conversation_id=self._question.conversation,
                provider=self._question.provider,
                model=self._question.model,
                input_tokens=spent.input_tokens,
                output_tokens=spent.output_tokens,
                cached_tokens=spent.cached_tokens,
                cost=spent.cost,
            )
        )

    async def ended(self, end: Event, by: Actor | None = None) -> None:
        """The last event of the run, with the answer in its cell; durable when it returns."""
        text = "\n\n".join(text for text in self._texts if text)
        if self._has_begun and text:
            self._journal.put(self.by, (), self._shown(text))
        with suppress(RoomClosed):
            self._journal.put(by or self.by, [end])
            await self._journal.drained()

    def completed(self, milliseconds: float) -> Event:
        """The end of a run that did what it was asked for."""
        return events.AssistantRunCompleted(
            run_id=self._question.run_id,
            conversation_id=self._question.conversation,
            duration_ms=round(milliseconds, 1),
            steps=self.steps,
        )

    def cancelled(self, reason: str) -> Event:
        """The end of a run that was stopped."""
        return events.AssistantRunCancelled(
            run_id=self._question.run_id,
            conversation_id=self._question.conversation,
            reason=reason,
        )

    def failed(self, error: AnodeError) -> Event:
        """The end of a run without its answer."""
        return events.AssistantRunFailed(
            run_id=self._question.run_id,
            conversation_id=self._question.conversation,
            code=error.code,
            message=error.message,
            hint=error.advice,
            retry_after=error.retry_after if isinstance(error, ModelFailed) else None,
        )

    def _shown(self, text: str) -> Write | None:
        question = self._question
        cell_id = question.cell_id
        if cell_id is None:
            return None

        def write(document: NotebookDocument) -> None:
            put_answer(
                document,
                cell_id,
                run_id=question.run_id,
                conversation_id=question.conversation,
                text=text,
            )

        return write

    def _log(self, event: Event, write: Write | None = None) -> None:
        self._journal.put(self.by, [event], write)
