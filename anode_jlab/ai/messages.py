"""The messages of a conversation as other programs see them."""

from __future__ import annotations

from typing import Any

import msgspec

from anode_jlab.ai.transcript import Answer, CallRecord, Step
from anode_jlab.events.wire import time_to_wire
from anode_jlab.ids import CallId, MessageId, Seq
from anode_jlab.materializers.assistant import AssistantStatus, Problem, Usage


class TextPart(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="text"):
    """Markdown."""

    text: str


class ThinkingPart(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="thinking"):
    """What the model thought before it answered."""

    text: str


class ToolPart(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="tool"
):
    """A call of a tool. ``args`` are what it was called with, or is to be; JSON text when it is no
    object. ``result`` is what the model was told."""

    call_id: CallId
    tool: str
    args: dict[str, Any] | str
    status: str
    result: str | None = None
    code: str = ""
    approval_id: str | None = None
    diff: str = ""
    events: tuple[Seq, ...] = ()


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question or an answer. ``status``: complete, streaming, failed, cancelled or interrupted.

    ``step``, while it is streaming, is the one whose text STREAM frames bring.
    """

    message_id: MessageId
    run_id: str
    role: str
    actor: dict[str, Any]
    time: str
    parts: tuple[TextPart | ThinkingPart | ToolPart, ...]
    status: str
    provider: str = ""
    model: str = ""
    step: int = 0
    error: Problem | None = None
    usage: Usage | None = None


def messages_of(answers: list[Answer]) -> tuple[Message, ...]:
    """Each question with its answer."""
    return tuple(message for answer in answers for message in _pair(answer))


def _pair(answer: Answer) -> tuple[Message, Message]:
    question = Message(
        message_id=answer.requested.message_id,
        run_id=answer.id,
        role="user",
        actor=msgspec.to_builtins(answer.asked_by),
        time=time_to_wire(answer.asked_at),
        parts=(TextPart(text=answer.question),),
        status="complete",
    )
    return question, _answer(answer)


def _answer(answer: Answer) -> Message:
    by = answer.by or answer.asked_by
    is_used = answer.usage != Usage()
    is_open = not answer.status.is_final
    return Message(
        message_id=answer.message_id,
        run_id=answer.id,
        role="assistant",
        actor={"kind": "assistant", "id": by.id, "name": by.name},
        time=time_to_wire(answer.at),
        parts=tuple(part for step in answer.steps for part in _parts(step)),
        status=_status(answer),
        provider=answer.requested.provider,
        model=answer.requested.model,
        step=len(answer.steps) + 1 if is_open else 0,
        error=answer.problem,
        usage=answer.usage if is_used else None,
    )


def _parts(step: Step) -> list[TextPart | ThinkingPart | ToolPart]:
    parts: list[TextPart | ThinkingPart | ToolPart] = []
    if step.thinking:
        parts.append(ThinkingPart(text=step.thinking))
    if step.text:
        parts.append(TextPart(text=step.text))
    return parts + [_tool(call) for call in step.calls]


def _tool(call: CallRecord) -> ToolPart:
    return ToolPart(
        call_id=call.id,
        tool=call.tool,
        args=_object(call.args),
        status=call.status,
        result=None if call.ended is None else call.ended.result,
        code="" if call.ended is None else call.ended.code,
        approval_id=None if call.approval is None else call.approval.approval_id,
        diff=call.diff,
        events=() if call.ended is None else call.ended.events,
    )


def _object(args: str) -> dict[str, Any] | str:
    try:
        return msgspec.json.decode(args, type=dict[str, Any])
    except msgspec.MsgspecError:
        return args


def _status(answer: Answer) -> str:
    if not answer.status.is_final:
        return "streaming"
    if answer.status is AssistantStatus.COMPLETED:
        return "complete"
    if answer.problem is not None and answer.problem.code == "interrupted":
        return "interrupted"
    return answer.status.value
