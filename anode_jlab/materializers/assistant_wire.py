"""Conversations, answers and questions as other programs see them."""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins

from anode_jlab.events.wire import time_to_wire
from anode_jlab.ids import ConversationId
from anode_jlab.materializers.assistant import (
    ApprovalState,
    AssistantRunState,
    ConversationsState,
    ConversationState,
    Usage,
)
from anode_jlab.materializers.people import People


def conversations_to_wire(state: ConversationsState, people: People) -> list[dict[str, Any]]:
    """All conversations, each with its newest answer (``run``) that is still known."""
    newest: dict[ConversationId, AssistantRunState] = {}
    for run in (*state.ended, *state.active):
        newest[run.conversation_id] = run
    return [
        conversation_to_wire(known, newest.get(known.id), people) for known in state.conversations
    ]


def conversation_to_wire(
    known: ConversationState, run: AssistantRunState | None, people: People
) -> dict[str, Any]:
    """One conversation, without its messages."""
    return {
        "conversation_id": known.id,
        "title": known.title,
        "cell_id": known.cell_id,
        "created_by": people[known.created_by],
        "created_at": time_to_wire(known.created_at),
        "last_at": time_to_wire(known.last_at),
        "archived": known.archived,
        "runs": known.runs,
        "usage": usage_to_wire(known.usage),
        "run": None if run is None else run_to_wire(run, people),
    }


def run_to_wire(run: AssistantRunState, people: People) -> dict[str, Any]:
    """One answer; times are null as long as they are not known."""
    return {
        "run_id": run.id,
        "status": run.status.value,
        "provider": run.provider,
        "model": run.model,
        "mode": run.mode.value,
        "cell_id": run.cell_id,
        "requested_by": people[run.requested_by],
        "requested_at": time_to_wire(run.requested_at),
        "started_at": _moment(run.started_at),
        "ended_at": _moment(run.ended_at),
        "steps": run.steps,
        "error": None if run.problem is None else to_builtins(run.problem),
        "usage": usage_to_wire(run.usage),
    }


def usage_to_wire(usage: Usage) -> dict[str, Any]:
    """Tokens and US dollars."""
    return dict(to_builtins(usage))


def approval_to_wire(ask: ApprovalState) -> dict[str, Any]:
    """One question; ``args`` is JSON text, ``status`` follows from the answer and the call."""
    return {
        "approval_id": ask.id,
        "call_id": ask.call_id,
        "run_id": ask.run_id,
        "conversation_id": ask.conversation_id,
        "cell_id": ask.cell_id,
        "tool": ask.tool,
        "args": ask.args,
        "args_hash": ask.args_hash,
        "base_seq": ask.base_seq,
        "diff": ask.diff,
        "requester": to_builtins(ask.requester),
        "requested_at": time_to_wire(ask.requested_at),
        "expires_at": time_to_wire(ask.expires_at),
        "status": "pending" if ask.answer is None else ask.answer.value,
        "answered_by": None if ask.answered_by is None else to_builtins(ask.answered_by),
        "edited": ask.edited,
        "outcome": None if ask.outcome is None else ask.outcome.value,
    }


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else time_to_wire(seconds)
