"""A notebook that Jupytext pairs with a script keeps both files, read and written as one."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from anode_jlab.documents.contents import ServerContents
from anode_jlab.documents.files import NotebookFile
from anode_jlab.errors import FileChangedOutside
from tests.documents.managers import JUPYTEXT_MANAGERS, make_manager

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

PAIRED: dict[str, Any] = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": 1,
            "id": "one",
            "metadata": {},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": ["1\n"]}],
            "source": ["print(1)"],
        }
    ],
    "metadata": {"jupytext": {"formats": "ipynb,py:percent"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture(params=JUPYTEXT_MANAGERS)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> NotebookFile:
    (tmp_path / "a.ipynb").write_text(json.dumps(PAIRED, indent=2))
    manager = make_manager(JUPYTEXT_MANAGERS[request.param], tmp_path)
    return NotebookFile("a.ipynb", ServerContents(manager))


async def test_both_files_are_written_and_read(file: NotebookFile, tmp_path: Path) -> None:
    script = tmp_path / "a.py"
    content = await file.read()
    assert not script.exists()  # opening writes nothing

    nb = content.value
    nb["cells"][0]["source"] = "print(2)"
    first = await file.write(nb, expect=content.hash)

    assert "print(2)" in script.read_text()
    text = (tmp_path / "a.ipynb").read_text()
    assert text.startswith('{\n  "cells"')
    assert json.loads(text)["cells"][0]["source"] == ["print(2)"]
    assert json.loads(text)["cells"][0]["outputs"] == PAIRED["cells"][0]["outputs"]
    assert (await file.read()).value["cells"][0]["source"] == "print(2)"

    nb["cells"][0]["source"] = "print(3)"
    second = await file.write(nb, expect=first.hash)
    assert "print(3)" in script.read_text()
    assert not (await file.write(nb, expect=second.hash)).changed


async def test_the_script_changed_outside_counts(file: NotebookFile, tmp_path: Path) -> None:
    script = tmp_path / "a.py"
    content = await file.read()
    nb = content.value
    nb["cells"][0]["source"] = "print(2)"
    written = await file.write(nb, expect=content.hash)
    script.write_text(script.read_text().replace("print(2)", "print('by an editor')"))
    _make_newer(script)
    before = (script.read_bytes(), (tmp_path / "a.ipynb").read_bytes())

    with pytest.raises(FileChangedOutside):
        await file.write(content.value, expect=written.hash)

    assert (script.read_bytes(), (tmp_path / "a.ipynb").read_bytes()) == before
    again = await file.read()
    assert again.value["cells"][0]["source"] == "print('by an editor')"
    assert again.value["cells"][0]["outputs"]
    assert again.hash != written.hash


def _make_newer(place: Path) -> None:
    later = time.time_ns() + 5_000_000_000
    os.utime(place, ns=(later, later))
