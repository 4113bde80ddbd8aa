"""The values that the state of a notebook's conversations and of their tools is made of."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from anode_jlab.events.actor import Actor
from anode_jlab.events.assistant import Mode
from anode_jlab.events.tools import Answer, ToolOutcome
from anode_jlab.ids import (
    ApprovalId,
    AssistantRunId,
    CallId,
    CellId,
    ConversationId,
    MessageId,
    Seq,
)


class AssistantStatus(StrEnum):
    """Where a run of the assistant is in its life; the last three are its ends."""

    REQUESTED = "requested"
    ASSIGNED = "assigned"
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Nothing follows."""
        return self not in _ACTIVE


_ACTIVE = frozenset({AssistantStatus.REQUESTED, AssistantStatus.ASSIGNED, AssistantStatus.RUNNING})


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a run failed, as people are told."""

    code: str
    message: str
    hint: str = ""
    retry_after: float | None = None


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens so far, and US dollars as far as prices were known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost: float = 0.0


class AssistantRunState(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of the assistant. ``requested_by`` is an actor's key, times are seconds since the
    epoch; ``message_id`` is that of the answer once it started, ``question_id`` that of what was
    asked."""

    id: AssistantRunId
    conversation_id: ConversationId
    question_id: MessageId
    provider: str
    model: str
    mode: Mode
    status: AssistantStatus
    requested_by: str
    requested_at: float
    cell_id: CellId | None = None
    batch_id: str = ""
    message_id: MessageId | None = None
    started_at: float | None = None
    ended_at: float | None = None
    steps: int = 0
    reason: str = ""
    problem: Problem | None = None
    usage: Usage = Usage()


class ConversationState(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation; its messages are in the log. ``last_at`` is when something last happened
    in it, ``runs`` how often the assistant was asked."""

    id: ConversationId
    title: str
    cell_id: CellId | None
    created_by: str
    created_at: float
    last_at: float
    archived: bool = False
    runs: int = 0
    usage: Usage = Usage()


class ConversationsState(msgspec.Struct, frozen=True, kw_only=True):
    """``conversations`` in the order in which they began, ``active`` runs in the order of their
    requests, and the newest of those that ended, in the order of their ends."""

    conversations: tuple[ConversationState, ...] = ()
    active: tuple[AssistantRunState, ...] = ()
    ended: tuple[AssistantRunState, ...] = ()


class ToolCallState(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a tool that has not ended. ``args`` are what may run: edited ones once they were
    approved."""

    id: CallId
    tool: str
    args: str
    args_hash: str
    base_seq: Seq
    proposed_by: Actor
    proposed_at: float
    run_id: AssistantRunId | None = None
    conversation_id: ConversationId | None = None
    cell_id: CellId | None = None
    diff: str = ""
    approval_id: ApprovalId | None = None
    started_at: float | None = None


class ApprovalState(msgspec.Struct, frozen=True, kw_only=True):
    """A question whether a tool may be called; ``answer`` is None while it is open. ``outcome`` is
    that of the call, once it ended: then the answer is used up."""

    id: ApprovalId
    call_id: CallId
    tool: str
    args: str
    args_hash: str
    base_seq: Seq
    requester: Actor
    requested_at: float
    expires_at: float
    run_id: AssistantRunId | None = None
    conversation_id: ConversationId | None = None
    cell_id: CellId | None = None
    diff: str = ""
    answer: Answer | None = None
    answered_by: Actor | None = None
    answered_at: float | None = None
    edited: bool = False
    started_at: float | None = None
    outcome: ToolOutcome | None = None


class AllowanceState(msgspec.Struct, frozen=True, kw_only=True):
    """An answer ``always`` that still holds: for this person, tool and conversation."""

    id: ApprovalId
    tool: str
    person: Actor
    conversation_id: ConversationId | None
    since: float


class ToolsState(msgspec.Struct, frozen=True, kw_only=True):
    """Calls that have not ended, questions (open ones and the newest of the others), and what is
    allowed for longer; each in the order in which it began."""

    calls: tuple[ToolCallState, ...] = ()
    approvals: tuple[ApprovalState, ...] = ()
    allowances: tuple[AllowanceState, ...] = ()


NO_CONVERSATIONS = ConversationsState()
"""The state before the first conversation."""

NO_TOOLS = ToolsState()
"""The state before the first call of a tool."""
