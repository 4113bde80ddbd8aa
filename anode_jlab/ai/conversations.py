"""The conversations of notebooks: begun, renamed, put away, and read."""

from __future__ import annotations

from anode_jlab.ai.failures import ConversationNotFound
from anode_jlab.ai.messages import Message, messages_of
from anode_jlab.ai.transcript import transcript_of
from anode_jlab.errors import CellNotFound
from anode_jlab.events.actor import Actor
from anode_jlab.events.assistant import (
    ConversationArchived,
    ConversationRenamed,
    ConversationStarted,
)
from anode_jlab.ids import CellId, ConversationId
from anode_jlab.materializers.assistant import ConversationState
from anode_jlab.rooms.room import Room

LONGEST_TITLE = 200
"""Characters; a longer one is cut."""

TITLE_OF_QUESTION = 60
"""Characters of a question that a conversation without a title is called by."""


def find(room: Room, conversation_id: ConversationId) -> ConversationState:
    """Raises ConversationNotFound."""
    for known in room.state.assistant.conversations:
        if known.id == conversation_id:
            return known
    raise ConversationNotFound


def of_cell(room: Room, cell_id: CellId) -> ConversationState | None:
    """The newest conversation of an AI cell."""
    known = reversed(room.state.assistant.conversations)
    return next((one for one in known if one.cell_id == cell_id), None)


async def begin(
    room: Room,
    conversation_id: ConversationId,
    *,
    title: str,
    cell_id: CellId | None,
    by: Actor,
) -> ConversationState:
    """Begin one. Raises CellNotFound."""
    if cell_id is not None and not any(cell.id == cell_id for cell in room.state.cells):
        raise CellNotFound(f"There is no cell {cell_id}.")
    started = ConversationStarted(
        conversation_id=conversation_id, title=short(title, LONGEST_TITLE), cell_id=cell_id
    )
    await room.record([started], by)
    return find(room, conversation_id)


async def rename(room: Room, conversation_id: ConversationId, title: str, by: Actor) -> None:
    """Give it another title. Raises ConversationNotFound."""
    if find(room, conversation_id).title != title:
        renamed = ConversationRenamed(
            conversation_id=conversation_id, title=short(title, LONGEST_TITLE)
        )
        await room.record([renamed], by)


async def archive(room: Room, conversation_id: ConversationId, by: Actor, *, away: bool) -> None:
    """Put it away, or bring it back. Raises ConversationNotFound."""
    if find(room, conversation_id).archived != away:
        archived = ConversationArchived(conversation_id=conversation_id, archived=away)
        await room.record([archived], by)


async def messages(room: Room, conversation_id: ConversationId) -> tuple[Message, ...]:
    """All that was said in it. Raises ConversationNotFound."""
    find(room, conversation_id)
    transcript = await transcript_of(room.log, [conversation_id])
    return messages_of(transcript.of(conversation_id))


def short(text: str, most: int) -> str:
    """One line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
