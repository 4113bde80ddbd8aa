"""Another program changes the file of an open notebook: both sides survive."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import FileNotWritten
from anode_jlab.events.document import DocumentUpdated, Exported, ExternalChangeMerged
from anode_jlab.rooms.room import Room
from tests.documents.folders import git, tree
from tests.documents.managers import JUPYTEXT_MANAGERS, make_manager
from tests.documents.notebook_texts import jupyter_text, layouts, small_notebook
from tests.rooms.exporting import DELETED, NOT_VALID, codes, exports, join, source
from tests.rooms.house import ADA, House, type_into

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

NAME = "a.ipynb"


def change(house: House, cell: int = 1, text: str = "# theirs\nx = 42\nx") -> None:
    nb = json.loads((house.root / NAME).read_text())
    nb["cells"][cell]["source"] = text
    house.put(NAME, nb)


async def shown(room: Room) -> list[str]:
    def read(document: NotebookDocument) -> list[str]:
        return [cell["source"] for cell in document.to_notebook()["cells"]]

    return await room.shown(read)


async def merges(house: House, room: Room) -> list[ExternalChangeMerged]:
    found = await house.events(room.notebook_id, names={ExternalChangeMerged.event_name})
    return [one.event for one in found if isinstance(one.event, ExternalChangeMerged)]


async def test_a_change_arrives_though_nobody_types(house: House) -> None:
    async with house.enter(NAME) as room:
        change(house)
        before = tree(house.root)
        await house.pass_time(2)

        assert (await shown(room))[1] == "# theirs\nx = 42\nx"
        (merged,) = await merges(house, room)
        assert merged.complete
        assert (merged.cells_changed, merged.cells, merged.versions) == (1, ("cell-1",), ())
        update, fact, _ = (await house.events(room.notebook_id))[-3:]
        assert isinstance(update.event, DocumentUpdated)
        assert update.event.origin == "merge"
        assert {update.actor.id, fact.actor.id} == {"file"}
        assert room.exported_seq >= room.changed_seq
        await house.pass_time(30)
        assert tree(house.root) == before
        assert len(await merges(house, room)) == 1


async def test_both_sides_survive_and_come_into_the_file(house: House) -> None:
    async with house.enter(NAME) as room:
        await type_into(room, 0, " ours")
        change(house)
        await house.pass_time(4)

        assert codes(room) == set()
        texts = await shown(room)
        assert texts[0].endswith(" ours")
        assert texts[1].startswith("# theirs")
        assert source(house, 0).endswith(" ours")
        assert source(house, 1).startswith("# theirs")
        (merged,) = await merges(house, room)
        assert not merged.complete
        assert room.exported_seq == room.changed_seq
        change(house, 2, "again")
        await house.pass_time(2)
        assert (await shown(room))[2] == "again"
        assert (await shown(room))[0].endswith(" ours")


async def test_one_place_changed_by_both_is_shown_twice(house: House) -> None:
    async with house.enter(NAME) as room:
        await type_into(room, 1, " + ours")
        change(house, 1, "x = 42\nx + theirs")
        await house.pass_time(4)
        texts = await shown(room)
        assert texts[1:3] == ["x = 42\nx + ours", "x = 42\nx + theirs"]
        (merged,) = await merges(house, room)
        assert len(merged.versions) == 1
        assert source(house, 1) == "x = 42\nx + ours"
        assert source(house, 2) == "x = 42\nx + theirs"


async def test_git_checkout_while_somebody_edits(house: House) -> None:
    git(house.root, "init", "-q")
    git(house.root, "add", ".")
    git(house.root, "commit", "-qm", "old")
    change(house, 1, "new = 1")
    git(house.root, "commit", "-qam", "new")
    async with house.enter(NAME) as room:
        await type_into(room, 0, " ours")
        git(house.root, "checkout", "-q", "HEAD~1", "--", NAME)
        await house.pass_time(4)
        assert source(house, 0).endswith(" ours")
        assert source(house, 1) == "x = 42\nx"

        git(house.root, "checkout", "-q", "HEAD", "--", NAME)
        await house.pass_time(4)
        assert source(house, 1) == "new = 1"


async def test_checking_out_an_old_version_is_not_undone(house: House) -> None:
    git(house.root, "init", "-q")
    git(house.root, "add", ".")
    git(house.root, "commit", "-qm", "old")
    async with house.enter(NAME) as room:

        def rewrite(document: NotebookDocument) -> None:
            del document.cells[2:5]
            text = document.cells[0]["source"]
            text += " more"

        await room.edit(ADA, "peer", rewrite)
        await house.pass_time(3)
        git(house.root, "commit", "-qam", "new")
        git(house.root, "checkout", "-q", "HEAD~1")
        await house.pass_time(30)
        assert git(house.root, "status", "--porcelain", "-uno") == ""
        assert await shown(room) == [cell["source"] for cell in small_notebook()["cells"]]
        await type_into(room, 0, "!")
        await house.pass_time(3)
        assert len(json.loads((house.root / NAME).read_text())["cells"]) == 5
        git(house.root, "checkout", "-q", ".")
        git(house.root, "checkout", "-q", "-")
        await house.pass_time(3)
        assert len(await shown(room)) == 2
        assert (await shown(room))[0].endswith(" more")


async def test_touch_and_other_layouts_are_no_events(house: House) -> None:
    place = house.root / NAME
    async with house.enter(NAME) as room:
        events = await house.events(room.notebook_id)
        os.utime(place, ns=(5, 5))
        await house.pass_time(3)
        for _, text in layouts(jupyter_text(small_notebook())):
            place.write_bytes(text.encode())
            before = tree(house.root)
            await house.pass_time(3)
            assert tree(house.root) == before
        assert await house.events(room.notebook_id) == events
        assert codes(room) == set()
        await type_into(room, 0, " ours")
        await house.pass_time(3)
        assert source(house).endswith(" ours")


@pytest.mark.parametrize("replace", [True, False])
async def test_a_file_written_in_pieces_is_taken_when_it_is_whole(
    house: House, replace: bool
) -> None:
    place = house.root / NAME
    async with house.enter(NAME) as room:
        change(house)
        text = place.read_text()
        if replace:
            place.unlink()
        else:
            place.write_text(text[:100])
        await house.pass_time(1.5)
        assert codes(room) == set()
        place.write_text(text)
        await house.pass_time(1.5)
        assert codes(room) == set()
        assert (await shown(room))[1].startswith("# theirs")


@pytest.mark.parametrize("text", ["", "{]", '{"nbformat": 4, "nbformat_minor": 9}'])
async def test_what_is_no_notebook_is_told_and_left(house: House, text: str) -> None:
    place = house.root / NAME
    good = place.read_text()
    async with house.enter(NAME) as room:
        place.write_text(text)
        await house.pass_time(4)
        assert codes(room) == {NOT_VALID}
        await type_into(room, 0, " ours")
        await house.pass_time(10)
        assert codes(room) == {NOT_VALID}
        with pytest.raises(FileNotWritten):
            await room.exporter.export_now()
        assert place.read_text() == text
        place.write_text(good)
        await house.pass_time(6)
        assert codes(room) == set()
        assert source(house).endswith(" ours")


async def test_a_deleted_file_is_told_and_may_come_back(house: House) -> None:
    place = house.root / NAME
    text = place.read_text()
    async with house.enter(NAME) as room:
        place.unlink()
        await house.pass_time(4)
        assert codes(room) == {DELETED}
        await type_into(room, 0, " ours")
        await house.pass_time(20)
        assert not place.exists()
        nb = json.loads(text)
        nb["cells"][1]["source"] = "made anew"
        house.put(NAME, nb)
        await house.pass_time(6)
        assert codes(room) == set()
        assert source(house, 0).endswith(" ours")
        assert source(house, 1) == "made anew"


async def test_without_autosave_a_change_is_taken_in_and_nothing_is_written(house: House) -> None:
    async with house.enter(NAME) as room:
        await join(room, autosave=False)
        await type_into(room, 0, " ours")
        change(house)
        before = tree(house.root)
        await house.pass_time(20)
        assert tree(house.root) == before
        assert (await shown(room))[1].startswith("# theirs")
        await room.exporter.export_now()
        assert source(house, 0).endswith(" ours")
        assert source(house, 1).startswith("# theirs")


async def test_a_hook_that_strips_outputs_does_not_strip_the_notebook(house: House) -> None:
    def strip(model: dict[str, Any], **_: Any) -> None:
        for cell in model["content"]["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None

    house.manager.register_pre_save_hook(strip)
    async with house.enter(NAME) as room:
        await type_into(room, 0, " ours")
        await house.pass_time(3)
        assert json.loads((house.root / NAME).read_text())["cells"][1]["outputs"] == []
        change(house, 2, "theirs")
        await house.pass_time(3)
        nb = await room.shown(lambda document: document.to_notebook())
        assert nb["cells"][2]["source"] == "theirs"
        assert nb["cells"][1]["outputs"] == small_notebook()["cells"][1]["outputs"]
        assert (await exports(house, room))[-1].upto <= room.changed_seq
    async with house.enter(NAME) as room:
        change(house, 2, "theirs again")
        await house.pass_time(3)
        nb = await room.shown(lambda document: document.to_notebook())
        assert nb["cells"][2]["source"] == "theirs again"
        assert nb["cells"][1]["outputs"] == small_notebook()["cells"][1]["outputs"]


@pytest.mark.parametrize("minor", [2, 4])
async def test_cells_without_ids_are_matched_by_what_they_hold(house: House, minor: int) -> None:
    house.put("old.ipynb", small_notebook(minor))
    async with house.enter("old.ipynb") as room:
        ids = await room.shown(lambda document: document.cell_ids)
        await type_into(room, 0, " ours")
        nb = deepcopy(small_notebook(minor))
        nb["cells"][1]["source"] = "# theirs\nx = 42\nx"
        nb["cells"].insert(1, {"cell_type": "raw", "metadata": {}, "source": "new"})
        house.put("old.ipynb", nb)
        await house.pass_time(4)
        found = json.loads((house.root / "old.ipynb").read_text())
        assert len(found["cells"]) == 6
        assert "".join(found["cells"][0]["source"]).endswith(" ours")
        assert "".join(found["cells"][2]["source"]).startswith("# theirs")
        assert found["nbformat_minor"] == minor
        now = await room.shown(lambda document: document.cell_ids)
        assert [cell for cell in now if cell in ids] == ids


async def test_an_edit_of_a_jupytext_script_keeps_the_outputs(tmp_path: Path) -> None:
    house = House(tmp_path, make_manager(JUPYTEXT_MANAGERS["jupytext"], tmp_path))
    nb = small_notebook()
    nb["metadata"]["jupytext"] = {"formats": "ipynb,py:percent"}
    house.put(NAME, nb)
    async with house.enter(NAME) as room:
        await type_into(room, 1, " + 1")
        await house.pass_time(3)
        script = tmp_path / "a.py"
        text = script.read_text().replace("x = 42\nx + 1", "x = 43\nx + 1")
        script.write_text(text)
        os.utime(script, (2_000_000_000, 2_000_000_000))
        await house.pass_time(4)
        found = await room.shown(lambda document: document.to_notebook())
        assert found["cells"][1]["source"] == "x = 43\nx + 1"
        assert found["cells"][1]["outputs"] == nb["cells"][1]["outputs"]
        assert len(found["cells"]) == 5


async def test_a_merge_is_known_after_a_restart(house: House) -> None:
    async with house.enter(NAME) as room:
        await join(room, autosave=False)
        await type_into(room, 0, " ours")
        change(house)
        await house.pass_time(3)
    head = len(await house.events(room.notebook_id))
    async with house.enter(NAME) as room:
        await house.pass_time(0.1)
        assert codes(room) == set()
        assert len(await merges(house, room)) == 1
        change(house, 2, "again")
        await house.pass_time(4)
        texts = [source(house, cell) for cell in range(3)]
        assert texts[0].endswith(" ours")
        assert texts[1].startswith("# theirs")
        assert texts[2] == "again"
        names = [one.event for one in await house.events(room.notebook_id)][head:]
        assert sum(isinstance(event, Exported) for event in names) >= 1
