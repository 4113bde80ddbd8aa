"""What an empty notebook shows to clients of jupyter-collaboration, and how it goes again."""

from __future__ import annotations

from typing import Any

import pytest
from pycrdt import Array, Doc, Map

from anode_jlab.documents import courtesy, ipynb
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.events.document import COURTESY, STATE
from anode_jlab.testing.ids import SeededIds

NAMES = {"kernelspec": {"name": "", "display_name": ""}, "language_info": {"name": ""}}


def empty(metadata: dict[str, Any] | None = None) -> NotebookDocument:
    nb = {"cells": [], "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5}
    document = NotebookDocument(ids=SeededIds(), mending=True)
    document.apply(ipynb.from_notebook(nb, ids=SeededIds()), origin="import", author=None)
    return document


def offered(document: NotebookDocument) -> bytes:
    with document.edit(COURTESY) as edit:
        courtesy.offer(document)
    [change] = edit.changes
    return change.update


def shown(document: NotebookDocument) -> tuple[Any, list[Any]]:
    return document.meta["metadata"].to_py(), [cell["metadata"].to_py() for cell in document.cells]


def typed(document: NotebookDocument) -> bytes:
    """The update of somebody who types into the first cell."""
    doc: Doc[Any] = Doc()
    doc.apply_update(document.encode())
    doc.get("cells", type=Array)[0]["source"].insert(0, "x")
    return doc.get_update(document.state_vector())


def test_it_goes_before_the_first_change_of_somebody() -> None:
    document = empty()
    offered(document)
    assert shown(document) == (NAMES, [{"trusted": True}])
    assert document.to_notebook()["metadata"] == {}, "a file gets none of it"
    withdrawn, change = document.apply(typed(document), origin="peer", author=None)
    assert (withdrawn.origin, change.origin) == (COURTESY, "peer")
    assert shown(document) == ({}, [{}])


def test_it_stays_while_nothing_happens() -> None:
    document = empty()
    offered(document)
    document.apply(b"\x00\x00", origin="peer", author=None)
    with document.edit(STATE):
        document.state["dirty"] = False
    assert shown(document) == (NAMES, [{"trusted": True}])
    with document.edit("anything else"):
        document.meta["metadata"]["a"] = 1
    assert shown(document) == ({"a": 1}, [{}])


def test_a_document_that_is_loaded_again_takes_it_back_as_well() -> None:
    document = empty()
    before = document.encode()
    update = offered(document)
    again = NotebookDocument(ids=SeededIds(), mending=True)
    again.load(before)
    again.load(update)
    again.apply(typed(again), origin="peer", author=None)
    assert shown(again) == ({}, [{}])


def test_real_names_and_real_cells_are_left_alone() -> None:
    kernel = {"name": "python3", "display_name": "Python 3"}
    document = empty({"kernelspec": kernel})
    offered(document)
    document.apply(typed(document), origin="peer", author=None)
    assert shown(document) == ({"kernelspec": kernel}, [{}])
    with document.edit(COURTESY) as edit:
        courtesy.offer(document)
    assert not any(change.update for change in edit.changes)


@pytest.mark.parametrize("mark", [True, False])
def test_a_mark_that_somebody_else_brings_goes_at_once(mark: bool) -> None:
    document = empty()
    offered(document)
    doc: Doc[Any] = Doc()
    doc.apply_update(document.encode())
    cells = doc.get("cells", type=Array)
    cells.append(Map({"id": "b", "cell_type": "code", "metadata": Map({"trusted": mark})}))
    document.apply(doc.get_update(document.state_vector()), origin="peer", author=None)
    assert [cell["metadata"].to_py() for cell in document.cells] == [{}, {}]
