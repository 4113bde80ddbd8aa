"""The file follows its notebook: on time, only when it may, and again by itself after a failure."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from tornado.web import HTTPError

from anode_jlab.errors import FileChangedOutside, FileNotWritten, NotANotebook
from anode_jlab.events.document import ExternalChangeMerged
from anode_jlab.rooms.roles import Role
from tests.documents.folders import changed_lines, git, tree
from tests.rooms.exporting import DELETED, OUTSIDE, Manager, codes, exports, join, source
from tests.rooms.house import House, type_into

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

# --- when -----------------------------------------------------------------------------------------


async def test_the_file_follows_within_two_seconds(house: House) -> None:
    text = (house.root / "a.ipynb").read_text()
    async with house.enter("a.ipynb") as room:
        await house.pass_time(20)
        assert (house.root / "a.ipynb").read_text() == text
        assert await exports(house, room) == []

        typed = await type_into(room, 0, " and more")
        await house.pass_time(1.9)

        assert source(house).endswith(" and more")
        assert len(changed_lines(text, (house.root / "a.ipynb").read_text())) == 2
        (exported,) = await exports(house, room)
        entry = await house.catalogue.get(room.notebook_id)
        assert entry is not None
        assert exported.file_hash == entry.file_hash
        assert exported.upto >= typed.first
        assert room.exported_seq == room.changed_seq
        assert entry.writing == ""
        await house.pass_time(60)
        assert len(await exports(house, room)) == 1
        assert codes(room) == set()


async def test_typing_without_a_pause_is_written_every_ten_seconds(house: House) -> None:
    async with house.enter("a.ipynb") as room:
        written_at = [house.clock.monotonic()]
        count = 0
        for _ in range(100):
            await type_into(room, 0, "x")
            await house.pass_time(0.4)
            if len(await exports(house, room)) > count:
                count += 1
                written_at.append(house.clock.monotonic())
        gaps = [b - a for a, b in pairwise(written_at)]
        assert len(gaps) >= 4
        assert max(gaps) <= 10
        await house.pass_time(2)
        assert source(house).endswith("x" * 100)


async def test_opening_and_reading_leaves_git_clean(house: House) -> None:
    git(house.root, "init", "-q")
    git(house.root, "add", ".")
    git(house.root, "commit", "-qm", "as it was")
    async with house.enter("a.ipynb") as room:
        await join(room, Role.READER)
        await join(room, Role.OWNER)
        await house.pass_time(30)
        await room.exporter.export_now()
        assert await exports(house, room) == []
    assert git(house.root, "status", "--porcelain", "--ignored") == ""


async def test_closing_writes_what_is_missing(house: House) -> None:
    async with house.enter("a.ipynb") as room:
        await type_into(room, 0, " at the last moment")
    assert source(house).endswith(" at the last moment")


async def test_what_a_crash_left_unexported_is_written_after_the_next_opening(
    house: House,
) -> None:
    manager = Manager(house)
    manager.error = HTTPError(500, "no")
    async with house.enter("a.ipynb") as room:
        await type_into(room, 0, " before the crash")
    assert not source(house).endswith("crash")
    manager.error = None
    async with house.enter("a.ipynb") as room:
        await house.pass_time(2)
        assert source(house).endswith(" before the crash")


# --- autosave -------------------------------------------------------------------------------------


async def test_without_autosave_only_a_save_writes(house: House) -> None:
    before = tree(house.root)
    async with house.enter("a.ipynb") as room:
        await join(room, autosave=False)
        await type_into(room, 0, " kept in the log")
        await house.pass_time(60)
        assert tree(house.root) == before

        upto = await room.exporter.export_now()

        assert upto == room.changed_seq
        assert source(house).endswith(" kept in the log")
        await type_into(room, 0, " and this")
    assert source(house).endswith(" kept in the log")


async def test_whose_autosave_counts(house: House) -> None:
    async with house.enter("a.ipynb") as room:
        off = await join(room, autosave=False)
        await join(room, Role.READER, autosave=True)  # does not write, so does not count
        await type_into(room, 0, "1")
        await house.pass_time(15)
        assert not source(house).endswith("1")

        on = await join(room, autosave=True)  # one writer with autosave is enough
        await house.pass_time(2)
        assert source(house).endswith("1")

        room.disconnect(on)
        await type_into(room, 0, "2")
        await house.pass_time(15)
        assert source(house).endswith("1")

        room.set_role(off, Role.READER)  # nobody writes: the last word stays
        room.disconnect(off)
        await house.pass_time(15)
        assert source(house).endswith("1")
        await join(room, autosave=None)  # did not say: on
        await house.pass_time(2)
        assert source(house).endswith("12")


# --- changed outside, when nobody knows what it held before ---------------------------------------


@pytest.fixture
def baseless(house: House) -> House:
    """A house that forgot what its files held."""

    async def nothing(*_: object) -> None:
        return None

    house.bases.find = nothing  # type: ignore[assignment,method-assign]
    return house


def change_outside(house: House) -> None:
    nb = json.loads((house.root / "a.ipynb").read_text())
    nb["cells"][2]["source"] = "by another program"
    house.put("a.ipynb", nb)


async def test_never_over_a_file_changed_outside_until_told(baseless: House) -> None:
    house = baseless
    async with house.enter("a.ipynb") as room:
        change_outside(house)
        before = tree(house.root)
        await type_into(room, 0, " ours")
        await house.pass_time(30)
        assert codes(room) == {OUTSIDE}
        assert tree(house.root) == before
        with pytest.raises(FileChangedOutside):
            await room.exporter.export_now()
        assert tree(house.root) == before

        await room.exporter.export_now(overwrite=True)

        assert codes(room) == set()
        assert source(house).endswith(" ours")
        assert source(house, 2) == "<b>raw</b>"
        await type_into(room, 0, " again")
        await house.pass_time(2)
        assert source(house).endswith(" again")


async def test_reloading_takes_the_file_and_keeps_ours_in_the_history(baseless: House) -> None:
    house = baseless
    async with house.enter("a.ipynb") as room:
        change_outside(house)
        await type_into(room, 0, " ours")
        await house.pass_time(2)
        before = tree(house.root)

        seq = await room.exporter.reload_from_file()

        assert codes(room) == set()
        nb = await room.shown(lambda document: document.to_notebook())
        assert nb["cells"][2]["source"] == "by another program"
        assert not nb["cells"][0]["source"].endswith(" ours")
        merged = (await house.events(room.notebook_id))[seq - 1]
        assert isinstance(merged.event, ExternalChangeMerged)
        assert merged.event.cells_changed == 2
        assert merged.actor.id == "file"
        await house.pass_time(10)
        assert tree(house.root) == before
        await type_into(room, 0, " after")
        await house.pass_time(2)
        assert source(house).endswith(" after")
        assert source(house, 2) == "by another program"


async def test_a_file_that_comes_back_is_written_again(baseless: House) -> None:
    house = baseless
    text = (house.root / "a.ipynb").read_text()
    async with house.enter("a.ipynb") as room:
        change_outside(house)
        await type_into(room, 0, " ours")
        await house.pass_time(3)
        assert codes(room) == {OUTSIDE}
        (house.root / "a.ipynb").write_text(text)
        await house.pass_time(5)
        assert codes(room) == set()
        assert source(house).endswith(" ours")


async def test_a_file_that_became_no_notebook_is_kept(house: House) -> None:
    place = house.root / "a.ipynb"
    async with house.enter("a.ipynb") as room:
        place.write_text("<<<<<<< HEAD")
        await type_into(room, 0, " ours")
        await house.pass_time(3)
        assert codes(room)
        for overwrite in (False, True):
            with pytest.raises((FileNotWritten, FileChangedOutside)):
                await room.exporter.export_now(overwrite=overwrite)
        with pytest.raises(NotANotebook):
            await room.exporter.reload_from_file()
        assert place.read_text() == "<<<<<<< HEAD"
        place.unlink()
        await room.exporter.export_now(overwrite=True)
        assert source(house).endswith(" ours")


async def test_a_rename_while_open_is_followed(house: House) -> None:
    async with house.enter("a.ipynb") as room:
        (house.root / "sub").mkdir()
        (house.root / "a.ipynb").rename(house.root / "sub" / "b.ipynb")
        await type_into(room, 0, " moved")
        await house.pass_time(2)
        assert codes(room) == {DELETED}
        await house.catalogue.rename("a.ipynb", "sub/b.ipynb")
        await room.moved("sub/b.ipynb")
        await house.pass_time(5)
        assert codes(room) == set()
        assert source(house, name="sub/b.ipynb").endswith(" moved")
        assert list(tree(house.root)).count("a.ipynb") == 0
