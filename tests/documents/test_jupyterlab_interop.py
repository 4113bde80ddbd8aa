"""JupyterLab's own shared notebook, in node, reads what we write and the other way round."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import HealthCheck, given, settings

from anode_jlab.documents import ipynb
from anode_jlab.documents.change import Change
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.testing.ids import SeededIds
from tests.documents.generated import Json, notebooks

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("jupyterlab_peer.mjs")

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not (ROOT / "node_modules" / "@jupyter" / "ydoc").exists(),
    reason="needs node and the installed npm packages: run jlpm install",
)


class JupyterLab:
    """The process of ``jupyterlab_peer.mjs``."""

    def __init__(self, requests: IO[str], answers: IO[str]) -> None:
        self._requests = requests
        self._answers = answers

    def edit(self, update: bytes, *steps: list[Any]) -> Json:
        """What a fresh client sees, does and sends."""
        request = {"update": base64.b64encode(update).decode(), "steps": steps}
        self._requests.write(json.dumps(request) + "\n")
        self._requests.flush()
        answer: Json = json.loads(self._answers.readline())
        return {**answer, "update": base64.b64decode(answer["update"])}


@pytest.fixture(scope="module")
def jupyterlab() -> Iterator[JupyterLab]:
    process = subprocess.Popen(
        ["node", str(SCRIPT)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        yield JupyterLab(process.stdin, process.stdout)
        process.stdin.close()
        process.wait(timeout=60)


def as_javascript_has_it(value: Any) -> Any:
    """All numbers are floating point; no execution count is null; no attachments are none."""
    if isinstance(value, dict):
        plain = {key: as_javascript_has_it(item) for key, item in value.items()}
        if plain.get("cell_type") == "code":
            plain["execution_count"] = plain.get("execution_count") or None
        return plain
    if isinstance(value, list):
        return [as_javascript_has_it(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def document_of(nb: Json) -> NotebookDocument:
    document = NotebookDocument(ids=SeededIds())
    document.load(ipynb.from_notebook(nb, ids=SeededIds()))
    return document


def names(changes: list[Change]) -> list[str]:
    return [fact.event_name.removeprefix("v1.") for change in changes for fact in change.facts]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(nb=notebooks())
def test_jupyterlab_reads_what_we_wrote(jupyterlab: JupyterLab, nb: Json) -> None:
    seen = jupyterlab.edit(ipynb.from_notebook(nb, ids=SeededIds()))["before"]
    assert as_javascript_has_it(seen) == as_javascript_has_it(nb)


CODE: Json = {"cell_type": "code", "source": "é😀", "metadata": {"tags": ["x"]}, "id": "new"}
OUTPUT: Json = {"output_type": "stream", "name": "stdout", "text": "a\n"}


@pytest.mark.parametrize(
    ("step", "facts"),
    [
        (["insertCell", 1, CODE], ["CellCreated"]),
        (["deleteCell", 0], ["CellDeleted"]),
        (["deleteCellRange", 0, 2], ["CellDeleted", "CellDeleted"]),
        (["moveCell", 0, 2], ["CellMoved"]),
        (["moveCells", 0, 2, 2], ["CellMoved", "CellMoved"]),
        (["cell.0.updateSource", 1, 3, "é😀é"], ["CellSourceChanged"]),
        (["cell.1.setSource", ""], ["CellSourceChanged"]),
        (["cell.0.setMetadata", "name", {"a": 1}], ["CellMetadataChanged"]),
        (["cell.0.setMetadata", "trusted", True], []),
        (["cell.0.setOutputs", [OUTPUT, OUTPUT]], ["CellOutputsChanged"]),
        (["cell.0.clearOutputs"], ["CellOutputsChanged"]),
        (["cell.0.appendStreamOutput", 0, "more"], ["CellOutputsChanged"]),
        (["cell.0.setExecutionCount", 5], []),
        (["cell.1.setAttachments", {"a.png": {"image/png": "eA=="}}], []),
        (["setMetadata", "kernelspec", {"name": "x"}], ["NotebookMetadataChanged"]),
    ],
    ids=lambda value: value[0] if value and isinstance(value, list) else None,
)
def test_we_read_what_jupyterlab_did(
    jupyterlab: JupyterLab, step: list[Any], facts: list[str]
) -> None:
    nb: Json = {
        "cells": [
            {**CODE, "id": "a", "outputs": [OUTPUT], "execution_count": 1},
            {"cell_type": "markdown", "id": "b", "metadata": {}, "source": "# t\n"},
            {"cell_type": "raw", "id": "c", "metadata": {}, "source": "words"},
        ],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    document = document_of(nb)
    did = jupyterlab.edit(document.encode(), step)
    changes = document.apply(did["update"], origin="peer", author=None)
    for cell in did["after"]["cells"]:
        cell["metadata"].pop("trusted", None)
    assert as_javascript_has_it(document.to_notebook()) == as_javascript_has_it(did["after"])
    assert names(changes) == facts


def test_a_change_of_type_as_jupyterlab_makes_it(jupyterlab: JupyterLab) -> None:
    nb: Json = {"cells": [{**CODE, "id": "a"}], "metadata": {}, "nbformat_minor": 5}
    document = document_of(nb)
    clone = {"cell_type": "markdown", "id": "a", "metadata": {"tags": ["x"]}, "source": "é😀"}
    did = jupyterlab.edit(document.encode(), ["deleteCell", 0], ["insertCell", 0, clone])
    assert names(document.apply(did["update"], origin="peer", author=None)) == ["CellTypeChanged"]
    assert document.to_notebook()["cells"] == [clone]
