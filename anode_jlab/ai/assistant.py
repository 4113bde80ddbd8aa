"""The assistant of one server: its providers, its conversations, and the answers on their way."""

from __future__ import annotations

import os
from pathlib import Path

from anode_jlab.ai import conversations
from anode_jlab.ai.answering import Parts
from anode_jlab.ai.answers import Answers
from anode_jlab.ai.asking import Asker, Question
from anode_jlab.ai.completing import Completions
from anode_jlab.ai.failures import AssistantOff, NotAnAiCell, NotInstalled
from anode_jlab.ai.limits import AnswerLimits
from anode_jlab.ai.presence import Presences
from anode_jlab.ai.providers.chats import PydanticChats
from anode_jlab.ai.providers.keys import Keys
from anode_jlab.ai.providers.registry import Providers
from anode_jlab.ai.providers.setting import configured, presets
from anode_jlab.ai.tools.registry import Tools
from anode_jlab.config import AnodeConfig
from anode_jlab.documents.answer import AiCell, ai_cell
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import BadRequest, CellNotFound
from anode_jlab.eventlog.shelf import FolderShelf
from anode_jlab.events.assistant import Mode
from anode_jlab.ids import (
    AssistantRunId,
    CellId,
    ConversationId,
    ExecutionId,
    MessageId,
    NotebookId,
)
from anode_jlab.materializers.assistant import AssistantRunState
from anode_jlab.rooms.room import Room


class Assistant:
    """Built once; nothing is loaded and nothing sent before somebody asks."""

    def __init__(self, config: AnodeConfig, tools: Tools) -> None:
        reach = tools.reach
        self.tools = tools
        store_dir = Path(config.store_dir)
        self.is_enabled: bool = config.ai_enabled
        self.limits = AnswerLimits.of(config)
        self.providers = Providers(
            presets=presets(os.environ),
            configured=configured(config.ai_providers),
            allowed=config.ai_allowed_base_urls,
            keys=Keys(store_dir),
            folder=store_dir,
            clock=reach.clock,
        )
        chats = PydanticChats(self.providers)
        self.completions = Completions(self.providers, chats, self.limits)
        self._ids = reach.ids
        self.answers = Answers(
            Parts(
                rooms=reach.rooms,
                executions=reach.executions,
                tools=tools,
                providers=self.providers,
                chats=chats,
                drafts=FolderShelf(store_dir, "drafts"),
                limits=self.limits,
                presences=Presences(reach.rooms, reach.clock),
                clock=reach.clock,
            )
        )
        reach.rooms.opened.append(self.answers.room_opened)

    def check(self, mode: Mode = Mode.ASK) -> None:
        """Raises AssistantOff, NotInstalled, ModeNotAllowed when nothing can be asked."""
        if not self.is_enabled:
            raise AssistantOff
        if not self.providers.is_installed:
            raise NotInstalled
        self.limits.check_mode(mode)

    async def ask(self, question: Question) -> tuple[AssistantRunState, MessageId]:
        """See ``Answers.ask``; the id is that of the question's message. Raises also what ``check``
        raises, and ProviderNotFound."""
        self.check(question.mode)
        await self.providers.get(question.provider)
        run = await self.answers.ask(question, MessageId(self._ids.execution()))
        return run, run.question_id

    async def ask_cell(
        self,
        room: Room,
        cell_id: CellId,
        run_id: AssistantRunId | None,
        asker: Asker,
        after: ExecutionId | None = None,
    ) -> AssistantRunState:
        """Ask what stands in an AI cell, whom it names. Raises CellNotFound, NotAnAiCell,
        BadRequest, and what ``ask`` raises."""
        cell = await room.shown(lambda document: _cell(document, cell_id))
        provider, model, mode = self._chosen(room, cell)
        self.check(mode)
        known = conversations.of_cell(room, cell_id)
        if known is None:
            known = await conversations.begin(
                room,
                ConversationId(self._ids.execution()),
                title=conversations.short(cell.question, conversations.TITLE_OF_QUESTION),
                cell_id=cell_id,
                by=asker.actor,
            )
        question = Question(
            notebook=NotebookId(room.notebook_id),
            conversation=known.id,
            run_id=run_id or AssistantRunId(self._ids.execution()),
            text=cell.question,
            provider=provider,
            model=model,
            mode=mode,
            asker=asker,
            cell_id=cell_id,
            after=after,
        )
        return (await self.ask(question))[0]

    def _chosen(self, room: Room, cell: AiCell) -> tuple[str, str, Mode]:
        """Whom a cell asks: whom it names, or whom this notebook asked last."""
        if not cell.question.strip():
            raise BadRequest("There is no question in the cell.", hint="Write one, then ask.")
        state = room.state.assistant
        last = next(iter(reversed((*state.ended, *state.active))), None)
        provider, model = cell.provider, cell.model
        if (not provider or not model) and last is not None:
            provider, model = last.provider, last.model
        if not provider or not model:
            raise BadRequest("The cell names no model.", hint="Choose one in the cell.")
        try:
            return provider, model, Mode(cell.mode) if cell.mode else Mode.ASK
        except ValueError as error:
            raise BadRequest(f"The cell names no mode that there is: {cell.mode}.") from error


def _cell(document: NotebookDocument, cell_id: CellId) -> AiCell:
    if document.cell(cell_id) is None:
        raise CellNotFound(f"There is no cell {cell_id}.")
    found = ai_cell(document, cell_id)
    if found is None:
        raise NotAnAiCell
    return found
