"""A file that cannot be written: told, tried again, and never shrunk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tornado.web import HTTPError

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import FileNotWritten
from anode_jlab.events.content import CellCreated
from anode_jlab.ids import CellId
from tests.documents.folders import tree
from tests.documents.managers import JUPYTEXT_MANAGERS, make_manager
from tests.documents.notebook_texts import small_notebook
from tests.rooms.exporting import NOT_WRITTEN, Manager, codes, join, source
from tests.rooms.house import ADA, House, type_into

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

# --- failures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [HTTPError(403, "read-only"), HTTPError(500, "broken"), OSError(28, "full"), RuntimeError("?")],
    ids=str,
)
async def test_a_failed_write_is_told_and_tried_again(house: House, error: Exception) -> None:
    manager = Manager(house)
    manager.error = error
    async with house.enter("a.ipynb") as room:
        before = tree(house.root)
        typed = await type_into(room, 0, " safe in the log")
        await house.pass_time(20)
        assert codes(room) == {NOT_WRITTEN}
        (condition,) = room.conditions
        assert condition.message.startswith("The file was not updated: ")
        assert condition.hint
        assert tree(house.root) == before
        assert room.saved_seq >= typed.last
        with pytest.raises(FileNotWritten):
            await room.exporter.export_now()

        manager.error = None
        await house.pass_time(5)

        assert codes(room) == set()
        assert source(house).endswith(" safe in the log")


async def test_a_refused_save_is_tried_again_without_autosave_too(house: House) -> None:
    manager = Manager(house)
    async with house.enter("a.ipynb") as room:
        await join(room, autosave=False)
        await type_into(room, 0, " wanted")
        manager.error = HTTPError(507, "full")
        with pytest.raises(FileNotWritten):
            await room.exporter.export_now()
        manager.error = None
        await house.pass_time(5)
        assert source(house).endswith(" wanted")
        await type_into(room, 0, " not wanted yet")
        await house.pass_time(20)
        assert source(house).endswith(" wanted")


async def test_a_failing_hook_is_told_and_not_repeated(house: House) -> None:
    calls: list[str] = []

    def fail(os_path: str, **_: Any) -> None:
        calls.append(os_path)
        raise RuntimeError("no converter")

    house.manager.register_post_save_hook(fail)
    async with house.enter("a.ipynb") as room:
        await type_into(room, 0, " written")
        await house.pass_time(20)
        assert source(house).endswith(" written")
        assert codes(room) == {"save_hook_failed"}
        assert len(calls) == 1
        assert room.exported_seq == room.changed_seq
        house.manager._post_save_hooks.clear()
        await type_into(room, 0, "!")
        await house.pass_time(2)
        assert codes(room) == set()


async def test_a_document_that_lost_cells_is_not_exported(house: House) -> None:
    before = tree(house.root)
    async with house.enter("a.ipynb") as room:
        ghost = CellCreated(cell_id=CellId("ghost"), cell_type="code", index=0)
        await room.record([ghost], ADA)
        await type_into(room, 0, " x")
        await house.pass_time(3)
        assert codes(room) == {NOT_WRITTEN}
        assert tree(house.root) == before


async def test_cells_deleted_by_people_are_exported(house: House) -> None:
    async with house.enter("a.ipynb") as room:

        def delete(document: NotebookDocument) -> None:
            del document.cells[1:5]

        await room.edit(ADA, "peer", delete)
        await house.pass_time(2)
        assert len(json.loads((house.root / "a.ipynb").read_text())["cells"]) == 1


async def test_a_failed_room_writes_nothing_more(house: House) -> None:
    before = tree(house.root)
    async with house.enter("a.ipynb") as room:
        await type_into(room, 0, " x")
        room.discard(RuntimeError("for the test"))
    assert tree(house.root) == before


async def test_a_jupytext_pair_keeps_both_files(tmp_path: Path) -> None:
    house = House(tmp_path, make_manager(JUPYTEXT_MANAGERS["jupytext"], tmp_path))
    nb = small_notebook()
    nb["metadata"]["jupytext"] = {"formats": "ipynb,py:percent"}
    house.put("a.ipynb", nb)
    async with house.enter("a.ipynb") as room:
        await house.pass_time(5)
        assert list(tree(tmp_path)) == ["a.ipynb"]
        await type_into(room, 1, " + 1")
        await house.pass_time(2)
        assert source(house, 1) == "x = 42\nx + 1"
        assert "x = 42\nx + 1" in (tmp_path / "a.py").read_text()
        assert codes(room) == set()
        await type_into(room, 1, " + 2")
        await house.pass_time(2)
        assert source(house, 1).endswith("+ 1 + 2")
        assert "x + 1 + 2" in (tmp_path / "a.py").read_text()
    events = len(await house.events(room.notebook_id))
    async with house.enter("a.ipynb") as room:
        assert codes(room) == set()
    assert len(await house.events(room.notebook_id)) == events
