"""notebooks/{id}/conversations: the notebook's conversations with the assistant."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from anode_jlab.ai import conversations
from anode_jlab.ai.failures import ConversationNotFound
from anode_jlab.ai.messages import Message
from anode_jlab.errors import CellNotFound, NotAllowed, NotebookNotFound
from anode_jlab.events.wire import time_to_wire
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import CellId, ConversationId, NotebookId
from anode_jlab.materializers.assistant import ConversationState, Usage
from anode_jlab.materializers.wire import people_of
from anode_jlab.rooms.room import Room

Title = Annotated[str, msgspec.Meta(max_length=1000)]


class NewConversation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``cell_id``: the AI cell that it belongs to."""

    title: Title = ""
    cell_id: str | None = None


class ConversationChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall be another; what is left out stays."""

    title: Title | None = None
    archived: bool | None = None


class ConversationBody(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation; times are ISO 8601 in UTC. ``active`` is the answer on its way, if any."""

    conversation_id: ConversationId
    title: str
    cell_id: CellId | None
    created_by: dict[str, Any]
    created_at: str
    last_at: str
    archived: bool
    runs: int
    usage: Usage
    active: str | None = None


class ConversationWhole(ConversationBody, frozen=True, kw_only=True):
    """A conversation with all that was said in it."""

    messages: tuple[Message, ...] = ()


class ConversationsDoor(AnodeHandler):
    """What the routes of conversations share."""

    async def writing(self, notebook_id: str) -> Room:
        """The notebook's room, for those who may write in it."""
        if not (await self.role()).may_write:
            raise NotAllowed("You may not change this notebook, nor its conversations.")
        return await self.services.rooms.open(NotebookId(notebook_id))


class ConversationsHandler(ConversationsDoor):
    """``anode/api/notebooks/{id}/conversations``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="The notebook's conversations, in the order in which they began",
            reply=tuple[ConversationBody, ...],
            errors=(NotebookNotFound,),
        ),
        "post": Operation(
            summary="Begin a conversation",
            body=NewConversation,
            reply=ConversationBody,
            status=201,
            errors=(NotebookNotFound, CellNotFound),
        ),
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        room = await self.services.rooms.open(NotebookId(notebook_id))
        known = room.state.assistant.conversations
        self.reply([ConversationBody(**_fields(room, one)) for one in known])

    @requires("write", "contents")
    async def post(self, notebook_id: str) -> None:
        new = self.body(NewConversation)
        room = await self.writing(notebook_id)
        begun = await conversations.begin(
            room,
            ConversationId(self.services.ids.execution()),
            title=new.title,
            cell_id=None if new.cell_id is None else CellId(new.cell_id),
            by=self.actor,
        )
        self.reply(ConversationBody(**_fields(room, begun)), status=201)


class ConversationHandler(ConversationsDoor):
    """``anode/api/notebooks/{id}/conversations/{conversation_id}``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="A conversation with all that was said in it",
            reply=ConversationWhole,
            errors=(NotebookNotFound, ConversationNotFound),
        ),
        "patch": Operation(
            summary="Rename a conversation, put it away or bring it back",
            body=ConversationChange,
            reply=ConversationBody,
            errors=(NotebookNotFound, ConversationNotFound),
        ),
        "delete": Operation(
            summary="Put a conversation away; what was said stays in the history",
            reply=ConversationBody,
            errors=(NotebookNotFound, ConversationNotFound),
        ),
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str, conversation_id: str) -> None:
        room = await self.services.rooms.open(NotebookId(notebook_id))
        known = conversations.find(room, ConversationId(conversation_id))
        said = await conversations.messages(room, known.id)
        self.reply(ConversationWhole(**_fields(room, known), messages=said))

    @requires("write", "contents")
    async def patch(self, notebook_id: str, conversation_id: str) -> None:
        change = self.body(ConversationChange)
        room = await self.writing(notebook_id)
        if change.title is not None:
            await conversations.rename(
                room, ConversationId(conversation_id), change.title, self.actor
            )
        if change.archived is not None:
            await self._archive(room, conversation_id, away=change.archived)
        self._answer(room, conversation_id)

    @requires("write", "contents")
    async def delete(self, notebook_id: str, conversation_id: str) -> None:
        room = await self.writing(notebook_id)
        await self._archive(room, conversation_id, away=True)
        self._answer(room, conversation_id)

    async def _archive(self, room: Room, conversation_id: str, *, away: bool) -> None:
        await conversations.archive(room, ConversationId(conversation_id), self.actor, away=away)

    def _answer(self, room: Room, conversation_id: str) -> None:
        known = conversations.find(room, ConversationId(conversation_id))
        self.reply(ConversationBody(**_fields(room, known)))


def _fields(room: Room, known: ConversationState) -> dict[str, Any]:
    active = [run.id for run in room.state.assistant.active if run.conversation_id == known.id]
    return {
        "conversation_id": known.id,
        "title": known.title,
        "cell_id": known.cell_id,
        "created_by": people_of(room.state)[known.created_by],
        "created_at": time_to_wire(known.created_at),
        "last_at": time_to_wire(known.last_at),
        "archived": known.archived,
        "runs": known.runs,
        "usage": known.usage,
        "active": active[-1] if active else None,
    }
