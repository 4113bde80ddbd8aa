"""``Chat`` by pydantic-ai: our words to its words, and its stream to our pieces."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from anode_jlab.ai.failures import ModelFailed, OutputLimit, Refused, StreamCut
from anode_jlab.ai.providers.chat import (
    Call,
    Ended,
    Offer,
    Piece,
    Result,
    Results,
    Said,
    Spent,
    TextDelta,
    ThinkingDelta,
    Told,
    Turn,
)
from anode_jlab.ai.providers.library import Library
from anode_jlab.ai.providers.reasons import failure_of
from anode_jlab.ai.providers.setting import Wire

ANSWER_TOKENS = 16_384
"""Anthropic wants to be told how long an answer may be; the library's own value is 4096."""


class PydanticChat:
    """Satisfies ``Chat``."""

    def __init__(self, library: Library, model: Any, wire: Wire) -> None:
        self._library = library
        self._model = model
        self._settings: dict[str, Any] = (
            {"max_tokens": ANSWER_TOKENS} if wire is Wire.ANTHROPIC else {}
        )

    async def step(
        self, system: str, turns: Sequence[Turn], tools: Sequence[Offer]
    ) -> AsyncGenerator[Piece, None]:
        """See ``Chat``."""
        asked = self._library.direct.model_request_stream(
            self._model,
            self._messages(system, turns),
            model_settings=self._settings or None,
            model_request_parameters=self._parameters(tools),
        )
        has_begun = False
        try:
            async with asked as stream:
                async for event in stream:
                    for piece in self._pieces(event):
                        has_begun = True
                        yield piece
                response = stream.get()
        except ModelFailed:
            raise
        except Exception as error:
            failure = failure_of(self._library, error, has_begun=has_begun)
            if failure is None:
                raise
            raise failure from error
        ended = self._ended(response)
        yield ended
        _complain(str(response.finish_reason or ""), ended.said)

    # --- what is sent ----------------------------------------------------------------------------

    def _messages(self, system: str, turns: Sequence[Turn]) -> list[Any]:
        messages = self._library.messages
        sent: list[Any] = []
        parts: list[Any] = [messages.SystemPromptPart(content=system)] if system else []
        for turn in turns:
            if isinstance(turn, Said):
                if parts:
                    sent.append(messages.ModelRequest(parts=parts))
                    parts = []
                if turn.native is not None:
                    sent.append(turn.native)
                elif turn.text or turn.calls:
                    sent.append(self._response(turn))
            elif isinstance(turn, Told):
                parts.append(messages.UserPromptPart(content=self._content(turn)))
            else:
                parts.extend(self._returns(turn))
        if parts:
            sent.append(messages.ModelRequest(parts=parts))
        return sent

    def _content(self, told: Told) -> Any:
        if not told.pictures:
            return told.text
        pictures = [
            self._library.messages.BinaryContent(data=picture.data, media_type=picture.mime)
            for picture in told.pictures
        ]
        return [told.text, *pictures]

    def _returns(self, results: Results) -> list[Any]:
        messages = self._library.messages
        parts: list[Any] = [
            messages.ToolReturnPart(
                tool_name=result.tool, content=result.text, tool_call_id=result.call_id
            )
            for result in results.results
        ]
        parts.extend(
            messages.UserPromptPart(content=self._content(_shown(result)))
            for result in results.results
            if result.pictures
        )
        return parts

    def _response(self, said: Said) -> Any:
        messages = self._library.messages
        parts: list[Any] = [messages.TextPart(content=said.text)] if said.text else []
        parts.extend(
            messages.ToolCallPart(
                tool_name=call.tool, args=_readable(call.args), tool_call_id=call.id
            )
            for call in said.calls
        )
        return messages.ModelResponse(parts=parts)

    def _parameters(self, tools: Sequence[Offer]) -> Any:
        definition = self._library.tools.ToolDefinition
        return self._library.models.ModelRequestParameters(
            function_tools=[
                definition(
                    name=offer.name,
                    description=offer.description,
                    parameters_json_schema=offer.schema,
                    strict=False,
                )
                for offer in tools
            ],
            allow_text_output=True,
        )

    # --- what comes back -------------------------------------------------------------------------

    def _pieces(self, event: Any) -> list[Piece]:
        messages = self._library.messages
        if isinstance(event, messages.PartStartEvent):
            text = getattr(event.part, "content", None)
            if isinstance(event.part, messages.TextPart) and text:
                return [TextDelta(text)]
            if isinstance(event.part, messages.ThinkingPart) and text:
                return [ThinkingDelta(text)]
        elif isinstance(event, messages.PartDeltaEvent):
            text = getattr(event.delta, "content_delta", None)
            if isinstance(event.delta, messages.TextPartDelta) and text:
                return [TextDelta(text)]
            if isinstance(event.delta, messages.ThinkingPartDelta) and text:
                return [ThinkingDelta(text)]
        return []

    def _ended(self, response: Any) -> Ended:
        messages = self._library.messages
        text = "".join(p.content for p in response.parts if isinstance(p, messages.TextPart))
        thinking = "".join(
            p.content for p in response.parts if isinstance(p, messages.ThinkingPart)
        )
        calls = tuple(
            Call(id=part.tool_call_id, tool=part.tool_name, args=part.args_as_json_str())
            for part in response.parts
            if isinstance(part, messages.ToolCallPart)
        )
        usage = response.usage
        spent = Spent(
            input_tokens=usage.input_tokens or 0,
            output_tokens=usage.output_tokens or 0,
            cached_tokens=usage.cache_read_tokens or 0,
            cost=_price(response),
        )
        said = Said(text=text, calls=calls, native=response)
        return Ended(said=said, thinking=thinking, spent=spent)


def _complain(reason: str, said: Said) -> None:
    """What a provider says of an end that is none."""
    if reason == "content_filter":
        raise Refused
    if reason == "length":
        raise OutputLimit
    if reason == "error" or (not reason and not said.calls):
        raise StreamCut


def _shown(result: Result) -> Told:
    return Told(text=f"The images that {result.tool} gave:", pictures=result.pictures)


def _readable(args: str) -> str:
    """Arguments as JSON: providers refuse a history with any other, however it came about."""
    try:
        found = json.loads(args or "{}")
    except ValueError:
        return json.dumps({"malformed": args})
    return (
        args
        if isinstance(found, dict) and args
        else json.dumps({"malformed": args} if args else {})
    )


def _price(response: Any) -> float | None:
    """US dollars, where the library knows the model's price."""
    try:
        return float(response.cost().total_price)
    except Exception:  # an unknown model or provider; the library raises several kinds
        return None
