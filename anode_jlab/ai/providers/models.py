"""What is known of a provider's models, from what it tells and else from their names.

Providers tell different things: OpenAI names only, OpenRouter and Mistral what each model can do,
Anthropic and vLLM how much it takes. What nobody tells is guessed kindly: a model that cannot do
something says so when it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from anode_jlab.documents.sane import mapping

DEFAULT_WINDOW = 32_000
"""Tokens that a model is taken to read when nobody says: few of today's read less."""

_WINDOW_FIELDS = (
    "context_length",
    "max_context_length",
    "max_model_len",
    "max_input_tokens",
    "context_window",
)

_WINDOWS = (
    (re.compile(r"claude|gemini"), 200_000),
    (re.compile(r"gpt-(5|4\.1)|^o[134]"), 200_000),
    (re.compile(r"gpt-4o|gpt-4-turbo|llama-?3|qwen|mistral|deepseek"), 128_000),
    (re.compile(r"gpt-3\.5"), 16_000),
    (re.compile(r"smollm|tinyllama"), 2_000),
)

_NO_CHAT = re.compile(
    r"embed|whisper|tts|dall-e|moderation|transcribe|image|sora|realtime|rerank|audio"
    r"|^(davinci|babbage|text-)|-instruct-0914|search-preview|computer-use|deep-research"
)
"""Models that do not converse."""

_SEES = re.compile(
    r"gpt-(4o|4\.1|5)|^o[134](?!-mini)|claude|gemini|vision|llava|-vl|vl:|pixtral|gemma-?3|llama-?4"
)
_THINKS = re.compile(
    r"^o[134]|gpt-5|claude-(opus|sonnet|haiku|fable|mythos)-[4-9]|claude-3-7|thinking|reason"
    r"|deepseek-r|qwq|qwen3|magistral|gpt-oss"
)
_NO_TOOLS = re.compile(r"smollm|tinyllama|gemma-?[12]|phi-?[12]|^o1-(mini|preview)")


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A model that can be asked. ``window``: how many tokens it takes, question and answer.

    ``available`` is false for one that is set up or was used but is not there now; ``reason`` says
    why.
    """

    id: str
    title: str
    tools: bool = True
    vision: bool = False
    thinking: bool = False
    window: int = DEFAULT_WINDOW
    available: bool = True
    reason: str = ""


def model_named(name: str, window: int = 0) -> ModelInfo:
    """What is guessed of a model by its name alone."""
    low = name.lower().rpartition("/")[2]
    guessed = next((size for pattern, size in _WINDOWS if pattern.search(low)), DEFAULT_WINDOW)
    return ModelInfo(
        id=name,
        title=name,
        tools=not _NO_TOOLS.search(low),
        vision=bool(_SEES.search(low)),
        thinking=bool(_THINKS.search(low)),
        window=window or guessed,
    )


def models_in(answer: Any, window: int = 0) -> tuple[ModelInfo, ...]:
    """The models of a provider's list that converse, in its order. ``window``: what the provider
    is set up with."""
    if isinstance(answer, Mapping):
        answer = answer.get("data", answer.get("models"))
    if not isinstance(answer, Sequence) or isinstance(answer, str | bytes):
        return ()
    found: dict[str, ModelInfo] = {}
    for entry in answer:
        told = mapping(entry)
        name = told.get("id") or told.get("name")
        if isinstance(name, str) and name and _converses(name, told):
            found.setdefault(name, _model(name, told, window))
    return tuple(found.values())


def _converses(name: str, told: Mapping[str, Any]) -> bool:
    can = mapping(told.get("capabilities"))
    if isinstance(can.get("completion_chat"), bool):
        return bool(can["completion_chat"])
    return not _NO_CHAT.search(name.lower())


def _model(name: str, told: Mapping[str, Any], window: int) -> ModelInfo:
    guess = model_named(name, window)
    can = mapping(told.get("capabilities"))
    takes = told.get("supported_parameters")
    inputs = mapping(told.get("architecture")).get("input_modalities")
    title = told.get("display_name") or told.get("name")
    return ModelInfo(
        id=name,
        title=title if isinstance(title, str) and title else name,
        tools=_first(can.get("function_calling"), _has(takes, "tools"), guess.tools),
        vision=_first(
            _supported(can, "vision"),
            _supported(can, "image_input"),
            _has(inputs, "image"),
            guess.vision,
        ),
        thinking=_first(
            _supported(can, "thinking"),
            _supported(can, "reasoning"),
            _has(takes, "reasoning"),
            guess.thinking,
        ),
        window=window or _window(told) or guess.window,
    )


def _window(told: Mapping[str, Any]) -> int:
    for field in _WINDOW_FIELDS:
        size = told.get(field)
        if isinstance(size, int) and not isinstance(size, bool) and size > 0:
            return size
    return 0


def _supported(can: Mapping[str, Any], name: str) -> bool | None:
    told = can.get(name)
    if isinstance(told, Mapping):
        told = told.get("supported")
    return told if isinstance(told, bool) else None


def _has(words: Any, word: str) -> bool | None:
    return word in words if isinstance(words, list | tuple) else None


def _first(*told: bool | None) -> bool:
    return next((one for one in told if one is not None), False)
