"""One call of a tool on its way into the log: proposed, asked for, started, ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import msgspec

from anode_jlab.ai.canonical import Canonical
from anode_jlab.ai.tools.reach import Reach
from anode_jlab.ai.tools.spec import Call, Preview, ToolResult
from anode_jlab.errors import AnodeError, RoomClosed
from anode_jlab.events.event import Event
from anode_jlab.events.tools import (
    Answer,
    ToolApprovalRequested,
    ToolCallCompleted,
    ToolCallProposed,
    ToolCallStarted,
    ToolOutcome,
)
from anode_jlab.ids import CallId, NotebookId, Seq

logger = logging.getLogger(__name__)

LONGEST_RESULT = 200_000
"""Characters that a model is told, and the log keeps, of one call."""

NOTHING_KNOWN = Preview(base=Seq(0))
"""Of a call that was not looked at yet."""

_CUT = " [cut: ask for less at once]"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended, and what the model is told."""

    how: ToolOutcome
    result: ToolResult
    code: str = ""

    def event(self, call_id: CallId, duration_ms: float = 0.0) -> ToolCallCompleted:
        """As it is logged."""
        return ToolCallCompleted(
            call_id=call_id,
            outcome=self.how,
            result=self.result.text,
            code=self.code,
            images=len(self.result.images),
            events=self.result.events,
            duration_ms=duration_ms,
        )


class Refused(AnodeError):
    """The person did not allow this."""

    code = "denied"
    hint = "Do not try it again in this way; ask what they would like instead."


class NotAnsweredInTime(AnodeError):
    """Nobody answered whether this is allowed."""

    code = "expired"
    hint = "Say what you would have done, and let the person ask again."


class Withdrawn(AnodeError):
    """The run was stopped before anybody allowed this."""

    code = "cancelled"
    hint = "Nothing was done."


_REFUSALS: dict[Answer, tuple[ToolOutcome, type[AnodeError]]] = {
    Answer.DENIED: (ToolOutcome.DENIED, Refused),
    Answer.EXPIRED: (ToolOutcome.EXPIRED, NotAnsweredInTime),
    Answer.WITHDRAWN: (ToolOutcome.CANCELLED, Withdrawn),
}


def refusal(answer: Answer) -> Outcome:
    """The end of a call that was not allowed."""
    how, kind = _REFUSALS[answer]
    error = kind()
    return Outcome(how, failure(error), error.code)


def outcome_of(error: AnodeError) -> Outcome:
    """The end of a call that went wrong."""
    return Outcome(ToolOutcome.FAILED, failure(error), error.code)


def failure(error: AnodeError) -> ToolResult:
    """An error as a model reads it; some tell ``more``."""
    more = getattr(error, "more", {})
    told = {"error": error.code, "message": error.message, "hint": error.advice, **more}
    return ToolResult(text=msgspec.json.encode(told).decode(), is_error=True)


@dataclass(frozen=True, slots=True)
class Begun:
    """A call and its arguments, as they will be logged."""

    call: Call
    name: str
    args: Canonical
    preview: Preview = NOTHING_KNOWN

    def previewed(self, preview: Preview) -> Begun:
        """It is known what it would do."""
        return replace(self, preview=preview, call=replace(self.call, base=preview.base))

    def with_args(self, args: Canonical) -> Begun:
        """Other arguments were allowed."""
        return replace(self, args=args)

    async def ask(self, question: ToolApprovalRequested) -> None:
        """It waits for an answer."""
        await self._record(self._proposed, question)

    async def start(self) -> None:
        """It is about to be done."""
        room = await self.call.reach.rooms.open(self.call.turn.notebook)
        is_known = any(one.id == self.call.id for one in room.state.tools.calls)
        await self._record(*([] if is_known else [self._proposed]), self._started)

    async def perform(self, do: Callable[[], Awaitable[ToolResult]]) -> ToolResult:
        """Do it, and note how it ended; stopped by a person, that."""
        began = self.call.reach.clock.monotonic()
        try:
            ending = await _ended(do)
        except asyncio.CancelledError:
            if self.call.turn.cancelled.is_set():
                await asyncio.shield(self.end(refusal(Answer.WITHDRAWN), began))
            raise
        return await self.end(ending, began)

    async def done_at_once(self, do: Callable[[], Awaitable[ToolResult]]) -> ToolResult:
        """Do what changes nothing, and note all of it together."""
        began = self.call.reach.clock.monotonic()
        ending = await _ended(do)
        await self._record(
            self._proposed, self._started, ending.event(self.call.id, self._ms(began))
        )
        return ending.result

    async def refused(self, error: AnodeError) -> ToolResult:
        """It cannot be done: note both together."""
        ending = outcome_of(error)
        room = await self.call.reach.rooms.open(self.call.turn.notebook)
        begun = self.previewed(Preview(base=room.head))
        await self._record(begun._proposed, ending.event(self.call.id))
        return ending.result

    async def end(self, ending: Outcome, began: float | None = None) -> ToolResult:
        """Note how it ended."""
        ms = 0.0 if began is None else self._ms(began)
        await self._record(ending.event(self.call.id, ms))
        return ending.result

    async def _record(self, *events: Event) -> None:
        room = await self.call.reach.rooms.open(self.call.turn.notebook)
        await room.record(events, self.call.turn.assistant)

    def _ms(self, began: float) -> float:
        return round((self.call.reach.clock.monotonic() - began) * 1000, 1)

    @property
    def _proposed(self) -> ToolCallProposed:
        turn = self.call.turn
        return ToolCallProposed(
            call_id=self.call.id,
            tool=self.name,
            args=self.args.text,
            args_hash=self.args.hash,
            base_seq=self.preview.base,
            run_id=turn.run_id,
            conversation_id=turn.conversation,
            cell_id=self.preview.cell_id,
            diff=self.preview.diff,
        )

    @property
    def _started(self) -> ToolCallStarted:
        args = self.args
        return ToolCallStarted(call_id=self.call.id, args=args.text, args_hash=args.hash)


async def _ended(do: Callable[[], Awaitable[ToolResult]]) -> Outcome:
    try:
        result = await do()
    except AnodeError as error:
        return outcome_of(error)
    except Exception:  # the edge of a call: the run goes on and is told
        logger.exception("A tool failed")
        return outcome_of(AnodeError())
    if len(result.text) > LONGEST_RESULT:
        result = msgspec.structs.replace(result, text=result.text[:LONGEST_RESULT] + _CUT)
    return Outcome(ToolOutcome.DONE, result)


async def ending_of(reach: Reach, notebook: NotebookId, call_id: CallId) -> ToolResult:
    """What a call gave that was begun elsewhere or in an earlier life; waits for its end. Its
    pictures are not kept."""
    room = await reach.rooms.open(notebook)
    async for envelopes in room.log.subscribe(Seq(0)):
        for envelope in envelopes:
            event = envelope.event
            if isinstance(event, ToolCallCompleted) and event.call_id == call_id:
                is_error = event.outcome is not ToolOutcome.DONE
                return ToolResult(text=event.result, is_error=is_error, events=event.events)
    raise RoomClosed
