"""Opening: from a file, from the log, and when the two do not agree."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from anode_jlab.documents.contents import JsonObject
from anode_jlab.documents.file_text import content_digest
from anode_jlab.errors import (
    FileChangedOutside,
    FileDeleted,
    FileNotValid,
    HeldElsewhere,
    NotANotebook,
    NotebookNotFound,
)
from anode_jlab.events.content import CellCreated
from anode_jlab.events.document import (
    DocumentUpdated,
    ExternalChangeMerged,
    LineageStarted,
    PathChanged,
)
from anode_jlab.ids import NotebookId
from anode_jlab.rooms.opened import OpenedNotebook
from tests.documents.folders import tree
from tests.documents.notebook_texts import jupyter_text, layouts, small_notebook
from tests.rooms.house import House, let_go, notebook_in, type_into

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def look(house: House, notebook: NotebookId) -> tuple[JsonObject, OpenedNotebook]:
    """What an opening shows, with everything let go of again."""
    opened = await house.opener.load(notebook)
    content = notebook_in(opened).to_notebook()
    await let_go(opened)
    return content, opened


def edited(nb: dict[str, Any], text: str = "\nby git") -> dict[str, Any]:
    cells = [dict(cell) for cell in nb["cells"]]
    cells[1]["source"] = nb["cells"][1]["source"] + text
    return {**nb, "cells": cells}


async def leave_unexported(house: House, path: str) -> NotebookId:
    """A notebook with a change that never came into its file, as after a crash."""
    opened = await house.opener.load(await house.opener.identify(path))
    house_room = house.enter(path)
    await let_go(opened)
    save, house.manager.save = house.manager.save, _refuse
    try:
        async with house_room as room:
            await type_into(room, 0, " ours")
    finally:
        house.manager.save = save
    return opened.notebook_id


async def _refuse(model: dict[str, Any], path: str = "") -> dict[str, Any]:
    raise OSError("no file is written in this test")


# --- from the file --------------------------------------------------------------------------------


@pytest.mark.parametrize("minor", range(6))
async def test_import_writes_a_log_and_no_file(house: House, minor: int) -> None:
    place = house.put("a.ipynb", small_notebook(minor))
    before = tree(house.root)

    notebook = await house.opener.identify("/a.ipynb")
    content, opened = await look(house, notebook)

    assert content == small_notebook(minor)
    assert tree(house.root) == before
    events = [envelope.event for envelope in await house.events(notebook)]
    started = events[0]
    assert isinstance(started, LineageStarted)
    assert (started.lineage, started.path) == (opened.lineage, "a.ipynb")
    assert sum(isinstance(event, CellCreated) for event in events) == 5
    (update,) = [event for event in events if isinstance(event, DocumentUpdated)]
    assert update.origin == "import"
    assert opened.state.changed_upto == opened.exported_seq
    assert opened.head == len(events)
    assert opened.conditions == ()
    entry = await house.catalogue.get(notebook)
    assert entry is not None
    assert (entry.lineage, entry.file_hash) == (opened.lineage, started.file_hash)
    assert entry.inode.endswith(f":{place.stat().st_ino}")


@pytest.mark.parametrize("minor", [2, 5])
async def test_opening_again_logs_nothing_and_keeps_the_cells(house: House, minor: int) -> None:
    house.put("a.ipynb", small_notebook(minor))
    notebook = await house.opener.identify("a.ipynb")
    first = await house.opener.load(notebook)
    ids = notebook_in(first).cell_ids
    await let_go(first)
    events = await house.events(notebook)

    second = await house.new_opener().load(notebook)

    assert notebook_in(second).cell_ids == ids
    assert notebook_in(second).to_notebook() == small_notebook(minor)
    assert second.state.cells == first.state.cells
    await let_go(second)
    assert await house.events(notebook) == events


@pytest.mark.parametrize("text", ["", "{}", '{"nbformat": 3}', "<<<<<<< ours"])
async def test_what_is_no_notebook_leaves_no_trace(house: House, text: str) -> None:
    (house.root / "a.ipynb").write_text(text)
    with pytest.raises(NotANotebook):
        await house.opener.identify("a.ipynb")
    with pytest.raises(NotebookNotFound):
        await house.opener.identify("b.ipynb")
    with pytest.raises(NotebookNotFound):
        await house.opener.identify("/")
    assert await house.catalogue.all() == []
    with pytest.raises(NotebookNotFound):
        await house.opener.load(NotebookId("0" * 32))


async def test_a_file_replaced_between_naming_and_loading(house: House) -> None:
    house.put("a.ipynb", small_notebook())
    notebook = await house.opener.identify("a.ipynb")
    house.put("a.ipynb", edited(small_notebook()))
    content, _ = await look(house, notebook)
    assert content == edited(small_notebook())

    house.put("b.ipynb", small_notebook())
    other = await house.opener.identify("b.ipynb")
    (house.root / "b.ipynb").write_text("not any more")
    with pytest.raises(NotANotebook):
        await house.opener.load(other)
    assert not await house.store.exists(other)


# --- when the file changed ------------------------------------------------------------------------


async def test_touch_and_new_layouts_are_no_change(house: House) -> None:
    place = house.put("a.ipynb", small_notebook())
    notebook = await house.opener.identify("a.ipynb")
    await look(house, notebook)
    events = await house.events(notebook)

    os.utime(place, ns=(5, 5))
    assert (await look(house, notebook))[1].conditions == ()
    for _, text in layouts(jupyter_text(small_notebook())):
        place.write_bytes(text.encode())
        _, opened = await look(house, notebook)
        assert opened.conditions == ()
        assert opened.file_state is not None
        await opened.file_state.file.require(opened.file_state.known_hash)

    assert await house.events(notebook) == events


async def test_a_change_by_another_program_is_taken_over(house: House) -> None:
    place = house.put("a.ipynb", small_notebook())
    notebook = await house.opener.identify("a.ipynb")
    first = await house.opener.load(notebook)
    ids = notebook_in(first).cell_ids
    await let_go(first)
    house.put("a.ipynb", edited(small_notebook()))
    before = tree(house.root)

    content, opened = await look(house, notebook)

    assert content == edited(small_notebook())
    assert [cell.id for cell in opened.state.cells] == ids
    assert opened.conditions == ()
    assert opened.exported_seq >= opened.state.changed_upto
    *_, merged = await house.events(notebook)
    assert isinstance(merged.event, ExternalChangeMerged)
    assert merged.actor.id == "file"
    assert merged.event.cells_changed == 1
    assert tree(house.root) == before
    place.touch()
    assert (await look(house, notebook))[1].head == opened.head


async def test_a_change_by_another_program_is_merged_with_ours(house: House) -> None:
    house.put("a.ipynb", small_notebook())
    notebook = await leave_unexported(house, "a.ipynb")
    house.put("a.ipynb", edited(small_notebook()))
    before = tree(house.root)

    content, opened = await look(house, notebook)

    assert opened.conditions == ()
    assert content["cells"][0]["source"].endswith(" ours")
    assert content["cells"][1]["source"].endswith("by git")
    *_, merged = await house.events(notebook)
    assert isinstance(merged.event, ExternalChangeMerged)
    assert (merged.event.complete, merged.event.cells) == (False, ("cell-1",))
    assert opened.state.changed_upto > opened.exported_seq
    assert tree(house.root) == before
    assert (await look(house, notebook))[1].head == opened.head
    async with house.enter("a.ipynb"):
        await house.pass_time(2)
        found = json.loads((house.root / "a.ipynb").read_text())["cells"]
        assert found[0]["source"].endswith(" ours")
        assert found[1]["source"].endswith("by git")


async def test_without_a_base_a_change_beside_ours_is_told(house: House) -> None:
    async def nothing(*_: object) -> None:
        return None

    house.put("a.ipynb", small_notebook())
    notebook = await leave_unexported(house, "a.ipynb")
    house.put("a.ipynb", edited(small_notebook()))
    before = tree(house.root)
    house.bases.find = nothing  # type: ignore[assignment,method-assign]

    content, opened = await look(house, notebook)

    assert [condition.code for condition in opened.conditions] == [FileChangedOutside.code]
    assert content["cells"][0]["source"].endswith(" ours")
    assert "by git" not in json.dumps(content)
    assert tree(house.root) == before


async def test_a_missing_file(house: House) -> None:
    place = house.put("a.ipynb", small_notebook())
    notebook = await house.opener.identify("a.ipynb")
    await look(house, notebook)
    text = place.read_text()
    place.unlink()
    with pytest.raises(NotebookNotFound):
        await house.opener.load(notebook)

    place.write_text(text)
    assert await leave_unexported(house, "a.ipynb") == notebook
    place.unlink()
    content, opened = await look(house, notebook)
    assert [condition.code for condition in opened.conditions] == [FileDeleted.code]
    assert content["cells"][0]["source"].endswith(" ours")
    assert tree(house.root) == {}


@pytest.mark.parametrize("text", ["", "<<<<<<< HEAD", '{"nbformat": 5}'])
async def test_a_file_that_is_no_notebook_any_more(house: House, text: str) -> None:
    place = house.put("a.ipynb", small_notebook())
    good = place.read_text()
    notebook = await house.opener.identify("a.ipynb")
    await look(house, notebook)
    place.write_text(text)
    with pytest.raises(NotANotebook):
        await house.opener.load(notebook)

    place.write_text(good)
    await leave_unexported(house, "a.ipynb")
    place.write_text(text)
    content, opened = await look(house, notebook)
    (condition,) = opened.conditions
    assert condition.code == FileNotValid.code
    assert condition.message.endswith("It is left as it is; your work here is kept.")
    assert content["cells"][0]["source"].endswith(" ours")
    assert place.read_text() == text


# --- after a crash --------------------------------------------------------------------------------


async def test_our_own_write_that_the_log_missed_is_known(house: House) -> None:
    house.put("a.ipynb", small_notebook())
    notebook = await leave_unexported(house, "a.ipynb")
    content, _ = await look(house, notebook)
    written = edited(content, " not the newest")
    await house.catalogue.file_writing(notebook, content_digest(written))
    house.put("a.ipynb", written, indent=1)

    again, opened = await look(house, notebook)

    assert again == content
    assert opened.conditions == ()
    assert opened.file_state is not None
    await opened.file_state.file.require(opened.file_state.known_hash)


async def test_a_file_torn_by_a_crash_is_put_back(house: House) -> None:
    place = house.put("a.ipynb", small_notebook())
    notebook = await house.opener.identify("a.ipynb")
    await look(house, notebook)
    place.with_name(".~a.ipynb").write_bytes(place.read_bytes())
    place.write_bytes(place.read_bytes()[:100])

    content, opened = await look(house, notebook)

    assert content == small_notebook()
    assert opened.conditions == ()
    assert list(tree(house.root)) == ["a.ipynb"]


async def test_the_log_knows_the_file_when_the_catalogue_lags(house: House) -> None:
    house.put("a.ipynb", small_notebook())
    async with house.enter("a.ipynb") as room:
        stale = await house.catalogue.get(room.notebook_id)
        await type_into(room, 0, " more")
    assert stale is not None
    house.catalogue._entries[stale.notebook] = stale
    events = len(await house.events(stale.notebook))

    content, opened = await look(house, stale.notebook)

    assert opened.conditions == ()
    assert content["cells"][0]["source"].endswith(" more")
    assert len(await house.events(stale.notebook)) == events


# --- identity and leases --------------------------------------------------------------------------


async def test_a_renamed_file_is_the_same_notebook(house: House) -> None:
    place = house.put("a.ipynb", small_notebook())
    notebook = await house.opener.identify("a.ipynb")
    await look(house, notebook)
    (house.root / "sub").mkdir()
    place.rename(house.root / "sub/b.ipynb")

    assert await house.opener.identify("sub/b.ipynb") == notebook
    _, opened = await look(house, notebook)

    assert opened.path == opened.state.path == "sub/b.ipynb"
    *_, moved = await house.events(notebook)
    assert moved.event == PathChanged(old_path="a.ipynb", new_path="sub/b.ipynb")


async def test_a_copy_is_another_notebook_that_knows_its_origin(house: House) -> None:
    place = house.put("a.ipynb", small_notebook())
    notebook = await house.opener.identify("a.ipynb")
    await look(house, notebook)
    (house.root / "b.ipynb").write_bytes(place.read_bytes())

    copy = await house.opener.identify("b.ipynb")
    await look(house, copy)

    assert copy != notebook
    started = (await house.events(copy))[0].event
    assert isinstance(started, LineageStarted)
    assert started.forked_from == notebook


async def test_empty_notebooks_are_strangers(house: House) -> None:
    empty = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    first = house.put("a.ipynb", empty)
    notebook = await house.opener.identify("a.ipynb")
    await look(house, notebook)
    house.put("b.ipynb", empty)
    first.unlink()

    other = await house.opener.identify("b.ipynb")
    await look(house, other)

    assert other != notebook
    started = (await house.events(other))[0].event
    assert isinstance(started, LineageStarted)
    assert started.forked_from is None


async def test_a_notebook_held_by_another_server(house: House) -> None:
    house.put("a.ipynb", small_notebook())
    notebook = await house.opener.identify("a.ipynb")
    held = await house.new_opener("another server").load(notebook)
    with pytest.raises(HeldElsewhere):
        await house.opener.load(notebook)
    await let_go(held)
    _, opened = await look(house, notebook)
    assert opened.lineage == held.lineage


async def test_a_failed_opening_holds_nothing(house: House) -> None:
    place = house.put("a.ipynb", small_notebook())
    notebook = await house.opener.identify("a.ipynb")
    await look(house, notebook)
    text = place.read_text()
    place.write_text("broken")
    with pytest.raises(NotANotebook):
        await house.opener.load(notebook)
    place.write_text(text)
    opened = await house.new_opener("another server").load(notebook)
    await let_go(opened)
