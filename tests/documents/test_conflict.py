"""Files with conflict markers: told apart, brought together, nothing that somebody wrote lost."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import nbformat
import pytest

from anode_jlab.documents.conflict import read_notebook
from anode_jlab.documents.conflict_markers import sides_of
from anode_jlab.documents.version_cell import FROM, OURS, VERSION_OF
from anode_jlab.errors import SideNotANotebook
from tests.documents.merging import STYLES, Author, as_file, git_merge, random_notebook

SEEDS = 60


def notebook(*cells: tuple[str, str], minor: int = 5, count: int | None = None) -> dict[str, Any]:
    return {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": count,
                **({"id": cell_id} if minor >= 5 else {}),
                "metadata": {},
                "outputs": [],
                "source": source,
            }
            for cell_id, source in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": minor,
    }


def shown(nb: dict[str, Any]) -> list[tuple[str, str]]:
    return [(cell["cell_type"], cell["source"]) for cell in nb["cells"]]


# --- markers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_sides_are_what_git_had(tmp_path: Path, style: tuple[str, ...], end: str) -> None:
    text = {side: f"a{end}{side}{end}z{end}" for side in ("ours", "base", "theirs")}
    merged, conflicts = git_merge(tmp_path, text["ours"], text["base"], text["theirs"], style)
    assert conflicts == 1
    sides = sides_of(merged)
    assert sides is not None
    assert (sides.ours, sides.theirs) == (text["ours"], text["theirs"])
    assert sides.base == (text["base"] if style else None)
    assert (sides.our_name, sides.their_name) == ("HEAD", "feature")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing\n=======\nof that kind\n",
        "<<<<<<< HEAD\nwithout an end\n",
        "<<<<<<< HEAD\n<<<<<<< HEAD\n=======\n>>>>>>> other\n",
        "a\n>>>>>>> other\n",
        "<<<<<<< HEAD\na\n>>>>>>> other\n",
        "<<<<<<<<< HEAD\na\n=========\nb\n>>>>>>>>> other\n",
        ' "<<<<<<< HEAD\\n"\n',
    ],
)
def test_what_has_no_whole_markers_has_no_sides(text: str) -> None:
    assert sides_of(text) is None


# --- notebooks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
def test_both_versions_of_a_line_are_shown(tmp_path: Path, style: tuple[str, ...]) -> None:
    base = notebook(("a", "x = 1\ny = 1"), ("b", "z"))
    ours = notebook(("a", "x = 2\ny = 1"), ("b", "z"))
    theirs = notebook(("a", "x = 3\ny = 1"), ("b", "z"))
    text, _ = git_merge(tmp_path, as_file(ours), as_file(base), as_file(theirs), style)
    found = read_notebook(text)
    assert found.sides is not None
    assert shown(found.nb) == [
        ("code", "x = 2\ny = 1"),
        ("raw", "x = 3\ny = 1"),
        ("code", "z"),
    ]
    kept = found.nb["cells"][1]["metadata"][OURS]
    assert (kept[VERSION_OF], kept[FROM]) == ("a", "feature")
    assert [cell["id"] for cell in found.nb["cells"]][0::2] == ["a", "b"]
    assert read_notebook(text) == found, "the same each time, ids included"


def test_counts_of_runs_need_no_choice(tmp_path: Path) -> None:
    sides = [notebook(("a", "x"), count=count) for count in (2, 1, 3)]
    text, conflicts = git_merge(tmp_path, *map(as_file, sides))
    assert conflicts
    found = read_notebook(text)
    assert shown(found.nb) == [("code", "x")]
    assert found.nb["cells"][0]["execution_count"] == 2


@pytest.mark.parametrize("minor", [4, 5])
def test_cells_that_both_sides_added_stay(tmp_path: Path, minor: int) -> None:
    base = notebook(("a", "first"), minor=minor)
    ours = notebook(("a", "first"), ("o", "ours = 1"), minor=minor)
    theirs = notebook(("a", "first"), ("t", "theirs: quite another text"), minor=minor)
    text, conflicts = git_merge(tmp_path, as_file(ours), as_file(base), as_file(theirs))
    assert conflicts
    sources = [cell["source"] for cell in read_notebook(text).nb["cells"]]
    assert sorted(sources) == ["first", "ours = 1", "theirs: quite another text"]


def test_a_side_that_is_no_notebook_is_named() -> None:
    text = '<<<<<<< HEAD\n{"cells": [\n=======\n{}\n>>>>>>> feature\n'
    with pytest.raises(SideNotANotebook, match=r"its version of HEAD is no notebook\. .*not JSON"):
        read_notebook(text)
    whole = json.dumps(notebook(("a", "x")))
    text = f"<<<<<<< HEAD\n{whole}\n=======\n{{}}\n>>>>>>> feature\n"
    with pytest.raises(SideNotANotebook, match="its version of feature is no notebook"):
        read_notebook(text)


def test_an_ancestor_that_is_no_notebook_is_done_without() -> None:
    ours, theirs = (json.dumps(notebook(("a", text))) for text in ("ours", "theirs"))
    text = f"<<<<<<< HEAD\n{ours}\n||||||| base\n<<<\n=======\n{theirs}\n>>>>>>> feature\n"
    assert shown(read_notebook(text).nb) == [("code", "ours"), ("raw", "theirs")]


@pytest.mark.parametrize("style", STYLES)
def test_whatever_git_leaves(tmp_path: Path, style: tuple[str, ...]) -> None:
    """Every word that one side wrote is there, once as often as in the fuller side at most."""
    read = 0
    for seed in range(SEEDS):
        rng = random.Random(seed)
        base = random_notebook(rng)
        people = [Author(name, rng) for name in ("ours", "theirs")]
        changed = [author.change(base, rng.randint(1, 5)) for author in people]
        ours, theirs = map(as_file, changed)
        text, conflicts = git_merge(tmp_path, ours, as_file(base), theirs, style)
        if not conflicts:
            continue
        nb = read_notebook(text).nb
        read += 1
        words = [word for cell in nb["cells"] for word in cell["source"].split()]
        for author, content in zip(people, changed, strict=True):
            for word in author.words:
                wrote = any(word in cell["source"].split() for cell in content["cells"])
                assert word in words or not wrote, (seed, word)
        ids = [cell["id"] for cell in nb["cells"]]
        assert len(set(ids)) == len(ids), seed
        nbformat.validate({**nb, "nbformat_minor": 5})
    assert read > 15
