"""Notebooks as a kind of document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from anode_jlab.documents.contents import ContentsPort, JsonObject
from anode_jlab.documents.file_change import (
    FileBase,
    FileChange,
    base_after,
    file_base,
    file_change,
)
from anode_jlab.documents.file_text import content_digest, count_changed_cells
from anode_jlab.documents.files import NotebookFile
from anode_jlab.documents.history import notebook_at
from anode_jlab.documents.ipynb import from_notebook, notebook_from_update
from anode_jlab.documents.kind import DocumentKind, Merged
from anode_jlab.documents.large_outputs import stored_in
from anode_jlab.documents.merge import merge_file_change
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.replace import replace_content
from anode_jlab.documents.text_edits import text_distance
from anode_jlab.eventlog.base import EventLog
from anode_jlab.events.artifacts import ArtifactStored
from anode_jlab.events.document import Kind
from anode_jlab.ids import CellId, Ids, Seq
from anode_jlab.materializers.state import NotebookState


class NotebookKind(DocumentKind[NotebookDocument, JsonObject, FileBase, FileChange]):
    """``DocumentKind`` of notebooks of nbformat 4; their parts are cells."""

    name = Kind.NOTEBOOK
    base_type = FileBase
    shows_torn = True

    def new(self, *, ids: Ids, mending: bool = False) -> NotebookDocument:
        return NotebookDocument(ids=ids, mending=mending)

    def begin(self, content: JsonObject, *, ids: Ids) -> bytes:
        return from_notebook(content, ids=ids)

    def parts(self, document: NotebookDocument) -> tuple[CellId, ...]:
        return tuple(document.cell_ids)

    def is_empty(self, document: NotebookDocument) -> bool:
        return not document.cell_ids

    def lost(self, parts: Sequence[CellId], state: NotebookState) -> int:
        there = frozenset(parts)
        return sum(cell.id not in there for cell in state.cells)

    def replace(self, document: NotebookDocument, content: JsonObject, origin: str) -> None:
        replace_content(document, content, origin)

    def file(self, path: str, contents: ContentsPort) -> NotebookFile:
        return NotebookFile(path, contents)

    def content(self, document: NotebookDocument) -> JsonObject:
        return document.to_notebook(with_ids=True)

    def to_file(self, update: bytes) -> JsonObject:
        return notebook_from_update(update)

    async def at(self, log: EventLog, seq: Seq) -> JsonObject:
        return await notebook_at(log, seq, with_ids=True)

    def artifacts(self, content: JsonObject) -> Iterable[ArtifactStored]:
        return stored_in(content)

    def digest(self, content: JsonObject) -> str:
        return content_digest(content)

    def has_text(self, content: JsonObject) -> bool:
        return any(cell["source"].strip() for cell in content["cells"])

    def count_changes(self, before: JsonObject, after: JsonObject) -> int:
        return count_changed_cells(before, after)

    def distance(self, base: FileBase, content: JsonObject) -> int:
        sources: dict[object, str] = {
            cell.id: "".join(cell.fields["source"]) for cell in base.cells
        }
        others = _sources(content)
        return sum(
            text_distance(sources.get(key, ""), others.get(key, ""))
            for key in sources.keys() | others.keys()
        )

    def resembles(self, document: NotebookDocument, content: JsonObject) -> bool:
        ours = frozenset(document.cell_ids)
        return any(cell.get("id") in ours for cell in content["cells"])

    def may_be_torn(self, ours: JsonObject, content: JsonObject) -> bool:
        return False

    def base(self, content: JsonObject) -> FileBase:
        return file_base(content, [CellId(cell["id"]) for cell in content["cells"]])

    def base_held(self, held: JsonObject, parts: Sequence[CellId]) -> FileBase | None:
        return file_base(held, parts) if len(held["cells"]) == len(parts) else None

    def base_after(self, change: FileChange) -> FileBase:
        return base_after(change)

    def change(self, base: FileBase, content: JsonObject, *, path: str, ids: Ids) -> FileChange:
        return file_change(base, content, ids=ids)

    def is_no_change(self, change: FileChange) -> bool:
        return change.is_empty

    def merge(self, document: NotebookDocument, change: FileChange, origin: str) -> Merged:
        result = merge_file_change(document, change, origin)
        return Merged(parts=result.cells, changed=result.cells_changed, versions=result.versions)


NOTEBOOKS: Final = NotebookKind()


def _sources(content: JsonObject) -> dict[object, str]:
    """The texts of the cells, by their ids; of those without one by their places."""
    return {
        cell.get("id", place): "".join(cell["source"])
        for place, cell in enumerate(content["cells"])
    }
