"""Real notebooks survive being opened, read, edited and saved: in git only the edit shows."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
import pytest
from pycrdt import Map, Text

from anode_jlab.documents.file_text import joined_notebook
from anode_jlab.documents.ipynb import to_notebook
from anode_jlab.documents.notebook import NotebookDocument
from tests.corpus.notebooks import real_notebooks
from tests.documents.folders import git
from tests.rooms.house import ADA, House, type_into

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

LEAST = 50
"""How many real notebooks there have to be."""

EDIT = " # edited by Ada"


@pytest.fixture(scope="session")
def texts(request: pytest.FixtureRequest) -> dict[str, str]:
    assert request.config.cache is not None
    return real_notebooks(request.config.cache.mkdir("anode-corpus"))


def is_valid(nb: dict[str, Any]) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            nbformat.validate(deepcopy(nb))
        except nbformat.ValidationError:
            return False
    return True


def needs_mending(nb: dict[str, Any]) -> bool:
    """Whether nbformat itself would change the notebook: missing fields, missing or double ids."""
    ids = [cell.get("id") for cell in nb["cells"]]
    if nb["nbformat_minor"] >= 5 and (None in ids or len(set(ids)) < len(ids)):
        return True
    code = [cell for cell in nb["cells"] if cell["cell_type"] == "code"]
    return any(cell.keys().isdisjoint({key}) for cell in code for key in FIELDS_OF_CODE)


FIELDS_OF_CODE = ("metadata", "outputs", "execution_count")


def as_edited(nb: dict[str, Any], cell: int) -> dict[str, Any]:
    edited = joined_notebook(nb)
    edited["cells"][cell]["source"] += EDIT
    return edited


def add_cell(document: NotebookDocument) -> None:
    fields = {"id": "new", "cell_type": "raw", "metadata": Map({}), "source": Text("")}
    document.cells.append(Map(fields))


def test_there_are_enough_of_every_minor(texts: dict[str, str]) -> None:
    minors = Counter(json.loads(text)["nbformat_minor"] for text in texts.values())
    assert minors.total() >= LEAST
    assert set(minors) == set(range(6))


async def test_each_survives_an_edit(texts: dict[str, str], tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text(".ipynb_checkpoints\n")
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text.encode())
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "as they were")
    house = House(tmp_path)
    for name, text in texts.items():
        await open_edit_save(house, name, text)


async def open_edit_save(house: House, name: str, text: str) -> None:
    nb, place = json.loads(text), house.root / name
    mended, empty = needs_mending(nb), not nb["cells"]
    async with house.enter(name) as room:
        shown = await room.shown(lambda document: to_notebook(document.doc))
        if not mended:
            assert shown == joined_notebook(nb), name
            await room.exporter.export_now()
            assert place.read_bytes() == text.encode(), name
        assert git(house.root, "status", "--porcelain") == "" or mended, name
        if empty:
            await room.edit(ADA, "peer", add_cell)
        await type_into(room, 0, EDIT)
        await room.exporter.export_now()

    written = json.loads(place.read_text())
    assert written["nbformat_minor"] == nb["nbformat_minor"], name
    assert is_valid(written) or not is_valid(nb), name
    assert joined_notebook(written)["cells"][0]["source"].endswith(EDIT), name
    if not mended and not empty:
        assert joined_notebook(written) == as_edited(nb, 0), name
        added, removed = git(house.root, "diff", "--numstat", "--", name).split()[:2]
        assert (int(added), int(removed)) in allowed_difference(nb["cells"][0]["source"]), name
    git(house.root, "checkout", "-q", "--", name)


def allowed_difference(source: str | list[str]) -> set[tuple[int, int]]:
    """Lines added and removed by typing at the end: one of each, unless the edit begins a line."""
    if source in ([], [""]):
        return {(1, 1), (3, 1)}
    return {(2, 1)} if source[-1].endswith("\n") else {(1, 1)}
