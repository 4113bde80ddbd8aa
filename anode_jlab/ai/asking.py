"""What somebody asks the assistant, and for whom it then acts."""

from __future__ import annotations

from dataclasses import dataclass

from anode_jlab.events.actor import Actor
from anode_jlab.events.assistant import Mention, Mode
from anode_jlab.ids import AssistantRunId, CellId, ConversationId, ExecutionId, NotebookId


@dataclass(frozen=True, kw_only=True)
class Asker:
    """The person who asks, and what they may do in the notebook: the assistant may do no more."""

    actor: Actor
    may_write: bool
    may_execute: bool


@dataclass(frozen=True, kw_only=True)
class Question:
    """``after`` is an execution whose end is waited for: an AI cell is asked in its turn."""

    notebook: NotebookId
    conversation: ConversationId
    run_id: AssistantRunId
    text: str
    provider: str
    model: str
    mode: Mode
    asker: Asker
    mentions: tuple[Mention, ...] = ()
    cell_id: CellId | None = None
    after: ExecutionId | None = None
