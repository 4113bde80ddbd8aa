"""notebooks/{id}/approvals: what the assistant wants to do, and a person's answers."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import msgspec

from anode_jlab.ai.approvals import (
    ApprovalChanged,
    ApprovalExpired,
    ApprovalNotFound,
    ApprovalUsed,
    NotForAlways,
    NotYours,
    Reply,
)
from anode_jlab.ai.tools.toolbox import BadArguments
from anode_jlab.errors import NotebookNotFound
from anode_jlab.events.tools import Answer
from anode_jlab.events.wire import time_to_wire
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import ApprovalId, NotebookId
from anode_jlab.materializers.assistant_wire import approval_to_wire


class AnswerBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``args_hash`` is that of the question as it was seen. With ``args`` these run instead of
    those that the assistant wanted."""

    answer: Literal["once", "always", "denied"]
    args_hash: str
    args: dict[str, Any] | None = None


class AllowanceBody(msgspec.Struct, frozen=True, kw_only=True):
    """An answer ``always`` that holds: for this person, tool and conversation."""

    allowance_id: ApprovalId
    tool: str
    person: dict[str, str]
    conversation_id: str | None
    since: str


class Revoked(msgspec.Struct, frozen=True, kw_only=True):
    """It does not hold any more."""

    allowance_id: str


class ApprovalsHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/approvals``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="Questions whether a tool may be called: open ones, and the newest of others",
            reply=list[dict[str, Any]],
            errors=(NotebookNotFound,),
        )
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        room = await self.services.rooms.open(NotebookId(notebook_id))
        self.reply([approval_to_wire(ask) for ask in room.state.tools.approvals])


class ApprovalHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/approvals/{approval_id}``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Answer a question of the assistant",
            body=AnswerBody,
            reply=dict[str, Any],
            errors=(
                NotebookNotFound,
                ApprovalNotFound,
                NotYours,
                ApprovalChanged,
                ApprovalUsed,
                ApprovalExpired,
                NotForAlways,
                BadArguments,
            ),
        )
    }

    @requires("write", "contents")
    async def post(self, notebook_id: str, approval_id: str) -> None:
        body = self.body(AnswerBody)
        reply = Reply(
            answer=Answer(body.answer),
            actor=self.actor,
            role=await self.role(),
            args_hash=body.args_hash,
        )
        ask = await self.services.tools.answer(
            NotebookId(notebook_id), ApprovalId(approval_id), reply, body.args
        )
        self.reply(approval_to_wire(ask))


class AllowancesHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/allowances``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="What the assistant may do without asking again",
            reply=list[AllowanceBody],
            errors=(NotebookNotFound,),
        )
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        room = await self.services.rooms.open(NotebookId(notebook_id))
        self.reply(
            [
                AllowanceBody(
                    allowance_id=one.id,
                    tool=one.tool,
                    person=msgspec.to_builtins(one.person),
                    conversation_id=one.conversation_id,
                    since=time_to_wire(one.since),
                )
                for one in room.state.tools.allowances
            ]
        )


class AllowanceHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/allowances/{allowance_id}``"""

    operations: ClassVar[dict[str, Operation]] = {
        "delete": Operation(
            summary="Take a lasting answer back",
            reply=Revoked,
            errors=(NotebookNotFound, ApprovalNotFound, NotYours),
        )
    }

    @requires("write", "contents")
    async def delete(self, notebook_id: str, allowance_id: str) -> None:
        await self.services.tools.approvals.revoke(
            NotebookId(notebook_id), ApprovalId(allowance_id), self.actor, await self.role()
        )
        self.reply(Revoked(allowance_id=allowance_id))
