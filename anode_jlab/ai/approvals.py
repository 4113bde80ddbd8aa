"""Questions whether a tool may be called, and their answers: all of them events, so that they
outlive the server, and so that nothing in a document or a file can pass for an answer.

An answer holds for one call: of this tool, with exactly these arguments, in this notebook, within
its time. It comes from who the assistant acts for, or from an owner.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from dataclasses import dataclass

from anode_jlab.ai.canonical import Canonical
from anode_jlab.ai.policy import is_same
from anode_jlab.clock import Clock
from anode_jlab.errors import AnodeError, BadRequest, NotAllowed, NotPossibleNow
from anode_jlab.events.actor import SERVER, Actor
from anode_jlab.events.tools import (
    Answer,
    ToolAllowanceRevoked,
    ToolApprovalRequested,
    ToolApprovalResponded,
)
from anode_jlab.ids import ApprovalId, CallId, NotebookId
from anode_jlab.materializers.assistant import ApprovalState
from anode_jlab.rooms.roles import Role
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.rooms import Rooms

EXPIRY_SECONDS = 3600.0
"""How long a question waits: somebody may be at lunch, but nobody shall come upon it days later."""


class ApprovalNotFound(AnodeError):
    """There is no such question."""

    code = "approval_not_found"
    hint = "It was answered long ago; read the notebook's approvals for those that wait."


class NotYours(NotAllowed):
    """Only the person the assistant acts for, or an owner, may answer."""

    code = "not_yours"
    hint = "Ask the person who started this run of the assistant."


class ApprovalChanged(NotPossibleNow):
    """The question is not the one that you answered."""

    code = "changed"
    hint = "Look at its arguments as they are now, then answer again."


class ApprovalUsed(NotPossibleNow):
    """The question was answered already."""

    code = "used"
    hint = "An answer holds for one call; the assistant has to ask again."


class ApprovalExpired(NotPossibleNow):
    """The question was not answered in time."""

    code = "expired"
    hint = "Let the assistant ask again."


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A person's answer to the question with these arguments; ``edited`` are those that may run
    instead."""

    answer: Answer
    actor: Actor
    role: Role
    args_hash: str
    edited: Canonical | None = None


class Approvals:
    """Of one server. The state of the notebook's log says which questions are open; here it is only
    known who waits for them."""

    def __init__(self, rooms: Rooms, clock: Clock) -> None:
        self._rooms = rooms
        self._clock = clock
        self._bells: defaultdict[ApprovalId, list[asyncio.Event]] = defaultdict(list)
        self._lock = asyncio.Lock()
        """Answers are rare; two of them to one question must not both be taken."""

    def question(self, call_id: CallId, requester: Actor) -> ToolApprovalRequested:
        """A new one, to be logged."""
        return ToolApprovalRequested(
            approval_id=ApprovalId(secrets.token_hex(16)),
            call_id=call_id,
            requester=requester,
            expires_at=self._clock.now() + EXPIRY_SECONDS,
        )

    async def find(self, notebook: NotebookId, approval_id: ApprovalId) -> ApprovalState:
        """A question of a notebook. Raises ApprovalNotFound."""
        return _found(await self._rooms.open(notebook), approval_id)

    def is_awaited(self, approval_id: ApprovalId) -> bool:
        """Whether a call waits for the answer, in this life of the server."""
        return bool(self._bells.get(approval_id))

    async def answered(
        self, notebook: NotebookId, approval_id: ApprovalId, stop: asyncio.Event
    ) -> ApprovalState:
        """Wait for the answer; otherwise the question expires or is withdrawn (``stop``)."""
        bell = asyncio.Event()
        self._bells[approval_id].append(bell)
        try:
            ask = await self.find(notebook, approval_id)
            if ask.answer is None:
                left = max(ask.expires_at - self._clock.now(), 0.0)
                await _either(bell, stop, left)
            how = Answer.WITHDRAWN if stop.is_set() else Answer.EXPIRED
            return await self.close(notebook, approval_id, how)
        finally:
            self._bells[approval_id].remove(bell)
            if not self._bells[approval_id]:
                del self._bells[approval_id]

    async def close(
        self, notebook: NotebookId, approval_id: ApprovalId, how: Answer
    ) -> ApprovalState:
        """Answer for the server, unless somebody has; the question as it is then."""
        async with self._lock:
            room = await self._rooms.open(notebook)
            ask = _found(room, approval_id)
            if ask.answer is None:
                await room.record([_response(ask, how, Canonical(ask.args, ask.args_hash))], SERVER)
                self._ring(approval_id)
            return _found(room, approval_id)

    async def answer(self, notebook: NotebookId, approval_id: ApprovalId, reply: Reply) -> None:
        """Take a person's answer. Raises ApprovalNotFound, NotYours, ApprovalChanged, ApprovalUsed,
        ApprovalExpired."""
        async with self._lock:
            room = await self._rooms.open(notebook)
            ask = _found(room, approval_id)
            self.judge(ask, reply)
            args = reply.edited or Canonical(ask.args, ask.args_hash)
            await room.record([_response(ask, reply.answer, args)], reply.actor)
            self._ring(approval_id)

    def judge(self, ask: ApprovalState, reply: Reply) -> None:
        """Whether this answer counts. Raises as ``answer``."""
        if not (reply.role.may_share or is_same(ask.requester, reply.actor)):
            raise NotYours
        if ask.answer is Answer.EXPIRED:
            raise ApprovalExpired
        if ask.answer is not None:
            raise ApprovalUsed
        if self._clock.now() >= ask.expires_at:
            raise ApprovalExpired
        if ask.args_hash != reply.args_hash:
            raise ApprovalChanged

    def _ring(self, approval_id: ApprovalId) -> None:
        for bell in self._bells.get(approval_id, ()):
            bell.set()

    async def revoke(
        self, notebook: NotebookId, approval_id: ApprovalId, actor: Actor, role: Role
    ) -> None:
        """Take a lasting answer back. Raises ApprovalNotFound, NotYours."""
        room = await self._rooms.open(notebook)
        allowances = room.state.tools.allowances
        found = next((one for one in allowances if one.id == approval_id), None)
        if found is None:
            raise ApprovalNotFound("There is no such lasting answer.")
        if not (role.may_share or is_same(found.person, actor)):
            raise NotYours
        await room.record([ToolAllowanceRevoked(approval_id=approval_id)], actor)


class NotForAlways(BadRequest):
    """This tool is allowed for one call at a time."""

    code = "not_for_always"
    hint = 'Answer "once".'


def _found(room: Room, approval_id: ApprovalId) -> ApprovalState:
    ask = next((one for one in room.state.tools.approvals if one.id == approval_id), None)
    if ask is None:
        raise ApprovalNotFound
    return ask


async def _either(one: asyncio.Event, other: asyncio.Event, seconds: float) -> None:
    """Wait for one of two events, so long at most."""
    waits = [asyncio.ensure_future(event.wait()) for event in (one, other)]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _response(ask: ApprovalState, given: Answer, args: Canonical) -> ToolApprovalResponded:
    return ToolApprovalResponded(
        approval_id=ask.id,
        call_id=ask.call_id,
        answer=given,
        args=args.text,
        args_hash=args.hash,
        edited=args.hash != ask.args_hash,
    )
