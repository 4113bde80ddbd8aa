"""The file of a live notebook is renamed or deleted by another program, or another one comes."""

from __future__ import annotations

import json
import os

import pytest

from anode_jlab.errors import FileDeleted, NotebookNotFound
from anode_jlab.events.document import PathChanged
from tests.documents.folders import tree
from tests.documents.notebook_texts import small_notebook
from tests.rooms.exporting import DELETED, codes, source
from tests.rooms.house import House, let_go, notebook_in, type_into

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


async def test_a_renamed_file_is_found_when_it_is_to_be_written(house: House) -> None:
    async with house.enter("a.ipynb") as room:
        os.rename(house.root / "a.ipynb", house.root / "b.ipynb")
        await type_into(room, 0, " ours")
        await room.exporter.export_now()
        assert (room.path, codes(room)) == ("b.ipynb", set())
        assert source(house, 0, "b.ipynb").endswith(" ours")


@pytest.mark.parametrize("edited", [False, True])
async def test_a_file_renamed_in_its_folder_is_followed(house: House, edited: bool) -> None:
    async with house.enter("a.ipynb") as room:
        os.rename(house.root / "a.ipynb", house.root / "b.ipynb")
        if edited:
            nb = json.loads((house.root / "b.ipynb").read_text())
            nb["cells"][1]["source"] = "theirs"
            (house.root / "b.ipynb").write_text(json.dumps(nb))
        await house.pass_time(4)
        assert (room.path, codes(room)) == ("b.ipynb", set())
        assert await house.opener.identify("b.ipynb") == room.notebook_id
        await type_into(room, 0, " ours")
        await house.pass_time(3)
        assert source(house, 0, "b.ipynb").endswith(" ours")
        assert (source(house, 1, "b.ipynb") == "theirs") is edited
        assert not (house.root / "a.ipynb").exists()
        (moved,) = await house.events(room.notebook_id, names={PathChanged.event_name})
        assert moved.event == PathChanged(old_path="a.ipynb", new_path="b.ipynb")


async def test_the_next_file_with_the_same_inode_is_another_one(house: House) -> None:
    place, other = house.root / "a.ipynb", house.root / "b.ipynb"
    async with house.enter("a.ipynb") as room:
        os.rename(place, other)  # as when the file system gives the inode of a deleted file again
        nb = small_notebook()
        nb["cells"] = [{"id": "new", "cell_type": "raw", "metadata": {}, "source": "new"}]
        other.write_text(json.dumps(nb))
        await house.pass_time(4)
        assert (room.path, codes(room)) == ("a.ipynb", {DELETED})
        assert await house.opener.identify("b.ipynb") != room.notebook_id


async def test_a_deleted_file_is_not_written_until_somebody_says_so(house: House) -> None:
    place = house.root / "a.ipynb"
    async with house.enter("a.ipynb") as room:
        place.unlink()
        await house.catalogue.vacate("a.ipynb")
        await room.exporter.file_deleted()
        assert codes(room) == {DELETED}
        await type_into(room, 0, " ours")
        house.put("a.ipynb", {**small_notebook(), "cells": []})
        before = tree(house.root)
        await house.pass_time(20)
        for overwrite in (False, True):
            with pytest.raises(FileDeleted):
                await room.exporter.export_now(overwrite)
        with pytest.raises(NotebookNotFound):
            await room.exporter.reload_from_file()
        assert tree(house.root) == before
        place.unlink()
        await room.exporter.export_now(overwrite=True)
        assert codes(room) == set()
        assert source(house).endswith(" ours")
        assert await house.opener.identify("a.ipynb") == room.notebook_id


async def test_a_deleted_notebook_is_opened_by_its_id(house: House) -> None:
    async with house.enter("a.ipynb") as room:
        notebook = room.notebook_id
    (house.root / "a.ipynb").unlink()
    (lost,) = await house.catalogue.vacate("a.ipynb")
    assert lost.notebook == notebook
    with pytest.raises(NotebookNotFound):
        await house.opener.identify("a.ipynb")
    opened = await house.opener.load(notebook)
    assert [condition.code for condition in opened.conditions] == [DELETED]
    assert opened.path == "a.ipynb"
    assert notebook_in(opened).to_notebook() == small_notebook()
    await let_go(opened)


async def test_saving_again_does_not_replace_a_file_that_came_meanwhile(house: House) -> None:
    place = house.root / "a.ipynb"
    async with house.enter("a.ipynb") as room:
        await type_into(room, 0, " ours")
        await room.exporter.export_now()
        theirs = json.loads(place.read_text())
        theirs["cells"][1]["source"] = "theirs"
        place.unlink()
        await house.pass_time(4)
        assert codes(room) == {DELETED}
        house.put("a.ipynb", theirs)
        await type_into(room, 0, " again")
        await room.exporter.export_now(overwrite=True)
        assert codes(room) == set()
        assert source(house).endswith(" ours again")
        assert source(house, 1) == "theirs"
