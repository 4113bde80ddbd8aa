"""Only the lines of what was edited differ, whatever layout the file has."""

from __future__ import annotations

import json
import random
import re
from copy import deepcopy
from typing import Any

import pytest

from anode_jlab.documents.file_style import restyle, same
from anode_jlab.documents.file_text import joined_notebook
from tests.documents.folders import changed_lines
from tests.documents.notebook_texts import jupyter_text, layouts, small_notebook

MINORS = range(6)


def read(text: str) -> dict[str, Any]:
    return joined_notebook(json.loads(text))


def all_layouts() -> list[Any]:
    return [
        pytest.param(text, id=f"4.{minor} {name}")
        for minor in (2, 5)
        for name, text in layouts(jupyter_text(small_notebook(minor)))
    ]


@pytest.mark.parametrize("text", all_layouts())
def test_unedited_is_byte_identical(text: str) -> None:
    assert restyle(text, jupyter_text(read(text))) == text


@pytest.mark.parametrize("text", all_layouts())
@pytest.mark.parametrize("cell", [0, 1, 2, 3])
def test_an_edit_changes_only_its_lines(text: str, cell: int) -> None:
    nb = read(text)
    nb["cells"][cell]["source"] += " é!"

    styled = restyle(text, jupyter_text(nb))

    assert read(styled) == nb
    changed = changed_lines(text, styled)
    assert len(changed) == 2
    assert changed[1].replace("\\u00e9", "é").replace(" é!", "") == changed[0].replace("-", "+", 1)


@pytest.mark.parametrize("text", all_layouts())
def test_added_moved_and_deleted_cells_leave_the_others_alone(text: str) -> None:
    nb = read(text)
    minor = nb["nbformat_minor"]
    new = {"cell_type": "markdown", "metadata": {}, "source": "new\nlines"}
    if minor >= 5:
        new["id"] = "new-cell"
    nb["cells"] = [nb["cells"][2], new, *nb["cells"][:2], nb["cells"][4]]

    styled = restyle(text, jupyter_text(nb))

    assert read(styled) == nb
    old_lines = set(text.replace(",", "").split("\n"))
    if len(old_lines) > 2:  # not everything on one line
        added = {line for line in styled.replace(",", "").split("\n") if line not in old_lines}
        assert len(added) <= 5


def test_a_new_cell_takes_the_form_of_the_others() -> None:
    text = dict(layouts(jupyter_text(small_notebook())))["sources as strings, Windows lines"]
    nb = read(text)
    nb["cells"].append({"cell_type": "markdown", "id": "z", "metadata": {}, "source": "a\nb"})

    cell = json.loads(restyle(text, jupyter_text(nb)))["cells"][-1]

    assert list(cell) == ["source", "metadata", "id", "cell_type"]
    assert cell["source"] == "a\nb"


def test_numbers_and_escapes_of_other_programs_stay() -> None:
    text = jupyter_text(small_notebook()).replace("1.5e-07", "1.50E-7").replace("<b>", "\\u003cb>")
    nb = read(text)
    nb["cells"][2]["source"] += "\nmore"
    nb["cells"][1]["source"] += "!"

    styled = restyle(text, jupyter_text(nb))

    assert "1.50E-7" in styled
    assert len(changed_lines(text, styled)) <= 5
    assert read(styled) == nb


def test_short_lists_and_objects_on_one_line_stay_so() -> None:
    nb = small_notebook()
    nb["cells"] = nb["cells"][1:2]
    nb["cells"][0]["source"] = ["x = 1"]
    text = json.dumps(nb, indent=2)
    text = text.replace('[\n        "x = 1"\n      ]', '["x = 1"]')
    text = re.sub(r'"tags": \[[^]]*\]', '"tags": [ "a", "b" ]', text)
    assert '"source": ["x = 1"]' in text
    edited = read(text)
    edited["cells"][0]["source"] = "x = 12"
    edited["cells"][0]["metadata"]["tags"].append("c")

    styled = restyle(text, jupyter_text(edited))

    assert '"source": ["x = 12"]' in styled
    assert '"tags": [ "a", "b", "c" ]' in styled
    assert len(changed_lines(text, styled)) == 4


def test_a_new_notebook_metadata_key_is_sorted_in() -> None:
    text = jupyter_text(small_notebook())
    nb = read(text)
    nb["metadata"]["authors"] = [{"name": "A"}]

    assert restyle(text, jupyter_text(nb)) == jupyter_text(nb)


def test_metadata_that_nbformat_does_not_write_stays() -> None:
    nb = small_notebook()
    nb["metadata"]["orig_nbformat"] = 2
    text = json.dumps(nb, indent=1)
    nb["cells"][0]["source"] += "!"
    assert len(changed_lines(text, restyle(text, jupyter_text(nb)))) == 2


@pytest.mark.parametrize("before", ["", "{}", "[]", "no JSON", '{"cells": 1}', '{"cells": [1]}'])
def test_a_text_that_is_no_notebook_gives_no_layout(before: str) -> None:
    written = jupyter_text(small_notebook())
    assert restyle(before, written) == written


def test_true_is_not_one_but_one_is_one_point_zero() -> None:
    assert same({"a": [1, "x"]}, {"a": [1.0, "x"]})
    assert not same({"a": [1]}, {"a": [True]})
    assert not same(False, 0)
    assert not same({"a": 1}, {"b": 1})


@pytest.mark.parametrize("seed", range(60))
def test_jupyters_own_layout_stays_jupyters_own(seed: int) -> None:
    """For a file that Jupyter wrote, restyling any edit gives what Jupyter writes."""
    chance = random.Random(seed)
    nb = small_notebook(chance.choice(MINORS))
    text = jupyter_text(nb)
    edited = deepcopy(nb)
    for _ in range(chance.randrange(1, 6)):
        _edit(chance, edited)

    assert restyle(text, jupyter_text(edited)) == jupyter_text(edited), f"seed {seed}"


def _edit(chance: random.Random, nb: dict[str, Any]) -> None:
    cells = nb["cells"]
    kind = chance.randrange(6)
    at = chance.randrange(len(cells)) if cells else 0
    if kind == 0 or not cells:
        cell = {"cell_type": "raw", "metadata": {}, "source": f"new {chance.random()}\n"}
        if nb["nbformat_minor"] >= 5:
            cell["id"] = f"new-{chance.randrange(10**9)}"
        cells.insert(at, cell)
    elif kind == 1:
        del cells[at]
    elif kind == 2:
        cells.insert(chance.randrange(len(cells)), cells.pop(at))
    elif kind == 3:
        cells[at]["metadata"][chance.choice("abcxyz")] = {"k": chance.randrange(9)}
    elif kind == 4 and cells[at]["cell_type"] == "code":
        output = {"name": "stderr", "output_type": "stream", "text": f"{chance.random()}\nü\n"}
        cells[at]["outputs"].insert(0, output)
    else:
        cells[at]["source"] += chance.choice(["x", "\n", "é\u2028", "\ttab\n\n"])
