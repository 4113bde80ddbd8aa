"""A notebook's file with conflict markers: both sides brought together, as far as that can be."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from anode_jlab.documents.conflict_markers import Sides, sides_of
from anode_jlab.documents.contents import JsonObject
from anode_jlab.documents.file_change import (
    FileBase,
    FileChange,
    base_after,
    file_base,
    file_change,
)
from anode_jlab.documents.file_text import joined_notebook, parse_notebook
from anode_jlab.documents.ipynb import from_notebook
from anode_jlab.documents.merge import merge_file_change
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.version_cell import FROM, OURS
from anode_jlab.errors import NotANotebook, SideNotANotebook
from anode_jlab.ids import CellId, RandomIds

ORIGIN = "merge"
"""Of the transaction in which the sides meet, in a document that lives for that only."""


class ReadNotebook(NamedTuple):
    """What a file's text says; ``sides`` is None when it had no conflict markers."""

    nb: JsonObject
    sides: Sides | None


def read_notebook(text: str) -> ReadNotebook:
    """The notebook in a file's text, with joined lines. Raises NotANotebook.

    Where there are conflict markers, theirs is merged into ours cell by cell. What both sides
    changed at one place is there twice: the cell has our text, a version cell behind it theirs.
    The same text gives the same notebook each time, ids included.
    """
    try:
        return ReadNotebook(joined_notebook(parse_notebook(text)), None)
    except NotANotebook:
        sides = sides_of(text)
        if sides is None:
            raise
    return ReadNotebook(_together(sides), sides)


@dataclass(slots=True)
class _DerivedIds(RandomIds):
    """Cell ids that follow from a text."""

    seed: str
    given: int = 0

    def cell(self) -> CellId:
        self.given += 1
        return CellId(hashlib.sha256(f"{self.given} {self.seed}".encode()).hexdigest()[:8])


def _together(sides: Sides) -> JsonObject:
    ours = _side(sides.ours, sides.our_name or "ours")
    theirs = _side(sides.theirs, sides.their_name or "theirs")
    ids = _DerivedIds(hashlib.sha256(f"{sides.ours}\0{sides.theirs}".encode()).hexdigest())
    document = NotebookDocument(ids=ids)
    try:
        document.load(from_notebook(ours, ids=ids))
        held = file_base(document.to_notebook(with_ids=True), document.cell_ids)
        base = _base(sides, held, ids)
        if base is None:
            change = _without_base(held, file_change(held, theirs, ids=ids))
        else:
            change = file_change(base, theirs, ids=ids)
        versions = merge_file_change(document, change, ORIGIN).versions
        nb = document.to_notebook(with_ids=True)
    finally:
        document.close()
    for cell in nb["cells"]:
        if cell["id"] in versions and sides.their_name:
            cell["metadata"][OURS][FROM] = sides.their_name
    return nb


def _side(text: str, name: str) -> JsonObject:
    try:
        return joined_notebook(parse_notebook(text))
    except NotANotebook as error:
        told = f"The file has conflict markers, and its version of {name} is no notebook."
        raise SideNotANotebook(f"{told} {error.message}") from error


def _base(sides: Sides, held: FileBase, ids: _DerivedIds) -> FileBase | None:
    """What both sides began with, under the ids that our side has in the document."""
    if sides.base is None:
        return None
    try:
        ancestor = joined_notebook(parse_notebook(sides.base))
    except NotANotebook:
        return None
    return base_after(file_change(held, ancestor, ids=ids))


def _without_base(ours: FileBase, theirs: FileChange) -> FileChange:
    """Nobody knows who changed what: what both sides have alike is what they began with, and
    nothing that one side has goes."""
    return theirs._replace(
        cells=tuple(
            cell._replace(base=None if cell.is_changed else cell.base, moved=False)
            for cell in theirs.cells
        ),
        removed=(),
        base_meta=_common(ours.meta, theirs.meta),
    )


def _common(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What two mappings have alike."""
    found: dict[str, Any] = {}
    for key in one:
        mine, theirs = one[key], other.get(key)
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            found[key] = _common(mine, theirs)
        elif key in other and mine == theirs:
            found[key] = mine
    return found
