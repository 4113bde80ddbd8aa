"""The fold of events about conversations and answers: one table, for live ones and for replay.

An event that cannot follow changes nothing, as with runs of cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from msgspec.structs import replace

from anode_jlab.events import assistant
from anode_jlab.events.event import Event
from anode_jlab.ids import AssistantRunId, ConversationId
from anode_jlab.materializers.assistant import (
    NO_CONVERSATIONS,
    AssistantRunState,
    AssistantStatus,
    ConversationsState,
    ConversationState,
    Problem,
    Usage,
)

ENDED_KEPT = 100
"""Answers that ended, remembered; older ones are in the log only."""

Status = AssistantStatus

FOLLOWS: Mapping[Status, frozenset[Status]] = {
    Status.REQUESTED: frozenset({Status.ASSIGNED, Status.CANCELLED, Status.FAILED}),
    Status.ASSIGNED: frozenset({Status.ASSIGNED, Status.RUNNING, Status.CANCELLED, Status.FAILED}),
    Status.RUNNING: frozenset({Status.COMPLETED, Status.CANCELLED, Status.FAILED}),
    Status.COMPLETED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.FAILED: frozenset(),
}
"""What may come after each status; everything else is refused."""


class ConversationTable:
    """Takes events in order, in place; ``state()`` gives the frozen value."""

    def __init__(self, start: ConversationsState = NO_CONVERSATIONS) -> None:
        self._conversations: dict[ConversationId, ConversationState] = {
            known.id: known for known in start.conversations
        }
        self._active: dict[AssistantRunId, AssistantRunState] = {
            run.id: run for run in start.active
        }
        self._ended: dict[AssistantRunId, AssistantRunState] = {run.id: run for run in start.ended}
        self._state: ConversationsState | None = start

    # --- reading ---------------------------------------------------------------------------------

    @property
    def active(self) -> list[AssistantRunState]:
        """Answers that have not ended, in the order of their requests."""
        return list(self._active.values())

    def conversation(self, conversation_id: ConversationId) -> ConversationState | None:
        """A conversation, archived or not."""
        return self._conversations.get(conversation_id)

    def find(self, run_id: AssistantRunId) -> AssistantRunState | None:
        """An answer, unless it ended so long ago that only the log knows it."""
        return self._active.get(run_id) or self._ended.get(run_id)

    def state(self) -> ConversationsState:
        """The frozen value; the same object until something changes."""
        if self._state is None:
            self._state = ConversationsState(
                conversations=tuple(self._conversations.values()),
                active=tuple(self._active.values()),
                ended=tuple(self._ended.values()),
            )
        return self._state

    # --- writing ---------------------------------------------------------------------------------

    def apply(self, event: Event, actor: str, time: float) -> bool:
        """Take in an event of ``actor`` (its key); whether it changed anything."""
        change = _CHANGES.get(type(event))
        if change is None or not change(self, event, actor, time):
            return False
        self._state = None
        return True

    def _began(self, event: assistant.ConversationStarted, actor: str, time: float) -> bool:
        if event.conversation_id in self._conversations:
            return False
        self._conversations[event.conversation_id] = ConversationState(
            id=event.conversation_id,
            title=event.title,
            cell_id=event.cell_id,
            created_by=actor,
            created_at=time,
            last_at=time,
        )
        return True

    def _renamed(self, event: assistant.ConversationRenamed, actor: str, time: float) -> bool:
        return self._touch(event.conversation_id, title=event.title)

    def _archived(self, event: assistant.ConversationArchived, actor: str, time: float) -> bool:
        return self._touch(event.conversation_id, archived=event.archived)

    def _posted(self, event: assistant.MessagePosted, actor: str, time: float) -> bool:
        return self._touch(event.conversation_id, last_at=time)

    def _requested(self, event: assistant.AssistantRunRequested, actor: str, time: float) -> bool:
        known = self._conversations.get(event.conversation_id)
        if known is None or self.find(event.run_id) is not None:
            return False
        self._active[event.run_id] = AssistantRunState(
            id=event.run_id,
            conversation_id=event.conversation_id,
            question_id=event.message_id,
            provider=event.provider,
            model=event.model,
            mode=event.mode,
            status=Status.REQUESTED,
            requested_by=actor,
            requested_at=time,
            cell_id=event.cell_id,
            batch_id=event.batch_id,
        )
        return self._touch(event.conversation_id, runs=known.runs + 1, last_at=time)

    def _assigned(self, event: assistant.AssistantRunAssigned, actor: str, time: float) -> bool:
        return self._change(event.run_id, Status.ASSIGNED)

    def _started(self, event: assistant.AssistantRunStarted, actor: str, time: float) -> bool:
        return self._change(
            event.run_id,
            Status.RUNNING,
            message_id=event.message_id,
            provider=event.provider,
            model=event.model,
            started_at=time,
        )

    def _said(self, event: assistant.MessageCompleted, actor: str, time: float) -> bool:
        run = self._active.get(event.run_id)
        if run is None or run.status is not Status.RUNNING:
            return False
        self._active[run.id] = replace(run, steps=max(run.steps, event.step))
        return self._touch(run.conversation_id, last_at=time)

    def _used(self, event: assistant.UsageRecorded, actor: str, time: float) -> bool:
        runs = self._active if event.run_id in self._active else self._ended
        run = runs.get(event.run_id)
        if run is None:
            return False
        runs[run.id] = replace(run, usage=_sum(run.usage, event))
        usage = self._conversations[run.conversation_id].usage
        return self._touch(run.conversation_id, usage=_sum(usage, event))

    def _completed(self, event: assistant.AssistantRunCompleted, actor: str, time: float) -> bool:
        return self._change(event.run_id, Status.COMPLETED, ended_at=time, steps=event.steps)

    def _cancelled(self, event: assistant.AssistantRunCancelled, actor: str, time: float) -> bool:
        return self._change(event.run_id, Status.CANCELLED, ended_at=time, reason=event.reason)

    def _failed(self, event: assistant.AssistantRunFailed, actor: str, time: float) -> bool:
        problem = Problem(
            code=event.code,
            message=event.message,
            hint=event.hint,
            retry_after=event.retry_after,
        )
        return self._change(event.run_id, Status.FAILED, ended_at=time, problem=problem)

    # --- steps -----------------------------------------------------------------------------------

    def _touch(self, conversation_id: ConversationId, **fields: Any) -> bool:
        known = self._conversations.get(conversation_id)
        if known is None:
            return False
        self._conversations[conversation_id] = replace(known, **fields)
        return True

    def _change(self, run_id: AssistantRunId, status: Status, **fields: Any) -> bool:
        run = self._active.get(run_id)
        if run is None or status not in FOLLOWS[run.status]:
            return False
        changed = replace(run, status=status, **fields)
        if not status.is_final:
            self._active[run_id] = changed
            return True
        del self._active[run_id]
        self._ended[run_id] = changed
        if len(self._ended) > ENDED_KEPT:
            del self._ended[next(iter(self._ended))]
        return self._touch(run.conversation_id, last_at=changed.ended_at)


def _sum(usage: Usage, event: assistant.UsageRecorded) -> Usage:
    return Usage(
        input_tokens=usage.input_tokens + event.input_tokens,
        output_tokens=usage.output_tokens + event.output_tokens,
        cached_tokens=usage.cached_tokens + event.cached_tokens,
        cost=usage.cost + (event.cost or 0.0),
    )


_Change: TypeAlias = Callable[[ConversationTable, Any, str, float], bool]

_CHANGES: Mapping[type[Event], _Change] = {
    assistant.ConversationStarted: ConversationTable._began,
    assistant.ConversationRenamed: ConversationTable._renamed,
    assistant.ConversationArchived: ConversationTable._archived,
    assistant.MessagePosted: ConversationTable._posted,
    assistant.AssistantRunRequested: ConversationTable._requested,
    assistant.AssistantRunAssigned: ConversationTable._assigned,
    assistant.AssistantRunStarted: ConversationTable._started,
    assistant.MessageCompleted: ConversationTable._said,
    assistant.UsageRecorded: ConversationTable._used,
    assistant.AssistantRunCompleted: ConversationTable._completed,
    assistant.AssistantRunCancelled: ConversationTable._cancelled,
    assistant.AssistantRunFailed: ConversationTable._failed,
}

CONVERSATION_EVENTS = frozenset(_CHANGES)
"""What a ``ConversationTable`` takes note of."""
