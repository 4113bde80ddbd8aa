"""Events about conversations with the assistant and about its answers.

A conversation holds messages. Each question asks for one run of the assistant, which is
``requested``, ``assigned`` to the server that will carry it out, ``started`` with a model, and ends
as ``completed``, ``cancelled`` or ``failed``. A run has steps: in each the model says something
(``MessageCompleted``) and may call tools, whose results begin the next step. All steps of a run are
one message. What streams in between is not logged. The actor of what the assistant does is the
assistant; who asked is the actor of the request.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from anode_jlab.events.event import Event
from anode_jlab.ids import AssistantRunId, CellId, ConversationId, MessageId


class Mode(StrEnum):
    """What the assistant may do without asking, from the least to the most."""

    ASK = "ask"
    EDIT = "edit"
    AGENT = "agent"
    AUTO = "auto"


class ContextItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something of the notebook that was sent along with a question; ``tokens`` are estimated."""

    kind: str
    title: str
    tokens: int
    cell_id: CellId | None = None
    truncated: bool = False


class Mention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cell or a file that a question names."""

    cell_id: CellId | None = None
    path: str = ""


class ConversationStarted(Event, frozen=True, kw_only=True):
    """A conversation began; ``cell_id`` is the AI cell that it belongs to, if any."""

    event_name: ClassVar[str] = "v1.ConversationStarted"
    conversation_id: ConversationId
    title: str
    cell_id: CellId | None = None


class ConversationRenamed(Event, frozen=True, kw_only=True):
    """A conversation got another title."""

    event_name: ClassVar[str] = "v1.ConversationRenamed"
    conversation_id: ConversationId
    title: str


class ConversationArchived(Event, frozen=True, kw_only=True):
    """A conversation was put away, or (``archived`` is false) brought back."""

    event_name: ClassVar[str] = "v1.ConversationArchived"
    conversation_id: ConversationId
    archived: bool = True


class MessagePosted(Event, frozen=True, kw_only=True):
    """Somebody wrote to the assistant; the run that is to answer follows."""

    event_name: ClassVar[str] = "v1.MessagePosted"
    conversation_id: ConversationId
    message_id: MessageId
    run_id: AssistantRunId
    text: str
    mentions: tuple[Mention, ...] = ()


class AssistantRunRequested(Event, frozen=True, kw_only=True):
    """Somebody asked the assistant. ``cell_id`` is the AI cell whose output the answer goes to.

    ``batch_id`` is that of the executions that were asked for together with it, or empty.
    ``may_write`` and ``may_execute`` are what the person who asks may do: the assistant may not do
    more.
    """

    event_name: ClassVar[str] = "v1.AssistantRunRequested"
    run_id: AssistantRunId
    conversation_id: ConversationId
    message_id: MessageId
    provider: str
    model: str
    mode: Mode
    cell_id: CellId | None = None
    batch_id: str = ""
    may_write: bool = False
    may_execute: bool = False


class AssistantRunAssigned(Event, frozen=True, kw_only=True):
    """A server took the run up."""

    event_name: ClassVar[str] = "v1.AssistantRunAssigned"
    run_id: AssistantRunId
    conversation_id: ConversationId


class AssistantRunStarted(Event, frozen=True, kw_only=True):
    """The question is about to go to the model, with this of the notebook.

    ``message_id`` is that of the answer. ``left_out`` are cells that did not fit; hidden ones are
    not told.
    """

    event_name: ClassVar[str] = "v1.AssistantRunStarted"
    run_id: AssistantRunId
    conversation_id: ConversationId
    message_id: MessageId
    provider: str
    model: str
    context: tuple[ContextItem, ...] = ()
    left_out: tuple[CellId, ...] = ()


class MessageCompleted(Event, frozen=True, kw_only=True):
    """What the model said in one step (``step`` counts from 1) is known to its end.

    ``partial``: the stream broke off or was stopped; this is what had come until then. Calls of
    tools that the step asks for follow.
    """

    event_name: ClassVar[str] = "v1.MessageCompleted"
    run_id: AssistantRunId
    conversation_id: ConversationId
    message_id: MessageId
    step: int
    text: str
    thinking: str = ""
    partial: bool = False


class UsageRecorded(Event, frozen=True, kw_only=True):
    """What one step cost. ``cost`` is in US dollars, where the price is known."""

    event_name: ClassVar[str] = "v1.UsageRecorded"
    run_id: AssistantRunId
    conversation_id: ConversationId
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    cost: float | None = None


class AssistantRunCompleted(Event, frozen=True, kw_only=True):
    """The assistant is done with an answer; all of it is in the log before this."""

    event_name: ClassVar[str] = "v1.AssistantRunCompleted"
    run_id: AssistantRunId
    conversation_id: ConversationId
    duration_ms: float
    steps: int


class AssistantRunCancelled(Event, frozen=True, kw_only=True):
    """A run was stopped by request; its actor is who stopped it."""

    event_name: ClassVar[str] = "v1.AssistantRunCancelled"
    run_id: AssistantRunId
    conversation_id: ConversationId
    reason: str = "requested"


class AssistantRunFailed(Event, frozen=True, kw_only=True):
    """A run ended without its answer. ``code`` is a stable word, ``hint`` says what to do.

    ``retry_after`` are seconds after which the provider wants to be asked again, if it said so.
    """

    event_name: ClassVar[str] = "v1.AssistantRunFailed"
    run_id: AssistantRunId
    conversation_id: ConversationId
    code: str
    message: str
    hint: str = ""
    retry_after: float | None = None
