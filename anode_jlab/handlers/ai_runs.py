"""Asks the assistant, in a conversation or in an AI cell, and stops it; events tell the rest."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from anode_jlab.ai.asking import Asker, Question
from anode_jlab.ai.failures import (
    AssistantOff,
    AssistantRunNotFound,
    ConversationNotFound,
    ModeNotAllowed,
    NotAnAiCell,
    NotInstalled,
    ProviderNotFound,
)
from anode_jlab.errors import (
    BadRequest,
    CellNotFound,
    NotAllowed,
    NotebookNotFound,
    NotPossibleNow,
)
from anode_jlab.events.assistant import Mention, Mode
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import (
    AssistantRunId,
    CellId,
    ConversationId,
    ExecutionId,
    MessageId,
    NotebookId,
)

Word = Annotated[str, msgspec.Meta(pattern="^[a-zA-Z0-9_-]{1,64}$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]

LONGEST_QUESTION = 500_000
"""Characters; longer texts belong in files."""

MOST_MENTIONS = 100


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question. The same ``run_id`` again asks nothing new."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_QUESTION)]
    provider: Name
    model: Name
    mode: Mode = Mode.ASK
    run_id: Word | None = None
    mentions: Annotated[tuple[Mention, ...], msgspec.Meta(max_length=MOST_MENTIONS)] = ()


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The question was taken; ``message_id`` is its message's, the answer's is the run's id."""

    run_id: AssistantRunId
    message_id: MessageId


class AskCell(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``after``: an execution that is waited for, when the cell is asked in its turn of a batch."""

    run_id: Word | None = None
    after: Word | None = None


class CellAsked(msgspec.Struct, frozen=True, kw_only=True):
    """The question in a cell was taken."""

    run_id: AssistantRunId
    conversation_id: ConversationId


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """The request to stop was taken; the events tell when it has."""

    stopped: Literal[True] = True


_ASKING = (
    NotebookNotFound,
    BadRequest,
    NotPossibleNow,
    AssistantOff,
    NotInstalled,
    ModeNotAllowed,
    ProviderNotFound,
)


class AskingDoor(AnodeHandler):
    """What the routes that ask share."""

    async def asker(self) -> Asker:
        """Who asks, and what they may do. Raises NotAllowed for those who may only read."""
        role = await self.role()
        if not role.may_write:
            raise NotAllowed("You may not ask the assistant in this notebook.")
        return Asker(actor=self.actor, may_write=role.may_write, may_execute=role.may_execute)


class AssistantRunsHandler(AskingDoor):
    """``anode/api/notebooks/{id}/conversations/{conversation_id}/runs``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Ask the assistant; the answer comes over the socket, and stays in the events",
            body=Ask,
            reply=Asked,
            status=202,
            errors=(*_ASKING, ConversationNotFound),
        )
    }

    @requires("write", "contents")
    async def post(self, notebook_id: str, conversation_id: str) -> None:
        ask, asker = self.body(Ask), await self.asker()
        question = Question(
            notebook=NotebookId(notebook_id),
            conversation=ConversationId(conversation_id),
            run_id=AssistantRunId(ask.run_id or self.services.ids.execution()),
            text=ask.text,
            provider=ask.provider,
            model=ask.model,
            mode=ask.mode,
            asker=asker,
            mentions=ask.mentions,
        )
        run, message_id = await self.services.assistant.ask(question)
        self.reply(Asked(run_id=run.id, message_id=message_id), status=202)


class AssistantStopHandler(AskingDoor):
    """``anode/api/notebooks/{id}/conversations/{conversation_id}/runs/{run_id}/stop``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Stop an answer; one that has ended stays as it is",
            reply=Stopped,
            status=202,
            errors=(NotebookNotFound, AssistantRunNotFound),
        )
    }

    @requires("write", "contents")
    async def post(self, notebook_id: str, conversation_id: str, run_id: str) -> None:
        await self.asker()
        await self.services.assistant.answers.stop(
            NotebookId(notebook_id),
            ConversationId(conversation_id),
            AssistantRunId(run_id),
            self.actor,
        )
        self.reply(Stopped(), status=202)


class AskCellHandler(AskingDoor):
    """``anode/api/notebooks/{id}/cells/{cell_id}/ask``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Ask what stands in an AI cell; the answer becomes its output",
            body=AskCell,
            reply=CellAsked,
            status=202,
            errors=(*_ASKING, CellNotFound, NotAnAiCell),
        )
    }

    @requires("write", "contents")
    async def post(self, notebook_id: str, cell_id: str) -> None:
        ask, asker = self.body(AskCell), await self.asker()
        room = await self.services.rooms.open(NotebookId(notebook_id))
        run = await self.services.assistant.ask_cell(
            room,
            CellId(cell_id),
            None if ask.run_id is None else AssistantRunId(ask.run_id),
            asker,
            None if ask.after is None else ExecutionId(ask.after),
        )
        self.reply(CellAsked(run_id=run.id, conversation_id=run.conversation_id), status=202)
