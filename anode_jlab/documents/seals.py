"""What the collector wrote of each output, so that the server lends its name to nothing else.

To browsers an output is the server's when it was made under the server's Yjs client id and names a
run. When an output is replaced, those behind it have to be written again; a client may have put
some of them there, with any run's id. Only what is still as the collector wrote it keeps that id.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec

from anode_jlab.documents.plain import EXECUTION_ID, OUTPUT_NUMBER, PICTURE

MOST_SEALS = 50_000
"""Outputs remembered; the oldest is forgotten first, and loses its run's id when it is copied."""

OF_A_STREAM = frozenset({"output_type", "name", "text", EXECUTION_ID, OUTPUT_NUMBER})


class Seals:
    """Digests of outputs as they are read from the document. One for each runtime session."""

    def __init__(self) -> None:
        self._digests: dict[tuple[object, object], bytes] = {}

    def put(self, plain: Mapping[str, Any]) -> None:
        """The collector has just written this output."""
        if not _is_stream(plain):
            self._digests[_key(plain)] = _digest(plain)
            if len(self._digests) > MOST_SEALS:
                del self._digests[next(iter(self._digests))]

    def copied(self, plain: Mapping[str, Any]) -> dict[str, Any]:
        """An output as it may be written again: the run's id stays when it is what the collector
        wrote, or text, which can do nothing whoever wrote it."""
        if _is_stream(plain) or self._digests.get(_key(plain)) == _digest(plain):
            return dict(plain)
        return {
            key: value for key, value in plain.items() if key not in (EXECUTION_ID, OUTPUT_NUMBER)
        }


def _is_stream(plain: Mapping[str, Any]) -> bool:
    return (
        plain.get("output_type") == "stream"
        and plain.keys() <= OF_A_STREAM
        and all(isinstance(plain.get(key), str) for key in ("name", "text"))
    )


def _key(plain: Mapping[str, Any]) -> tuple[object, object]:
    number = plain.get(OUTPUT_NUMBER)
    return str(plain.get(EXECUTION_ID)), number if isinstance(number, int | float) else None


def _digest(plain: Mapping[str, Any]) -> bytes:
    bare = {key: value for key, value in plain.items() if key != PICTURE}
    return sha256(msgspec.json.encode(bare, order="deterministic")).digest()
