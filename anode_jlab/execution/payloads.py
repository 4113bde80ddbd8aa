"""What a kernel's reply asks of the notebook beside its outputs.

The protocol calls payloads deprecated, but IPython has nothing else for ``?``, ``%load`` and their
like. Source: jupyter_client, "Messaging", Payloads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from anode_jlab.documents.sane import mapping


class NextInput(NamedTuple):
    """Text for the next cell, or (``replace``) for the one that ran."""

    text: str
    replace: bool


def pages(reply: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a pager would show, as the content of display messages."""
    return [
        {"data": data, "metadata": {}}
        for payload in _payloads(reply, "page")
        if (data := mapping(payload.get("data")))
    ]


def next_input(reply: Mapping[str, Any]) -> NextInput | None:
    """The text that the code put up; the last one counts."""
    found = None
    for payload in _payloads(reply, "set_next_input"):
        text = payload.get("text")
        if isinstance(text, str):
            found = NextInput(text, bool(payload.get("replace")))
    return found


def _payloads(reply: Mapping[str, Any], source: str) -> Iterator[Mapping[str, Any]]:
    payloads = reply.get("payload")
    for payload in payloads if isinstance(payloads, list | tuple) else ():
        if isinstance(payload, Mapping) and payload.get("source") == source:
            yield payload
