"""The fold of events about calls of tools and the questions that they asked.

An event that cannot follow changes nothing: a second answer, the start of what was denied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from msgspec.structs import replace

from anode_jlab.events import tools
from anode_jlab.events.actor import Actor
from anode_jlab.events.event import Event
from anode_jlab.ids import ApprovalId, CallId
from anode_jlab.materializers.assistant import (
    NO_TOOLS,
    AllowanceState,
    ApprovalState,
    ToolCallState,
    ToolsState,
)

ANSWERED_KEPT = 100
"""Questions remembered whose call ended; older ones are in the log only."""

_ALLOWED = frozenset({tools.Answer.ONCE, tools.Answer.ALWAYS})


class ToolTable:
    """Takes events in order, in place; ``state()`` gives the frozen value."""

    def __init__(self, start: ToolsState = NO_TOOLS) -> None:
        self._calls: dict[CallId, ToolCallState] = {call.id: call for call in start.calls}
        self._approvals: dict[ApprovalId, ApprovalState] = {ask.id: ask for ask in start.approvals}
        self._allowances: dict[ApprovalId, AllowanceState] = {
            allowance.id: allowance for allowance in start.allowances
        }
        self._state: ToolsState | None = start

    def call(self, call_id: CallId) -> ToolCallState | None:
        """A call that has not ended."""
        return self._calls.get(call_id)

    def approval(self, approval_id: ApprovalId) -> ApprovalState | None:
        """A question, unless it was answered so long ago that only the log knows it."""
        return self._approvals.get(approval_id)

    def state(self) -> ToolsState:
        """The frozen value; the same object until something changes."""
        if self._state is None:
            self._state = ToolsState(
                calls=tuple(self._calls.values()),
                approvals=tuple(self._approvals.values()),
                allowances=tuple(self._allowances.values()),
            )
        return self._state

    def apply(self, event: Event, actor: Actor, time: float) -> bool:
        """Take in an event of ``actor``; whether it changed anything."""
        change = _CHANGES.get(type(event))
        if change is None or not change(self, event, actor, time):
            return False
        self._state = None
        return True

    def _proposed(self, event: tools.ToolCallProposed, actor: Actor, time: float) -> bool:
        if event.call_id in self._calls:
            return False
        self._calls[event.call_id] = ToolCallState(
            id=event.call_id,
            tool=event.tool,
            args=event.args,
            args_hash=event.args_hash,
            base_seq=event.base_seq,
            proposed_by=actor,
            proposed_at=time,
            run_id=event.run_id,
            conversation_id=event.conversation_id,
            cell_id=event.cell_id,
            diff=event.diff,
        )
        return True

    def _asked(self, event: tools.ToolApprovalRequested, actor: Actor, time: float) -> bool:
        call = self._calls.get(event.call_id)
        if call is None or call.started_at is not None or event.approval_id in self._approvals:
            return False
        self._calls[call.id] = replace(call, approval_id=event.approval_id)
        self._approvals[event.approval_id] = ApprovalState(
            id=event.approval_id,
            call_id=call.id,
            tool=call.tool,
            args=call.args,
            args_hash=call.args_hash,
            base_seq=call.base_seq,
            requester=event.requester,
            requested_at=time,
            expires_at=event.expires_at,
            run_id=call.run_id,
            conversation_id=call.conversation_id,
            cell_id=call.cell_id,
            diff=call.diff,
        )
        return True

    def _answered(self, event: tools.ToolApprovalResponded, actor: Actor, time: float) -> bool:
        ask = self._approvals.get(event.approval_id)
        if ask is None or ask.answer is not None or ask.call_id != event.call_id:
            return False
        self._approvals[ask.id] = replace(
            ask,
            answer=event.answer,
            answered_by=actor,
            answered_at=time,
            args=event.args,
            args_hash=event.args_hash,
            edited=event.edited,
        )
        call = self._calls.get(ask.call_id)
        if call is not None and event.answer in _ALLOWED:
            self._calls[call.id] = replace(call, args=event.args, args_hash=event.args_hash)
        if event.answer is tools.Answer.ALWAYS:
            self._allowances[ask.id] = AllowanceState(
                id=ask.id,
                tool=ask.tool,
                person=ask.requester,
                conversation_id=ask.conversation_id,
                since=time,
            )
        return True

    def _revoked(self, event: tools.ToolAllowanceRevoked, actor: Actor, time: float) -> bool:
        return self._allowances.pop(event.approval_id, None) is not None

    def _started(self, event: tools.ToolCallStarted, actor: Actor, time: float) -> bool:
        call = self._calls.get(event.call_id)
        if call is None or call.started_at is not None:
            return False
        ask = None if call.approval_id is None else self._approvals.get(call.approval_id)
        if ask is not None:
            if ask.answer not in _ALLOWED:
                return False
            self._approvals[ask.id] = replace(ask, started_at=time)
        self._calls[call.id] = replace(
            call, started_at=time, args=event.args, args_hash=event.args_hash
        )
        return True

    def _completed(self, event: tools.ToolCallCompleted, actor: Actor, time: float) -> bool:
        call = self._calls.pop(event.call_id, None)
        if call is None:
            return False
        ask = None if call.approval_id is None else self._approvals.get(call.approval_id)
        if ask is not None:
            self._approvals[ask.id] = replace(ask, outcome=event.outcome)
            self._forget()
        return True

    def _forget(self) -> None:
        ended = [ask.id for ask in self._approvals.values() if ask.outcome is not None]
        for approval_id in ended[:-ANSWERED_KEPT]:
            del self._approvals[approval_id]


_Change: TypeAlias = Callable[[ToolTable, Any, Actor, float], bool]

_CHANGES: Mapping[type[Event], _Change] = {
    tools.ToolCallProposed: ToolTable._proposed,
    tools.ToolApprovalRequested: ToolTable._asked,
    tools.ToolApprovalResponded: ToolTable._answered,
    tools.ToolAllowanceRevoked: ToolTable._revoked,
    tools.ToolCallStarted: ToolTable._started,
    tools.ToolCallCompleted: ToolTable._completed,
}

TOOL_EVENTS = frozenset(_CHANGES)
"""What a ``ToolTable`` takes note of."""
