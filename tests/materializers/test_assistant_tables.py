"""The state of conversations, answers and calls of tools: only what may follow changes anything."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest

from anode_jlab.events import assistant, tools
from anode_jlab.events.actor import Actor, assistant_of
from anode_jlab.events.event import Envelope, Event
from anode_jlab.ids import ApprovalId, AssistantRunId, CallId, ConversationId, MessageId, Seq
from anode_jlab.materializers.assistant import AssistantStatus
from anode_jlab.materializers.conversation_table import (
    CONVERSATION_EVENTS,
    ENDED_KEPT,
    FOLLOWS,
    ConversationTable,
)
from anode_jlab.materializers.state import StateBuilder, decode, encode, to_wire
from anode_jlab.materializers.tool_table import ANSWERED_KEPT, TOOL_EVENTS, ToolTable
from tests.events import samples
from tests.events.assistant_samples import ANN

Status = AssistantStatus

ASSISTANT = assistant_of(ANN)

C, R, Q, M = (
    ConversationId("c"),
    AssistantRunId("r"),
    MessageId("question"),
    MessageId("answer"),
)


def random_events(seed: int, kinds: frozenset[type[Event]], count: int) -> list[Event]:
    rng = random.Random(seed)
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
    return [samples.event(rng, rng.choice(ordered)) for _ in range(count)]


@pytest.mark.parametrize("seed", range(30))
def test_an_answer_takes_only_steps_that_may_follow(seed: int) -> None:
    table = ConversationTable()
    seen: dict[AssistantRunId, Status] = {}
    for time, event in enumerate(random_events(seed, CONVERSATION_EVENTS, 400)):
        before = table.state()
        if not table.apply(event, "human:ann", float(time)):
            assert table.state() is before
        state = table.state()
        assert not any(run.status.is_final for run in state.active)
        assert all(run.status.is_final for run in state.ended)
        for run in (*state.active, *state.ended):
            old = seen.setdefault(run.id, Status.REQUESTED)
            assert run.status is old or run.status in FOLLOWS[old], (old, run.status, event)
            seen[run.id] = run.status
            assert table.find(run.id) == run


@pytest.mark.parametrize("seed", range(20))
def test_tables_go_on_from_their_state(seed: int) -> None:
    rng = random.Random(seed)
    whole, parts = ConversationTable(), ConversationTable()
    used, in_parts = ToolTable(), ToolTable()
    for time, event in enumerate(random_events(seed, CONVERSATION_EVENTS | TOOL_EVENTS, 500)):
        for table in (whole, parts):
            table.apply(event, "human:ann", float(time))
        for calls in (used, in_parts):
            calls.apply(event, ANN, float(time))
        if rng.random() < 0.2:
            parts, in_parts = ConversationTable(parts.state()), ToolTable(in_parts.state())
    assert parts.state() == whole.state()
    assert in_parts.state() == used.state()


def conversation() -> list[Event]:
    run: dict[str, Any] = {"run_id": R, "conversation_id": C}
    return [
        assistant.ConversationStarted(conversation_id=C, title="A plot"),
        assistant.MessagePosted(message_id=Q, text="Why?", **run),
        assistant.AssistantRunRequested(
            message_id=Q, provider="p", model="m", mode=assistant.Mode.ASK, **run
        ),
        assistant.AssistantRunAssigned(**run),
        assistant.AssistantRunStarted(message_id=M, provider="p", model="m", **run),
        assistant.MessageCompleted(message_id=M, step=1, text="So.", **run),
        assistant.UsageRecorded(
            provider="p", model="m", input_tokens=10, output_tokens=2, cost=0.5, **run
        ),
        assistant.UsageRecorded(
            provider="p", model="m", input_tokens=20, output_tokens=3, cost=None, **run
        ),
        assistant.AssistantRunCompleted(duration_ms=5.0, steps=1, **run),
    ]


def test_what_a_conversation_adds_up_to() -> None:
    builder = StateBuilder()
    for seq, event in enumerate(conversation(), 1):
        actor: Actor = ASSISTANT if seq > 3 else ANN
        builder.apply(Envelope(seq=Seq(seq), time=float(seq), actor=actor, event=event))
    state = builder.state()
    assert decode(encode(state)) == state
    (known,) = to_wire(state)["conversations"]
    assert (known["title"], known["runs"], known["archived"]) == ("A plot", 1, False)
    assert known["created_by"] == {"kind": "human", "id": "ann", "name": "Ann"}
    assert known["usage"] == {
        "input_tokens": 30,
        "output_tokens": 5,
        "cached_tokens": 0,
        "cost": 0.5,
    }
    assert (known["run"]["status"], known["run"]["steps"]) == ("completed", 1)
    assert known["last_at"] == known["run"]["ended_at"]


def test_answers_of_long_ago_are_left_to_the_log() -> None:
    table = ConversationTable()
    table.apply(assistant.ConversationStarted(conversation_id=C, title=""), "human:ann", 0.0)
    for n in range(ENDED_KEPT + 5):
        run_id = AssistantRunId(f"run-{n}")
        run: dict[str, Any] = {"run_id": run_id, "conversation_id": C}
        asked = assistant.AssistantRunRequested(
            message_id=Q, provider="p", model="m", mode=assistant.Mode.ASK, **run
        )
        assert table.apply(asked, "human:ann", 0.0)
        assert table.apply(assistant.AssistantRunCancelled(**run), "human:ann", 1.0)
    assert len(table.state().ended) == ENDED_KEPT
    assert table.find(AssistantRunId("run-0")) is None


def proposed(name: str = "call") -> Event:
    return tools.ToolCallProposed(
        call_id=CallId(name), tool="delete", args="{}", args_hash="h", base_seq=Seq(3)
    )


def asked(name: str = "call") -> Event:
    return tools.ToolApprovalRequested(
        approval_id=ApprovalId(f"ask-{name}"),
        call_id=CallId(name),
        requester=ANN,
        expires_at=100.0,
    )


def answered(answer: tools.Answer, name: str = "call", args: str = "{}") -> Event:
    return tools.ToolApprovalResponded(
        approval_id=ApprovalId(f"ask-{name}"),
        call_id=CallId(name),
        answer=answer,
        args=args,
        args_hash="edited" if args != "{}" else "h",
        edited=args != "{}",
    )


def started(name: str = "call") -> Event:
    return tools.ToolCallStarted(call_id=CallId(name), args="{}", args_hash="h")


def ended(name: str = "call") -> Event:
    return tools.ToolCallCompleted(
        call_id=CallId(name), outcome=tools.ToolOutcome.DONE, result="ok"
    )


@pytest.mark.parametrize(
    "answer", [tools.Answer.DENIED, tools.Answer.EXPIRED, tools.Answer.WITHDRAWN]
)
def test_a_call_that_was_not_allowed_cannot_start(answer: tools.Answer) -> None:
    table = ToolTable()
    for event in (proposed(), asked()):
        assert table.apply(event, ANN, 1.0)
    assert not table.apply(started(), ASSISTANT, 2.0)
    assert table.apply(answered(answer), ANN, 2.0)
    assert not table.apply(started(), ASSISTANT, 3.0)
    assert not table.apply(answered(tools.Answer.ONCE), ANN, 3.0), "it was answered already"


def test_edited_arguments_are_what_runs() -> None:
    table = ToolTable()
    for event in (proposed(), asked(), answered(tools.Answer.ONCE, args='{"a":1}')):
        assert table.apply(event, ANN, 1.0)
    call = table.call(CallId("call"))
    assert call is not None
    assert (call.args, call.args_hash) == ('{"a":1}', "edited")


def test_what_is_always_allowed_is_allowed_until_revoked() -> None:
    table = ToolTable()
    for event in (proposed(), asked(), answered(tools.Answer.ALWAYS), started(), ended()):
        assert table.apply(event, ANN, 1.0)
    state = msgspec.json.decode(msgspec.json.encode(table.state()), type=type(table.state()))
    again = ToolTable(state)
    (allowance,) = again.state().allowances
    assert (allowance.tool, allowance.person, allowance.conversation_id) == ("delete", ANN, None)
    revoked = tools.ToolAllowanceRevoked(approval_id=allowance.id)
    assert again.apply(revoked, ANN, 2.0)
    assert not again.apply(revoked, ANN, 3.0)
    assert again.state().allowances == ()


def test_open_questions_are_kept_however_many_were_answered() -> None:
    table = ToolTable()
    for event in (proposed("open"), asked("open")):
        table.apply(event, ANN, 0.0)
    for n in range(ANSWERED_KEPT + 3):
        name = f"call-{n}"
        for event in (
            proposed(name),
            asked(name),
            answered(tools.Answer.ONCE, name),
            started(name),
            ended(name),
        ):
            assert table.apply(event, ANN, 1.0)
    approvals = table.state().approvals
    assert len(approvals) == ANSWERED_KEPT + 1
    assert approvals[0].id == "ask-open"
    assert approvals[0].answer is None
