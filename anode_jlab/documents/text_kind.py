"""Text files (.py, .md, .csv ...) as a kind of document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final, NamedTuple

import msgspec
from pycrdt import Doc, Text

from anode_jlab.documents.contents import ContentsPort
from anode_jlab.documents.history import text_at
from anode_jlab.documents.kind import DocumentKind, Merged
from anode_jlab.documents.merge_text import merge_marked
from anode_jlab.documents.text_document import TextDocument
from anode_jlab.documents.text_edits import apply_edits, text_distance, text_edits
from anode_jlab.documents.text_file import TextFile, text_digest
from anode_jlab.documents.text_lines import plain
from anode_jlab.eventlog.base import EventLog
from anode_jlab.events.document import Kind
from anode_jlab.ids import CellId, Ids, Seq
from anode_jlab.materializers.state import NotebookState

SOURCE: Final = CellId("source")
"""The one part of such a document: its text."""

PROSE: Final = frozenset({".md", ".markdown", ".txt", ".rst", ".tex", ".adoc", ".org"})
"""Endings of files in which two people may change one line, word by word."""

LIMIT_BYTES: Final = 10 << 20


class TextBase(msgspec.Struct, frozen=True, kw_only=True):
    """The text that the file held when it was last read or written here."""

    text: str


class TextChange(NamedTuple):
    """From ``base`` to ``theirs``; ``prose`` may be merged within a line."""

    base: str
    theirs: str
    prose: bool


class TextKind(DocumentKind[TextDocument, str, TextBase, TextChange]):
    """``DocumentKind`` of UTF-8 text files up to ``limit`` bytes."""

    name = Kind.TEXT
    base_type = TextBase
    shows_torn = False

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self._limit = limit

    def new(self, *, ids: Ids, mending: bool = False) -> TextDocument:
        return TextDocument(ids=ids)

    def begin(self, content: str, *, ids: Ids) -> bytes:
        doc: Doc[Text] = Doc(client_id=ids.yjs_client())
        doc["source"] = Text(content)
        return doc.get_update()

    def parts(self, document: TextDocument) -> tuple[CellId, ...]:
        return (SOURCE,)

    def is_empty(self, document: TextDocument) -> bool:
        return not document.text

    def lost(self, parts: Sequence[CellId], state: NotebookState) -> int:
        return 0

    def replace(self, document: TextDocument, content: str, origin: str) -> None:
        with document.edit(origin):
            ours = document.text
            apply_edits(document.source, ours, text_edits(ours, content))

    def file(self, path: str, contents: ContentsPort) -> TextFile:
        return TextFile(path, contents, self._limit)

    def content(self, document: TextDocument) -> str:
        return document.text

    def to_file(self, update: bytes) -> str:
        doc: Doc[Text] = Doc()
        doc.apply_update(update)
        return plain(str(doc.get("source", type=Text)))

    async def at(self, log: EventLog, seq: Seq) -> str:
        return await text_at(log, seq)

    def digest(self, content: str) -> str:
        return text_digest(content)

    def has_text(self, content: str) -> bool:
        return bool(content.strip())

    def count_changes(self, before: str, after: str) -> int:
        return int(before != after)

    def distance(self, base: TextBase, content: str) -> int:
        return text_distance(base.text, content)

    def resembles(self, document: TextDocument, content: str) -> bool:
        """Half of what either of them says is in the other, line by line."""
        ours, theirs = _lines(document.text), _lines(content)
        return 2 * len(ours & theirs) >= max(1, min(len(ours), len(theirs)))

    def may_be_torn(self, ours: str, content: str) -> bool:
        return ours != content and ours.startswith(content)

    def base(self, content: str) -> TextBase:
        return TextBase(text=content)

    def base_held(self, held: str, parts: Sequence[CellId]) -> TextBase | None:
        return TextBase(text=held)

    def base_after(self, change: TextChange) -> TextBase:
        return TextBase(text=change.theirs)

    def change(self, base: TextBase, content: str, *, path: str, ids: Ids) -> TextChange:
        prose = PurePosixPath(path).suffix.lower() in PROSE
        return TextChange(base=base.text, theirs=content, prose=prose)

    def is_no_change(self, change: TextChange) -> bool:
        return change.base == change.theirs

    def merge(self, document: TextDocument, change: TextChange, origin: str) -> Merged:
        """Where both sides changed one place, both versions stand there between marks."""
        with document.edit(origin):
            ours = document.text
            merged = merge_marked(change.base, ours, change.theirs, prose=change.prose)
            if merged.text == ours:
                return Merged()
            apply_edits(document.source, ours, text_edits(ours, merged.text))
        return Merged(parts=(SOURCE,), changed=1, versions=(SOURCE,) if merged.clash else ())


def _lines(text: str) -> frozenset[str]:
    return frozenset(line for line in text.split("\n") if line.strip())
