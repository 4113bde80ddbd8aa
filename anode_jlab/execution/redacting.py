"""Takes the secrets of a notebook's environment out of what its kernel says."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from anode_jlab.runtimes.kernel import KernelMessage

SHORTEST = 4
"""Characters of a secret that is looked for: shorter ones stand in every text."""


def redacted(message: KernelMessage, secrets: Mapping[str, str]) -> KernelMessage:
    """The message without the secrets (names by their values)."""
    words = {
        form: f"[redacted: {name}]"
        for value, name in secrets.items()
        if len(value) >= SHORTEST
        for form in _forms(value)
    }
    if not words:
        return message
    # A secret may hold another one: the longest goes first.
    ordered = sorted(words.items(), key=lambda pair: -len(pair[0]))
    return dataclasses.replace(message, content=_without(message.content, ordered))


def _forms(value: str) -> set[str]:
    """As it is, and as Python and JSON write it between quotation marks."""
    return {value, repr(value)[1:-1], json.dumps(value)[1:-1]}


def _without(content: Any, words: list[tuple[str, str]]) -> Any:
    if isinstance(content, str):
        for word, instead in words:
            content = content.replace(word, instead)
        return content
    if isinstance(content, Mapping):
        return {name: _without(part, words) for name, part in content.items()}
    if isinstance(content, list | tuple):
        return [_without(part, words) for part in content]
    return content
