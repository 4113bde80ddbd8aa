"""All tools by name, and the one walk that every call takes, whoever makes it.

Check, propose, ask where the mode says so, note that it starts, do it, note how it ended. Each step
is an event before the next one is taken.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from anode_jlab.ai.approvals import ApprovalChanged, Approvals, NotForAlways, Reply
from anode_jlab.ai.canonical import Canonical
from anode_jlab.ai.mcp.servers import McpServers
from anode_jlab.ai.policy import asks
from anode_jlab.ai.tools.changing import Stale, current
from anode_jlab.ai.tools.reach import Reach
from anode_jlab.ai.tools.record import Begun, Outcome, ending_of, failure, outcome_of, refusal
from anode_jlab.ai.tools.spec import (
    Call,
    Kind,
    Preview,
    Tool,
    ToolResult,
    ToolSpec,
    Turn,
    told_changed,
)
from anode_jlab.ai.tools.toolbox import Toolbox, permit, typed
from anode_jlab.artifacts.keeper import Keeper
from anode_jlab.clock import SystemClock
from anode_jlab.config import AnodeConfig
from anode_jlab.documents.browsing import ServerFolders
from anode_jlab.errors import AnodeError
from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.events.assistant import Mode
from anode_jlab.events.tools import Answer
from anode_jlab.execution.executions import Executions
from anode_jlab.execution.snippets import Snippets
from anode_jlab.ids import ApprovalId, CallId, NotebookId, RandomIds
from anode_jlab.materializers.assistant import ApprovalState
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.rooms import Rooms

logger = logging.getLogger(__name__)

ALLOWED = frozenset({Answer.ONCE, Answer.ALWAYS})


class Interrupted(AnodeError):
    """The server stopped while this was done; it may have been done or not."""

    code = "interrupted"
    hint = "Read the notebook as it is now, then decide anew."


class Tools:
    """What assistants and outside agents may call."""

    def __init__(self, reach: Reach, servers: McpServers) -> None:
        self.reach = reach
        self.box = Toolbox(reach, servers)
        self.approvals = Approvals(reach.rooms, reach.clock)
        self._active: set[CallId] = set()
        """Calls of this life of the server that have not ended."""
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    def of(
        cls,
        config: AnodeConfig,
        manager: object,
        rooms: Rooms,
        executions: Executions,
        snippets: Snippets,
        keeper: Keeper,
        catalogue: Catalogue,
    ) -> Tools:
        """Those of a server with this contents manager; told of each room that opens."""
        reach = Reach(
            rooms=rooms,
            executions=executions,
            snippets=snippets,
            keeper=keeper,
            catalogue=catalogue,
            folders=ServerFolders(manager),
            clock=SystemClock(),
            ids=RandomIds(),
        )
        file, store = Path(config.ai_mcp_file), Path(config.store_dir)
        tools = cls(reach, McpServers(file, store, reach.clock))
        rooms.opened.append(tools.room_opened)
        return tools

    def offered(self, mode: Mode, model_tools: bool = True) -> list[ToolSpec]:
        """As ``Toolbox.offered``."""
        return self.box.offered(mode, model_tools)

    # --- a call ----------------------------------------------------------------------------------

    async def call(self, turn: Turn, call_id: str, name: str, args: Any) -> ToolResult:
        """Do what a model asked for. What goes wrong is a result, too: it may try again.

        The same ``call_id`` again goes on with the question that is still open, or tells how the
        call ended.
        """
        begun = Begun(
            Call(id=CallId(call_id), reach=self.reach, turn=turn), name, Canonical.of(args)
        )
        is_under_way = begun.call.id in self._active
        self._active.add(begun.call.id)
        try:
            if is_under_way:
                return await ending_of(self.reach, turn.notebook, begun.call.id)
            known = await self._known(begun)
            return await self._walk(begun, args) if known is None else known
        except AnodeError as error:  # the room is gone, so that nothing could be noted
            return failure(error)
        except Exception:  # the edge of a call: the run goes on and is told
            logger.exception("Tool %s failed in notebook %s", name, turn.notebook)
            return failure(AnodeError())
        finally:
            if not is_under_way:
                self._active.discard(begun.call.id)

    async def _known(self, begun: Begun) -> ToolResult | None:
        """What becomes of a call that was proposed before; None for a new one."""
        turn = begun.call.turn
        tools = (await self.reach.rooms.open(turn.notebook)).state.tools
        ask = next((one for one in tools.approvals if one.call_id == begun.call.id), None)
        if ask is None:
            return None
        if ask.outcome is not None:
            return await ending_of(self.reach, begun.call.turn.notebook, begun.call.id)
        begun = begun.previewed(Preview(base=ask.base_seq, cell_id=ask.cell_id, diff=ask.diff))
        return await self._asked(begun, await self.box.found(turn.notebook, ask.tool), ask.id)

    async def _walk(self, begun: Begun, args: Any) -> ToolResult:
        call = begun.call
        try:
            tool = await self.box.found(call.turn.notebook, begun.name)
            arguments = typed(tool, args)
            permit(call.turn, tool.kind)
            preview = await _preview(call, tool, arguments)
        except AnodeError as error:
            logger.info("Tool %s refused %s", begun.name, error.code)
            return await begun.refused(error)
        begun = begun.previewed(preview)
        room = await self.reach.rooms.open(call.turn.notebook)
        if tool.kind is Kind.READ:
            return await begun.done_at_once(lambda: tool.call(begun.call, arguments))
        if not asks(tool, call.turn, room.state.tools.allowances):
            await begun.start()
            return await begun.perform(lambda: tool.call(begun.call, arguments))
        question = self.approvals.question(call.id, call.turn.actor)
        await begun.ask(question)
        return await self._asked(begun, tool, question.approval_id)

    async def _asked(self, begun: Begun, tool: Tool[Any], approval_id: ApprovalId) -> ToolResult:
        room = await self.reach.rooms.open(begun.call.turn.notebook)
        with room.held():
            ask = await self._answered(begun, approval_id)
        return await self._follow(begun, tool, ask)

    async def _answered(self, begun: Begun, approval_id: ApprovalId) -> ApprovalState:
        turn = begun.call.turn
        try:
            return await self.approvals.answered(turn.notebook, approval_id, turn.cancelled)
        except asyncio.CancelledError:
            if turn.cancelled.is_set():  # else the server stops, and the question stays open
                await asyncio.shield(self._withdraw(begun, approval_id))
            raise

    async def _withdraw(self, begun: Begun, approval_id: ApprovalId) -> None:
        await self.approvals.close(begun.call.turn.notebook, approval_id, Answer.WITHDRAWN)
        await begun.end(refusal(Answer.WITHDRAWN))

    async def _follow(self, begun: Begun, tool: Tool[Any], ask: ApprovalState) -> ToolResult:
        """Do what was allowed, with the arguments that were."""
        if ask.answer not in ALLOWED:
            return await begun.end(await self._reason(begun, ask))
        begun = begun.with_args(Canonical(ask.args, ask.args_hash))
        arguments = typed(tool, msgspec.json.decode(ask.args))
        await begun.start()

        async def do() -> ToolResult:
            result = await tool.call(begun.call, arguments)
            return told_changed(result, ask.args) if ask.edited else result

        return await begun.perform(do)

    async def _reason(self, begun: Begun, ask: ApprovalState) -> Outcome:
        """Why it was not allowed: perhaps because the cell is another one by now."""
        if ask.answer is Answer.WITHDRAWN and ask.cell_id is not None:
            try:
                await current(begun.call, ask.cell_id, ask.base_seq)
            except AnodeError as error:
                return outcome_of(error)
        return refusal(ask.answer or Answer.WITHDRAWN)

    # --- an answer -------------------------------------------------------------------------------

    async def answer(
        self, notebook: NotebookId, approval_id: ApprovalId, reply: Reply, edited: Any = None
    ) -> ApprovalState:
        """Take a person's answer to a question, with ``edited`` arguments if they are not None.

        When nobody waits for it any more, because the server was started anew, what was allowed is
        done all the same. Raises what ``Approvals.answer`` raises, and BadArguments.
        """
        ask = await self.approvals.find(notebook, approval_id)
        try:
            reply = await self._judged(notebook, ask, reply, edited)
            is_awaited = self.approvals.is_awaited(approval_id)
            await self.approvals.answer(notebook, approval_id, reply)
        except AnodeError as error:
            logger.warning(
                "Answer of %s to approval %s in notebook %s was refused: %s",
                reply.actor.id,
                approval_id,
                notebook,
                error.code,
            )
            raise
        ask = await self.approvals.find(notebook, approval_id)
        if not is_awaited:
            self._spawn(self._finish(notebook, ask, reply))
        return ask

    async def _judged(
        self, notebook: NotebookId, ask: ApprovalState, reply: Reply, edited: Any
    ) -> Reply:
        self.approvals.judge(ask, reply)
        tool = await self.box.found(notebook, ask.tool)
        if reply.answer not in ALLOWED:
            return reply
        if reply.answer is Answer.ALWAYS and tool.always_asks:
            raise NotForAlways
        turn = _turn_of(notebook, ask, reply)
        permit(turn, tool.kind)
        if edited is not None:
            typed(tool, edited)
            reply = replace(reply, edited=Canonical.of(edited))
        if ask.cell_id is not None:
            call = Call(id=ask.call_id, reach=self.reach, turn=turn)
            try:
                await current(call, ask.cell_id, ask.base_seq)
            except Stale as error:
                await self.approvals.close(notebook, ask.id, Answer.WITHDRAWN)
                raise ApprovalChanged(error.message) from error
        return reply

    async def _finish(self, notebook: NotebookId, ask: ApprovalState, reply: Reply) -> None:
        """Do what nobody waits for any more."""
        room = await self.reach.rooms.open(notebook)
        state = next((one for one in room.state.tools.calls if one.id == ask.call_id), None)
        if state is None or state.id in self._active:
            return
        self._active.add(state.id)
        turn = _turn_of(notebook, ask, reply)
        call = Call(id=state.id, reach=self.reach, turn=turn, base=ask.base_seq)
        begun = Begun(call, state.tool, Canonical(state.args, state.args_hash))
        try:
            with room.held():
                await self._follow(begun, await self.box.found(notebook, state.tool), ask)
        finally:
            self._active.discard(state.id)

    # --- life ------------------------------------------------------------------------------------

    def room_opened(self, room: Room) -> None:
        """Somebody opened a notebook: what an earlier life of the server left is told as ended.
        Open questions stay so until they expire."""
        if room.state.tools.calls:
            self._spawn(self._settle(room))

    async def close(self) -> None:
        """The server stops: questions stay open."""
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))
        await self.box.servers.close()

    async def _settle(self, room: Room) -> None:
        asks_ = {ask.id: ask for ask in room.state.tools.approvals}
        for state in room.state.tools.calls:
            if state.id in self._active:
                continue
            ask = None if state.approval_id is None else asks_.get(state.approval_id)
            is_open = ask is not None and ask.answer is None
            if is_open and ask is not None and ask.expires_at > self.reach.clock.now():
                continue
            if is_open and ask is not None:
                await self.approvals.close(room.notebook_id, ask.id, Answer.EXPIRED)
            ending = refusal(Answer.EXPIRED) if is_open else outcome_of(Interrupted())
            await room.record([ending.event(state.id)], state.proposed_by)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _logged(work: Any) -> None:
    try:
        await work
    except AnodeError as error:
        logger.info("A call of a tool could not be ended: %s", error.message)
    except Exception:  # a task's edge
        logger.exception("A call of a tool ended badly")


async def _preview(call: Call, tool: Tool[Any], arguments: Any) -> Preview:
    if tool.preview is None:
        return Preview(base=(await call.reach.rooms.open(call.turn.notebook)).head)
    return await tool.preview(call, arguments)


def _turn_of(notebook: NotebookId, ask: ApprovalState, reply: Reply) -> Turn:
    """The turn that a question came from, as far as it is needed to do what was allowed."""
    return Turn(
        notebook=notebook,
        actor=ask.requester,
        mode=Mode.ASK,
        run_id=ask.run_id,
        conversation=ask.conversation_id,
        may_write=reply.role.may_write,
        may_execute=reply.role.may_execute,
    )
