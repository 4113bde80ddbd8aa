"""All kinds of documents that are edited together, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from anode_jlab.documents.kind import AnyKind
from anode_jlab.documents.notebook_kind import NOTEBOOKS
from anode_jlab.documents.text_kind import LIMIT_BYTES, TextKind
from anode_jlab.events.document import Kind

Kinds = Mapping[Kind, AnyKind]


def kinds(*, text_limit: int = LIMIT_BYTES) -> Kinds:
    """The kinds, with text files of up to ``text_limit`` bytes."""
    return {Kind.NOTEBOOK: NOTEBOOKS, Kind.TEXT: TextKind(text_limit)}


KINDS: Final = kinds()
