"""Random events about the assistant and its tools, each from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from anode_jlab.events import assistant, tools
from anode_jlab.events.actor import SERVER, Actor, ActorKind
from anode_jlab.events.event import Event
from anode_jlab.ids import (
    ApprovalId,
    AssistantRunId,
    CallId,
    CellId,
    ConversationId,
    MessageId,
    Seq,
)

ANN = Actor(kind=ActorKind.HUMAN, id="ann", name="Ann")

TEXTS = ("", "Why?", "ünïcode 🐧\u0000\u2028", '{"a": "\\n"}', "x" * 500)


def text(rng: random.Random) -> str:
    return rng.choice(TEXTS)


def conversation(rng: random.Random) -> ConversationId:
    return ConversationId(f"conversation-{rng.randrange(3)}")


def run(rng: random.Random) -> dict[str, Any]:
    return {
        "run_id": AssistantRunId(f"answer-{rng.randrange(8)}"),
        "conversation_id": conversation(rng),
    }


def message(rng: random.Random) -> MessageId:
    return MessageId(f"message-{rng.randrange(8)}")


def cell(rng: random.Random) -> CellId | None:
    return rng.choice((None, CellId(f"cell-{rng.randrange(6)}")))


def call(rng: random.Random) -> CallId:
    return CallId(f"call-{rng.randrange(6)}")


def approval(rng: random.Random) -> ApprovalId:
    return ApprovalId(f"approval-{rng.randrange(6)}")


def arguments(rng: random.Random) -> dict[str, Any]:
    return {"args": text(rng), "args_hash": f"{rng.randrange(2**256):064x}"}


def item(rng: random.Random) -> assistant.ContextItem:
    return assistant.ContextItem(
        kind=text(rng),
        title=text(rng),
        tokens=rng.randrange(1000),
        cell_id=cell(rng),
        truncated=rng.random() < 0.5,
    )


ASSISTANT_MAKERS: Mapping[type[Event], Callable[[random.Random], dict[str, Any]]] = {
    assistant.ConversationStarted: lambda rng: {
        "conversation_id": conversation(rng),
        "title": text(rng),
        "cell_id": cell(rng),
    },
    assistant.ConversationRenamed: lambda rng: {
        "conversation_id": conversation(rng),
        "title": text(rng),
    },
    assistant.ConversationArchived: lambda rng: {
        "conversation_id": conversation(rng),
        "archived": rng.random() < 0.5,
    },
    assistant.MessagePosted: lambda rng: {
        **run(rng),
        "message_id": message(rng),
        "text": text(rng),
        "mentions": tuple(
            assistant.Mention(cell_id=cell(rng), path=text(rng)) for _ in range(rng.randrange(3))
        ),
    },
    assistant.AssistantRunRequested: lambda rng: {
        **run(rng),
        "message_id": message(rng),
        "provider": text(rng),
        "model": text(rng),
        "mode": rng.choice(list(assistant.Mode)),
        "cell_id": cell(rng),
        "batch_id": text(rng),
        "may_write": rng.random() < 0.5,
        "may_execute": rng.random() < 0.5,
    },
    assistant.AssistantRunAssigned: run,
    assistant.AssistantRunStarted: lambda rng: {
        **run(rng),
        "message_id": message(rng),
        "provider": text(rng),
        "model": text(rng),
        "context": tuple(item(rng) for _ in range(rng.randrange(3))),
        "left_out": (CellId("cell-1"),),
    },
    assistant.MessageCompleted: lambda rng: {
        **run(rng),
        "message_id": message(rng),
        "step": rng.randrange(1, 5),
        "text": text(rng),
        "thinking": text(rng),
        "partial": rng.random() < 0.5,
    },
    assistant.UsageRecorded: lambda rng: {
        **run(rng),
        "provider": text(rng),
        "model": text(rng),
        "input_tokens": rng.randrange(10**6),
        "output_tokens": rng.randrange(10**6),
        "cached_tokens": rng.randrange(10**6),
        "cost": rng.choice((None, 0.25)),
    },
    assistant.AssistantRunCompleted: lambda rng: {
        **run(rng),
        "duration_ms": rng.randrange(10**6) / 10,
        "steps": rng.randrange(1, 5),
    },
    assistant.AssistantRunCancelled: lambda rng: {**run(rng), "reason": text(rng)},
    assistant.AssistantRunFailed: lambda rng: {
        **run(rng),
        "code": text(rng),
        "message": text(rng),
        "hint": text(rng),
        "retry_after": rng.choice((None, 2.5)),
    },
    tools.ToolCallProposed: lambda rng: {
        "call_id": call(rng),
        "tool": text(rng),
        **arguments(rng),
        "base_seq": Seq(rng.randrange(100)),
        **(run(rng) if rng.random() < 0.5 else {}),
        "cell_id": cell(rng),
        "diff": text(rng),
    },
    tools.ToolApprovalRequested: lambda rng: {
        "approval_id": approval(rng),
        "call_id": call(rng),
        "requester": rng.choice((ANN, SERVER)),
        "expires_at": 1_700_000_000.5,
    },
    tools.ToolApprovalResponded: lambda rng: {
        "approval_id": approval(rng),
        "call_id": call(rng),
        "answer": rng.choice(list(tools.Answer)),
        **arguments(rng),
        "edited": rng.random() < 0.5,
    },
    tools.ToolAllowanceRevoked: lambda rng: {"approval_id": approval(rng)},
    tools.ToolCallStarted: lambda rng: {"call_id": call(rng), **arguments(rng)},
    tools.ToolCallCompleted: lambda rng: {
        "call_id": call(rng),
        "outcome": rng.choice(list(tools.ToolOutcome)),
        "result": text(rng),
        "code": text(rng),
        "images": rng.randrange(3),
        "events": tuple(Seq(rng.randrange(100)) for _ in range(rng.randrange(3))),
        "duration_ms": rng.randrange(10**6) / 10,
    },
}
"""Fields of a random event, for every kind about the assistant."""
