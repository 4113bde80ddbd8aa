"""Events about the tools that an assistant calls, and about who allowed it.

A call is ``proposed`` with its full arguments, waits for an answer where one is needed, is
``started`` and ``completed``. An answer holds for one call with exactly these arguments. Arguments
are JSON text in canonical form (sorted keys, no spaces), as ``args_hash`` (SHA-256) is made of.
Calls of outside agents have no run and no conversation.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from anode_jlab.events.actor import Actor
from anode_jlab.events.event import Event
from anode_jlab.ids import ApprovalId, AssistantRunId, CallId, CellId, ConversationId, Seq


class Answer(StrEnum):
    """What became of the question whether a tool may be called.

    ``always`` allows this call, and further calls of the same tool for the same person in the same
    conversation. ``expired`` and ``withdrawn`` (the run ended) are the server's own.
    """

    ONCE = "once"
    ALWAYS = "always"
    DENIED = "denied"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class ToolOutcome(StrEnum):
    """How a call ended."""

    DONE = "done"
    FAILED = "failed"
    DENIED = "denied"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class ToolCallProposed(Event, frozen=True, kw_only=True):
    """An assistant wants to call a tool. ``base_seq`` is the state of the notebook it knows.

    ``diff`` shows what the call would change, as a unified diff; ``cell_id`` the cell it is about.
    """

    event_name: ClassVar[str] = "v1.ToolCallProposed"
    call_id: CallId
    tool: str
    args: str
    args_hash: str
    base_seq: Seq
    run_id: AssistantRunId | None = None
    conversation_id: ConversationId | None = None
    cell_id: CellId | None = None
    diff: str = ""


class ToolApprovalRequested(Event, frozen=True, kw_only=True):
    """A call waits for an answer of ``requester`` or of an owner until ``expires_at`` (seconds of
    the Unix epoch)."""

    event_name: ClassVar[str] = "v1.ToolApprovalRequested"
    approval_id: ApprovalId
    call_id: CallId
    requester: Actor
    expires_at: float


class ToolApprovalResponded(Event, frozen=True, kw_only=True):
    """The question was answered, by the event's actor. ``args`` and ``args_hash`` are what may
    run: edited, where ``edited`` says so."""

    event_name: ClassVar[str] = "v1.ToolApprovalResponded"
    approval_id: ApprovalId
    call_id: CallId
    answer: Answer
    args: str
    args_hash: str
    edited: bool = False


class ToolAllowanceRevoked(Event, frozen=True, kw_only=True):
    """An answer ``always`` does not hold any more."""

    event_name: ClassVar[str] = "v1.ToolAllowanceRevoked"
    approval_id: ApprovalId


class ToolCallStarted(Event, frozen=True, kw_only=True):
    """A call is about to happen, with these arguments; stored before, so that it happens once."""

    event_name: ClassVar[str] = "v1.ToolCallStarted"
    call_id: CallId
    args: str
    args_hash: str


class ToolCallCompleted(Event, frozen=True, kw_only=True):
    """A call ended, and this was told to the model.

    ``code`` is the stable word for what went wrong, if anything did. ``events`` are the seqs of
    what the call did to the notebook.
    """

    event_name: ClassVar[str] = "v1.ToolCallCompleted"
    call_id: CallId
    outcome: ToolOutcome
    result: str
    code: str = ""
    images: int = 0
    events: tuple[Seq, ...] = ()
    duration_ms: float = 0.0
