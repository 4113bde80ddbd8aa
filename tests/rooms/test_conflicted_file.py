"""A file with conflict markers: opened as a merge, written without them after the first choice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.version_cell import OURS
from anode_jlab.errors import FileConflicted, FileNotValid, NotANotebook
from anode_jlab.events.document import ConflictMarkersFound, ExternalChangeMerged
from anode_jlab.rooms.room import Room
from tests.documents.merging import as_file, git_merge
from tests.documents.notebook_texts import small_notebook
from tests.rooms.exporting import codes, exports
from tests.rooms.house import ADA, House, type_into

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

CONFLICTED = FileConflicted.code


def with_first(text: str) -> dict[str, Any]:
    nb = small_notebook()
    nb["cells"][0]["source"] = text
    return nb


@pytest.fixture
def conflict(tmp_path: Path) -> str:
    """What git leaves of two changes of the first cell."""
    files = [as_file(with_first(text)) for text in ("ours", "base", "theirs")]
    text, conflicts = git_merge(tmp_path, *files)
    assert conflicts == 1
    return text


async def sources(room: Room) -> list[str]:
    nb = await room.shown(NotebookDocument.to_notebook)
    return ["".join(cell["source"]) for cell in nb["cells"]]


async def discard_version(room: Room) -> None:
    """What the button does."""

    def discard(document: NotebookDocument) -> None:
        nb = document.to_notebook()
        at = next(i for i, cell in enumerate(nb["cells"]) if OURS in cell["metadata"])
        del document.cells[at]

    await room.edit(ADA, "peer", discard)


async def test_it_opens_as_a_merge_and_waits_for_a_choice(house: House, conflict: str) -> None:
    place = house.root / "a.ipynb"
    place.write_text(conflict)
    async with house.enter("a.ipynb") as room:
        assert (await sources(room))[:2] == ["ours", "theirs"]
        assert codes(room) == {CONFLICTED}
        await house.pass_time(20)
    assert place.read_text() == conflict
    # Opened again, nothing is asked or doubled.
    async with house.enter("a.ipynb") as room:
        assert (await sources(room))[:2] == ["ours", "theirs"]
        assert codes(room) == {CONFLICTED}
        await house.pass_time(20)
        assert place.read_text() == conflict

        await discard_version(room)
        await house.pass_time(4)
        assert codes(room) == set()
        assert place.read_text() == as_file(with_first("ours")), "as our side had it, to the byte"
    async with house.enter("a.ipynb") as room:
        assert codes(room) == set()


async def test_saving_without_a_choice_keeps_both(house: House, conflict: str) -> None:
    place = house.root / "a.ipynb"
    place.write_text(conflict)
    async with house.enter("a.ipynb") as room:
        await room.exporter.export_now()
        assert codes(room) == set()
        cells = json.loads(place.read_text())["cells"]
        assert ["".join(cell["source"]) for cell in cells[:2]] == ["ours", "theirs"]


async def test_a_merge_under_an_open_notebook(house: House, conflict: str) -> None:
    place = house.put("a.ipynb", with_first("ours"))
    async with house.enter("a.ipynb") as room:
        place.write_text(conflict)  # git stops in the middle of a merge
        await house.pass_time(4)
        assert (await sources(room))[:2] == ["ours", "theirs"]
        assert codes(room) == {CONFLICTED}
        await house.pass_time(20)
        assert place.read_text() == conflict
        names = {ExternalChangeMerged.event_name, ConflictMarkersFound.event_name}
        merged, found = await house.events(room.notebook_id, names=names)
        assert isinstance(merged.event, ExternalChangeMerged)
        assert merged.event.cells_changed == 1
        assert isinstance(found.event, ConflictMarkersFound)

        # Settled there after all: git checkout --theirs.
        place.write_text(as_file(with_first("theirs")))
        await house.pass_time(4)
        assert (await sources(room))[0] == "theirs"
        assert len(await sources(room)) == len(small_notebook()["cells"])
        assert codes(room) == set()
        assert place.read_text() == as_file(with_first("theirs"))


async def test_what_people_typed_meanwhile_is_there(house: House, conflict: str) -> None:
    place = house.put("a.ipynb", with_first("ours"))
    async with house.enter("a.ipynb") as room:
        await type_into(room, 1, " ada")
        place.write_text(conflict)
        await house.pass_time(4)
        shown = await sources(room)
        assert shown[:2] == ["ours", "theirs"]
        assert shown[2].endswith(" ada")
        cells = json.loads(place.read_text())["cells"]
        assert "".join(cells[2]["source"]).endswith(" ada")
        assert codes(room) == set()


async def test_reloading_takes_both_sides(house: House, conflict: str) -> None:
    place = house.root / "a.ipynb"
    async with house.enter("a.ipynb") as room:
        place.write_text(conflict)
        await room.exporter.reload_from_file()
        assert (await sources(room))[:2] == ["ours", "theirs"]
        assert codes(room) == {CONFLICTED}
        await house.pass_time(20)
        assert place.read_text() == conflict
        assert await exports(house, room) == []


async def test_a_side_that_is_no_notebook_leaves_the_file_alone(house: House) -> None:
    place = house.root / "a.ipynb"
    good = place.read_text() + "\n"
    text = f"<<<<<<< HEAD\n{good}=======\n{{}}\n>>>>>>> feature\n"
    place.write_text(text)
    with pytest.raises(NotANotebook, match="feature"):
        async with house.enter("a.ipynb"):
            pass
    place.write_text(good)
    async with house.enter("a.ipynb") as room:
        place.write_text(text)
        await house.pass_time(4)
        assert codes(room) == {FileNotValid.code}
        await type_into(room, 0, " ours")
        await house.pass_time(10)
        assert place.read_text() == text
