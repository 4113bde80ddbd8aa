"""A conversation as its events tell it: messages of people, and answers with all their steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from anode_jlab.eventlog.base import EventLog
from anode_jlab.events import assistant, tools
from anode_jlab.events.actor import Actor
from anode_jlab.events.event import Envelope, Event
from anode_jlab.ids import AssistantRunId, CallId, ConversationId, MessageId, Seq
from anode_jlab.materializers.assistant import AssistantStatus, Problem, Usage
from anode_jlab.materializers.conversation_table import CONVERSATION_EVENTS
from anode_jlab.materializers.tool_table import TOOL_EVENTS

NAMES = frozenset(kind.event_name for kind in CONVERSATION_EVENTS | TOOL_EVENTS)
"""The events that conversations are made of."""


@dataclass(slots=True, eq=False)
class CallRecord:
    """One call of a tool: what was proposed, what was asked, and what came of it."""

    id: CallId
    tool: str
    args: str
    diff: str
    approval: tools.ToolApprovalRequested | None = None
    answer: tools.Answer | None = None
    is_started: bool = False
    ended: tools.ToolCallCompleted | None = None

    @property
    def status(self) -> str:
        """One word for where it is."""
        if self.ended is not None:
            return "failed" if self.ended.outcome == "cancelled" else self.ended.outcome.value
        if self.is_started:
            return "running"
        if self.answer in (tools.Answer.DENIED, tools.Answer.EXPIRED):
            return self.answer.value
        if self.approval is not None and self.answer is None:
            return "waiting"
        return "proposed"


@dataclass(slots=True, eq=False)
class Step:
    """What the model said once, and the tools it called then."""

    number: int
    text: str
    thinking: str
    is_partial: bool
    calls: list[CallRecord] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Answer:
    """One run of the assistant."""

    id: AssistantRunId
    message_id: MessageId
    requested: assistant.AssistantRunRequested
    asked_by: Actor
    asked_at: float
    question: str = ""
    mentions: tuple[assistant.Mention, ...] = ()
    status: AssistantStatus = AssistantStatus.REQUESTED
    at: float = 0.0
    by: Actor | None = None
    started: assistant.AssistantRunStarted | None = None
    steps: list[Step] = field(default_factory=list)
    problem: Problem | None = None
    usage: Usage = field(default_factory=Usage)

    @property
    def text(self) -> str:
        """All that the model said, its steps as paragraphs."""
        return "\n\n".join(step.text for step in self.steps if step.text)


class Transcript:
    """Takes the events of a notebook in order, and keeps those of some conversations."""

    def __init__(self, wanted: Callable[[ConversationId], bool]) -> None:
        self._wanted = wanted
        self.answers: dict[AssistantRunId, Answer] = {}
        """In the order in which they were asked for."""
        self._questions: dict[AssistantRunId, assistant.MessagePosted] = {}
        self._calls: dict[CallId, CallRecord] = {}

    def of(self, conversation_id: ConversationId) -> list[Answer]:
        """The answers of a conversation, the oldest first."""
        return [
            answer
            for answer in self.answers.values()
            if answer.requested.conversation_id == conversation_id
        ]

    def take(self, envelope: Envelope) -> None:
        """The next event."""
        change = _CHANGES.get(type(envelope.event))
        if change is not None:
            change(self, envelope.event, envelope)

    def _posted(self, event: assistant.MessagePosted, at: Envelope) -> None:
        if self._wanted(event.conversation_id):
            self._questions[event.run_id] = event

    def _requested(self, event: assistant.AssistantRunRequested, at: Envelope) -> None:
        if not self._wanted(event.conversation_id) or event.run_id in self.answers:
            return
        answer = Answer(
            id=event.run_id,
            message_id=answer_of(event.run_id),
            requested=event,
            asked_by=at.actor,
            asked_at=at.time,
            at=at.time,
        )
        posted = self._questions.get(event.run_id)
        if posted is not None:
            answer.question, answer.mentions = posted.text, posted.mentions
        self.answers[event.run_id] = answer

    def _started(self, event: assistant.AssistantRunStarted, at: Envelope) -> None:
        answer = self._open(event.run_id)
        if answer is not None:
            answer.started, answer.by, answer.at = event, at.actor, at.time
            answer.status = AssistantStatus.RUNNING

    def _said(self, event: assistant.MessageCompleted, at: Envelope) -> None:
        answer = self._open(event.run_id)
        if answer is not None:
            step = Step(
                number=event.step,
                text=event.text,
                thinking=event.thinking,
                is_partial=event.partial,
            )
            answer.steps.append(step)

    def _used(self, event: assistant.UsageRecorded, at: Envelope) -> None:
        answer = self.answers.get(event.run_id)
        if answer is not None:
            usage = answer.usage
            answer.usage = Usage(
                input_tokens=usage.input_tokens + event.input_tokens,
                output_tokens=usage.output_tokens + event.output_tokens,
                cached_tokens=usage.cached_tokens + event.cached_tokens,
                cost=usage.cost + (event.cost or 0.0),
            )

    def _completed(self, event: assistant.AssistantRunCompleted, at: Envelope) -> None:
        self._end(event.run_id, AssistantStatus.COMPLETED)

    def _cancelled(self, event: assistant.AssistantRunCancelled, at: Envelope) -> None:
        self._end(event.run_id, AssistantStatus.CANCELLED)

    def _failed(self, event: assistant.AssistantRunFailed, at: Envelope) -> None:
        answer = self._open(event.run_id)
        if answer is not None:
            answer.problem = Problem(
                code=event.code,
                message=event.message,
                hint=event.hint,
                retry_after=event.retry_after,
            )
        self._end(event.run_id, AssistantStatus.FAILED)

    def _proposed(self, event: tools.ToolCallProposed, at: Envelope) -> None:
        answer = None if event.run_id is None else self._open(event.run_id)
        if answer is None or event.call_id in self._calls:
            return
        call = CallRecord(id=event.call_id, tool=event.tool, args=event.args, diff=event.diff)
        self._calls[event.call_id] = call
        if answer.steps:
            answer.steps[-1].calls.append(call)

    def _asked(self, event: tools.ToolApprovalRequested, at: Envelope) -> None:
        call = self._calls.get(event.call_id)
        if call is not None:
            call.approval = event

    def _answered(self, event: tools.ToolApprovalResponded, at: Envelope) -> None:
        call = self._calls.get(event.call_id)
        if call is not None and call.answer is None:
            call.answer, call.args = event.answer, event.args

    def _call_started(self, event: tools.ToolCallStarted, at: Envelope) -> None:
        call = self._calls.get(event.call_id)
        if call is not None:
            call.is_started, call.args = True, event.args

    def _call_ended(self, event: tools.ToolCallCompleted, at: Envelope) -> None:
        call = self._calls.get(event.call_id)
        if call is not None and call.ended is None:
            call.ended = event

    def _open(self, run_id: AssistantRunId) -> Answer | None:
        answer = self.answers.get(run_id)
        return None if answer is None or answer.status.is_final else answer

    def _end(self, run_id: AssistantRunId, ended: AssistantStatus) -> None:
        answer = self._open(run_id)
        if answer is not None:
            answer.status = ended


_Change: TypeAlias = Callable[[Transcript, Any, Envelope], None]

_CHANGES: Mapping[type[Event], _Change] = {
    assistant.MessagePosted: Transcript._posted,
    assistant.AssistantRunRequested: Transcript._requested,
    assistant.AssistantRunStarted: Transcript._started,
    assistant.MessageCompleted: Transcript._said,
    assistant.UsageRecorded: Transcript._used,
    assistant.AssistantRunCompleted: Transcript._completed,
    assistant.AssistantRunCancelled: Transcript._cancelled,
    assistant.AssistantRunFailed: Transcript._failed,
    tools.ToolCallProposed: Transcript._proposed,
    tools.ToolApprovalRequested: Transcript._asked,
    tools.ToolApprovalResponded: Transcript._answered,
    tools.ToolCallStarted: Transcript._call_started,
    tools.ToolCallCompleted: Transcript._call_ended,
}


async def transcript_of(
    log: EventLog, conversations: Iterable[ConversationId], *, upto: Seq | None = None
) -> Transcript:
    """Some conversations as the log has them."""
    wanted = frozenset(conversations)
    transcript = Transcript(wanted.__contains__)
    for envelope in await log.read(Seq(0), names=NAMES):
        if upto is not None and envelope.seq > upto:
            break
        transcript.take(envelope)
    return transcript


def answer_of(run_id: AssistantRunId) -> MessageId:
    """The id of the message that a run's answer is."""
    return MessageId(run_id)
