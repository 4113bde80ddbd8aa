"""The document is the one that jupyter_ydoc's YNotebook (and so @jupyter/ydoc) reads and writes."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jupyter_ydoc import YNotebook
from pycrdt import Array, Doc, Map, Text

from anode_jlab.documents import ipynb
from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.testing.ids import SeededIds
from tests.documents.generated import Json, cells, notebooks


def copy_of(update: bytes) -> YNotebook:
    doc: Doc[Any] = Doc()
    notebook = YNotebook(doc)
    doc.apply_update(update)
    return notebook


def without_empty_attachments(nb: Json) -> Json:
    """YNotebook drops empty attachments of text cells; we keep what the file has."""
    for cell in nb["cells"]:
        if not cell.get("attachments", True):
            del cell["attachments"]
    return nb


def untrusted(nb: Json) -> Json:
    """YNotebook marks the cell that it puts into an empty notebook; we keep no such mark."""
    for cell in nb["cells"]:
        cell["metadata"].pop("trusted", None)
    return nb


@given(notebooks())
def test_ynotebook_reads_what_we_wrote(nb: Json) -> None:
    assert copy_of(ipynb.from_notebook(nb, ids=SeededIds())).get() == without_empty_attachments(nb)


@given(notebooks(st.just(5)))
def test_we_read_what_ynotebook_wrote(nb: Json) -> None:
    theirs = YNotebook()
    theirs.set(copy.deepcopy(nb))
    document = NotebookDocument(ids=SeededIds())
    document.apply(theirs.ydoc.get_update(), origin="peer", author=None)
    assert document.to_notebook() == untrusted(theirs.get())


@settings(max_examples=50)
@given(notebooks(st.just(5)), notebooks(st.just(5)))
def test_ynotebook_edits_our_document(first: Json, second: Json) -> None:
    document = NotebookDocument(ids=SeededIds())
    document.load(ipynb.from_notebook(first, ids=SeededIds()))
    theirs = copy_of(document.encode())
    before = theirs.ydoc.get_state()
    theirs.set(copy.deepcopy(second))
    changes = document.apply(theirs.ydoc.get_update(before), origin="peer", author=None)
    assert document.to_notebook() == untrusted(theirs.get())
    again = NotebookDocument(ids=SeededIds())
    again.load(ipynb.from_notebook(first, ids=SeededIds()))
    for change in changes:
        again.load(change.update or b"\x00\x00")
    assert again.to_notebook() == untrusted(theirs.get())


@given(cells("a"))
def test_cells_made_by_us_have_the_shape_of_theirs(cell: Json) -> None:
    document = NotebookDocument(ids=SeededIds())
    with document.edit("test"):
        document.cells.append(new_cell(cell))
    theirs = YNotebook()
    theirs.append_cell(copy.deepcopy(cell))
    assert shape(document.cells[0]) == shape(theirs.ycells[0])
    imported = NotebookDocument(ids=SeededIds())
    imported.load(ipynb.from_notebook({"cells": [cell], "metadata": {}, "nbformat_minor": 5}))
    assert shape(imported.cells[0]) == shape(theirs.ycells[0])


def shape(value: object) -> object:
    """The tree of shared types; plain values as they are."""
    if isinstance(value, Text):
        return ("Text", str(value))
    if isinstance(value, Map):
        return {key: shape(value[key]) for key in value.keys()}  # noqa: SIM118
    if isinstance(value, Array):
        return ["Array", *(shape(item) for item in value)]
    return value
