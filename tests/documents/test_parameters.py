"""Parameters become a cell: behind the defaults, once, in the notebook's language."""

from __future__ import annotations

from typing import Any

import pytest

from anode_jlab.documents.ipynb import from_notebook
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.parameters import assignments, put_parameters
from anode_jlab.errors import BadRequest
from anode_jlab.ids import CellId
from anode_jlab.testing.ids import SeededIds
from tests.integration.server_process import notebook

VALUES = {
    "a": 1,
    "b": 2.5,
    "c": 'it\'s "quoted" $x',
    "d": None,
    "e": True,
    "f": [1, "two", False, None],
    "g": {"k": [1.0]},
}


def sources(document: NotebookDocument) -> list[tuple[str, Any]]:
    cells = document.to_notebook()["cells"]
    return [(cell["source"], cell["metadata"].get("tags")) for cell in cells]


def put(document: NotebookDocument, **values: Any) -> CellId:
    with document.edit("test"):
        return put_parameters(document, values, new=CellId("new"))


def test_behind_the_defaults_and_once() -> None:
    plain = notebook("title", "x = 1", "x")
    plain["cells"][1]["metadata"] = {"tags": ["parameters"]}
    document = NotebookDocument(ids=SeededIds())
    document.load(from_notebook(plain))
    assert put(document, x=2) == "new"
    assert put(document, x=3, name="Ada") == "new"
    assert sources(document) == [
        ("title", None),
        ("x = 1", ["parameters"]),
        ("# Parameters\nx = 3\nname = 'Ada'", ["injected-parameters"]),
        ("x", None),
    ]
    document.close()


def test_without_defaults_at_the_top() -> None:
    document = NotebookDocument(ids=SeededIds())
    document.load(from_notebook(notebook("x")))
    put(document, x=2)
    assert [source for source, _ in sources(document)] == ["# Parameters\nx = 2", "x"]
    document.close()


def test_python_reads_the_same_values() -> None:
    names: dict[str, Any] = {}
    exec(assignments(VALUES, "python"), names)
    assert {name: names[name] for name in VALUES} == VALUES


def test_other_languages() -> None:
    assert assignments(VALUES, "r").splitlines()[1:] == [
        "a <- 1",
        "b <- 2.5",
        'c <- "it\'s \\"quoted\\" $x"',
        "d <- NULL",
        "e <- TRUE",
        'f <- list(1, "two", FALSE, NULL)',
        "g <- list(`k` = list(1.0))",
    ]
    assert assignments(VALUES, "julia").splitlines()[3:] == [
        'c = "it\'s \\"quoted\\" \\$x"',
        "d = nothing",
        "e = true",
        'f = [1, "two", false, nothing]',
        'g = Dict("k" => [1.0])',
    ]
    with pytest.raises(BadRequest, match="not in fortran"):
        assignments(VALUES, "fortran")


@pytest.mark.parametrize("name", ["", "a b", "1x", "x;import os", "a.b", "x\n", "²", "class"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(BadRequest):
        assignments({name: 1}, "python")
