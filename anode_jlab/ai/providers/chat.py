"""Talking to a model, in our own words: whoever does it is behind ``Chat``."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any, Protocol, TypeAlias

import msgspec


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """An image for a model that sees."""

    mime: str
    data: bytes


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that the model wants to call. ``id`` is the model's own; ``args`` is JSON text as it
    was written, which may be malformed."""

    id: str
    tool: str
    args: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody (a person, or we for them) says to the model."""

    text: str
    pictures: tuple[Picture, ...] = ()


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the model said in one step. ``native`` is the same in the words of whoever talks to it:
    it holds what only the provider understands, for the next step of the same run."""

    text: str
    calls: tuple[Call, ...] = ()
    native: Any = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a call gave."""

    call_id: str
    tool: str
    text: str
    is_error: bool = False
    pictures: tuple[Picture, ...] = ()


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """What the calls of one step gave, one for each."""

    results: tuple[Result, ...]


Turn: TypeAlias = Told | Said | Results


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that the model may call; ``schema`` is the JSON schema of its arguments."""

    name: str
    description: str
    schema: dict[str, Any]


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens of one step."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost: float | None = None


class TextDelta(msgspec.Struct, frozen=True):
    """More of the answer."""

    text: str


class ThinkingDelta(msgspec.Struct, frozen=True):
    """More of what the model thinks before it answers."""

    text: str


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """The step is over; this is all of it."""

    said: Said
    thinking: str
    spent: Spent


Piece: TypeAlias = TextDelta | ThinkingDelta | Ended


class Chat(Protocol):
    """One model of one provider."""

    def step(
        self, system: str, turns: Sequence[Turn], tools: Sequence[Offer]
    ) -> AsyncGenerator[Piece, None]:
        """Ask once: pieces as they come, ``Ended`` as the last of them.

        Raises ModelFailed. Closing the iterator ends the request at once.
        """
        ...


class Chats(Protocol):
    """Gets to models."""

    async def open(self, provider_id: str, model: str) -> Chat:
        """Raises ModelFailed, ProviderNotFound, NotInstalled."""
        ...
