"""A file's changes taken into the live document: nothing of either side gets lost."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from copy import deepcopy

import pytest

from anode_jlab.documents.file_change import file_base, file_change
from anode_jlab.documents.ipynb import from_notebook
from anode_jlab.documents.merge import MergeResult, merge_file_change
from anode_jlab.documents.merge_text import merge_text
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.replace import replace_content
from anode_jlab.events.content import CellDeleted, CellMoved, CellSourceChanged
from anode_jlab.ids import CellId, RandomIds
from tests.documents.notebook_texts import small_notebook
from tests.documents.two_sides import Notebook, Side

SEEDS = range(150)


def document_of(nb: Notebook) -> NotebookDocument:
    document = NotebookDocument(ids=RandomIds(), mending=True)
    document.load(from_notebook(nb, ids=document.ids))
    return document


def merged(
    base: Notebook, ours: Notebook, theirs: Notebook
) -> tuple[NotebookDocument, MergeResult]:
    """The document after the merge; what became ``ours`` became it by edits."""
    document = document_of(base)
    known = file_base(base, document.cell_ids)
    replace_content(document, ours, "peer")
    change = file_change(known, theirs, ids=document.ids)
    return document, merge_file_change(document, change, "merge")


def words(nb: Notebook) -> set[str]:
    text = json.dumps([[cell["source"], cell["metadata"].get("tags")] for cell in nb["cells"]])
    return set(re.findall(r"(?:base|ours|theirs)\d+", text))


def three(seed: int) -> tuple[Notebook, Notebook, Notebook]:
    rng = random.Random(seed)
    base = Side(rng, "base").notebook(rng.choice([2, 5, 5]))
    ours = Side(rng, "ours").changed(base, rng.randrange(1, 7))
    return base, ours, Side(rng, "theirs").changed(base, rng.randrange(1, 7))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_word_of_both_sides_is_there(seed: int) -> None:
    base, ours, theirs = three(seed)
    document, _ = merged(base, ours, theirs)
    found = words(document.to_notebook())
    assert words(ours) - words(base) <= found
    assert words(theirs) - words(base) <= found
    assert words(ours) & words(theirs) <= found


@pytest.mark.parametrize("seed", SEEDS)
def test_without_changes_of_ours_the_file_is_taken_as_it_is(seed: int) -> None:
    base, _, theirs = three(seed)
    document, result = merged(base, base, theirs)
    found = document.to_notebook()
    if ids_of(base).isdisjoint(ids_of(theirs)):  # such cells are known by likeness, as before 4.5
        found, theirs = without_ids(found), without_ids(theirs)
    assert found == theirs
    assert result.versions == ()


def ids_of(nb: Notebook) -> set[str]:
    return {cell["id"] for cell in nb["cells"] if "id" in cell}


def without_ids(nb: Notebook) -> Notebook:
    cells = [{key: cell[key] for key in cell if key != "id"} for cell in nb["cells"]]
    return {**nb, "cells": cells}


@pytest.mark.parametrize("seed", SEEDS)
def test_equal_changes_and_no_changes_do_nothing(seed: int) -> None:
    base, ours, _ = three(seed)
    for theirs in (base, ours):
        document, result = merged(base, ours, theirs)
        assert document.to_notebook() == ours
        assert result == ((), 0, ())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_second_look_at_the_same_file_does_nothing(seed: int) -> None:
    base, ours, theirs = three(seed)
    document, _ = merged(base, ours, theirs)
    ids = [CellId(cell.get("id", f"x{n}")) for n, cell in enumerate(theirs["cells"])]
    known = file_base(theirs, ids)
    before = document.encode()
    change = file_change(known, theirs, ids=document.ids)
    assert change.is_empty
    assert merge_file_change(document, change, "merge") == ((), 0, ())
    assert document.encode() == before


# --- by hand --------------------------------------------------------------------------------------


def notebook(*cells: tuple[str, str] | tuple[str, str, str]) -> Notebook:
    """Cells as (id, text) or (id, text, type); code without a type."""
    made = []
    for cell_id, text, *kind in cells:
        cell: Notebook = {"id": cell_id, "cell_type": (kind or ["code"])[0], "metadata": {}}
        cell["source"] = text
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        made.append(cell)
    return {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def outcome(base: Notebook, ours: Notebook, theirs: Notebook) -> list[tuple[str, str]]:
    document, _ = merged(base, ours, theirs)
    return [(cell["id"], cell["source"]) for cell in document.to_notebook()["cells"]]


def test_other_cells_and_other_lines_of_a_cell_are_brought_together() -> None:
    base = notebook(("a", "1\n2\n3\n4"), ("b", "b"))
    ours = notebook(("a", "1 ours\n2\n3\n4"), ("b", "b ours"), ("new", "n"))
    theirs = notebook(("x", "x"), ("a", "1\n2\n3\n4 theirs\n5"), ("b", "b"))
    assert outcome(base, ours, theirs) == [
        ("x", "x"),
        ("a", "1 ours\n2\n3\n4 theirs\n5"),
        ("b", "b ours"),
        ("new", "n"),
    ]


def test_one_place_changed_by_both_is_kept_twice() -> None:
    base = notebook(("a", "x = 1\nprint(x)"))
    ours = notebook(("a", "x = 2\nprint(x)"))
    theirs = notebook(("a", "x = 3\nprint(x)\nprint()"))
    document, result = merged(base, ours, theirs)
    first, second = document.to_notebook()["cells"]
    assert (first["id"], first["source"]) == ("a", "x = 2\nprint(x)\nprint()")
    assert second["cell_type"] == "raw"
    assert second["source"] == "x = 3\nprint(x)\nprint()"
    assert second["metadata"] == {"anode_jlab": {"version_of": "a", "cell_type": "code"}}
    assert result.versions == (second["id"],)
    assert result.cells == ("a", second["id"])

    known = file_base(base, [CellId("a")])
    again = merge_file_change(document, file_change(known, theirs, ids=document.ids), "merge")
    assert again.versions == ()
    assert len(document.cell_ids) == 2


def test_prose_is_merged_by_words() -> None:
    base = notebook(("a", "A long line about the weather of today.", "markdown"))
    ours = notebook(("a", "A very long line about the weather of today.", "markdown"))
    theirs = notebook(("a", "A long line about the climate of today.", "markdown"))
    assert outcome(base, ours, theirs) == [("a", "A very long line about the climate of today.")]
    clash = notebook(("a", "A long line about the food of today.", "markdown"))
    document, result = merged(base, theirs, clash)
    assert len(result.versions) == 1
    assert [cell["cell_type"] for cell in document.to_notebook()["cells"]] == ["markdown"] * 2


def test_a_deleted_cell_that_the_other_side_edited_stays() -> None:
    base = notebook(("a", "a"), ("b", "b"), ("c", "c"))
    without = notebook(("a", "a"), ("c", "c"))
    changed = notebook(("a", "a"), ("b", "b!"), ("c", "c"))
    assert outcome(base, changed, without) == [("a", "a"), ("b", "b!"), ("c", "c")]
    assert outcome(base, without, changed) == [("a", "a"), ("b", "b!"), ("c", "c")]
    assert outcome(base, base, without) == [("a", "a"), ("c", "c")]
    assert outcome(base, without, base) == [("a", "a"), ("c", "c")]


def test_a_run_of_a_deleted_cell_does_not_bring_it_back() -> None:
    base, ran = notebook(("a", "a"), ("b", "b")), notebook(("a", "a"), ("b", "b"))
    ran["cells"][1]["execution_count"] = 7
    assert outcome(base, notebook(("a", "a")), ran) == [("a", "a")]


def test_moves_of_both_sides() -> None:
    base = notebook(*[(c, c) for c in "abcdef"])
    ours = notebook(*[(c, c) for c in "bcdefa"])
    theirs = notebook(*[(c, c) for c in "afbcde"])
    document, _ = merged(base, ours, theirs)
    assert "".join(document.cell_ids) == "bcdeaf"


@pytest.mark.parametrize("retype", [False, True])
def test_a_moved_or_retyped_cell_keeps_what_we_wrote(retype: bool) -> None:
    base = notebook(("a", "a"), ("b", "b"), ("c", "c"))
    ours = notebook(("a", "a and ours"), ("b", "b"), ("c", "c"))
    theirs = notebook(("b", "b"), ("c", "c"), ("a", "a"))
    if retype:
        theirs = notebook(("a", "a", "markdown"), ("b", "b"), ("c", "c"))
    document, result = merged(base, ours, theirs)
    (found,) = [cell for cell in document.to_notebook()["cells"] if cell["id"] == "a"]
    assert found["source"] == "a and ours"
    assert found["cell_type"] == ("markdown" if retype else "code")
    assert result.cells == ("a",)


def test_outputs_follow_the_text_they_belong_to() -> None:
    def with_output(nb: Notebook, text: str) -> Notebook:
        nb = deepcopy(nb)
        nb["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
        return nb

    def output(ours: Notebook, theirs: Notebook) -> str:
        document, _ = merged(with_output(notebook(("a", "1\n2")), "old"), ours, theirs)
        found = document.to_notebook()["cells"][0]["outputs"][0]["text"]
        assert isinstance(found, str)
        return found

    same, edited = notebook(("a", "1\n2")), notebook(("a", "1 ours\n2"))
    theirs = with_output(notebook(("a", "1\n2 theirs")), "theirs")
    assert output(with_output(same, "old"), theirs) == "theirs"
    assert output(with_output(same, "ours"), theirs) == "theirs"
    assert output(with_output(edited, "ours"), theirs) == "ours"
    assert output(with_output(edited, "ours"), with_output(same, "old")) == "ours"


def test_metadata_is_merged_key_by_key() -> None:
    def tagged(*tags: str, **more: object) -> Notebook:
        nb = notebook(("a", "a"))
        nb["cells"][0]["metadata"] = {"tags": list(tags), **more}
        nb["metadata"] = {"kernel": {"name": "k", **more}}
        return nb

    document, _ = merged(tagged("x", "y"), tagged("x", "y", "ours", a=1), tagged("y", "new", b=2))
    nb = document.to_notebook()
    assert nb["cells"][0]["metadata"] == {"tags": ["y", "ours", "new"], "a": 1, "b": 2}
    assert nb["metadata"] == {"kernel": {"name": "k", "a": 1, "b": 2}}


def test_an_edit_by_the_file_is_an_edit_inside_the_live_text() -> None:
    base = small_notebook()
    document = document_of(base)
    theirs = deepcopy(base)
    theirs["cells"][1]["source"] = "x = 43\nx"
    with document.edit("merge") as edit:
        change = file_change(file_base(base, document.cell_ids), theirs, ids=document.ids)
        merge_file_change(document, change, "merge")
    (fact,) = edit.changes[0].facts
    assert fact == CellSourceChanged(cell_id=CellId("cell-1"), inserted=1, deleted=1, length=8)


def test_a_move_by_the_file_is_a_move_in_the_log() -> None:
    base = notebook(("a", "a"), ("b", "b"), ("c", "c"))
    document = document_of(base)
    theirs = notebook(("c", "c"), ("a", "a"))
    with document.edit("merge") as edit:
        change = file_change(file_base(base, document.cell_ids), theirs, ids=document.ids)
        merge_file_change(document, change, "merge")
    assert [type(fact) for fact in edit.changes[0].facts] == [CellDeleted, CellMoved]


@pytest.mark.parametrize("give", [lambda n: f"new-{n}", lambda n: None])
def test_cells_without_known_ids_are_found_by_likeness(give: Callable[[int], str | None]) -> None:
    base = notebook(("a", "import numpy as np"), ("b", "np.zeros(3)"), ("c", "print(1)"))
    theirs = notebook(("a", "import numpy as np"), ("b", "np.zeros(4)"), ("c", "print(1)"))
    for number, cell in enumerate(theirs["cells"]):
        cell_id = give(number)
        cell.pop("id")
        if cell_id is not None:
            cell["id"] = cell_id
    ours = notebook(("a", "import numpy as np"), ("b", "np.zeros(3)"), ("c", "print(1, 2)"))
    assert outcome(base, ours, theirs) == [
        ("a", "import numpy as np"),
        ("b", "np.zeros(4)"),
        ("c", "print(1, 2)"),
    ]


def test_prose_that_both_sides_have_by_now_is_there_once() -> None:
    ours, theirs = "new words. Old.", "Title\nnew words. Old."
    merged = merge_text("Old.", ours, theirs, prose=True)
    assert merged == (theirs, False)
    assert merge_text("Old.", theirs, ours, prose=True) == (theirs, False)
    assert merge_text("Old.", "a Old.", "b Old.", prose=True) == ("a b Old.", False)
