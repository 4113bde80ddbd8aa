"""Plain copies: when they are made, which are kept, and that a purge reaches them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.text_document import TextDocument
from anode_jlab.errors import CopyNotFound
from anode_jlab.eventlog.shelf import MemoryShelf
from anode_jlab.events.document import HistoryPurged, Kind
from anode_jlab.ids import Seq
from anode_jlab.rooms.copies import DAY_SECONDS, MEBIBYTE, Copies, Copy, CopyRules, kept_copies
from anode_jlab.rooms.copying import HOUR_SECONDS, LOOK_SECONDS, Copier
from anode_jlab.rooms.room import Room
from tests.documents.notebook_texts import small_notebook
from tests.rooms.house import ADA, House, type_into

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

SOME_RULES = CopyRules(hours=1.0, days=10.0, megabytes=1.0)


def copies_on(house: House, rules: CopyRules = SOME_RULES) -> Copies:
    return Copies(MemoryShelf(), rules)


async def text_of(copies: Copies, room: Room, copy: Copy) -> str:
    nb, _ = await copies.content(room.notebook_id, copy.name)
    return "".join(nb["cells"][0]["source"])


async def test_every_hour_of_change_is_copied_once(house: House) -> None:
    before = (house.root / "a.ipynb").read_bytes()
    copies = copies_on(house)
    async with house.enter("a.ipynb") as room:
        Copier(copies, house.clock).room_opened(room)
        await house.clock.advance(3 * HOUR_SECONDS)
        assert await copies.of(room.notebook_id) == []  # nobody changed it
        assert (house.root / "a.ipynb").read_bytes() == before

        await type_into(room, 0, " one")
        await house.pass_time(2 * LOOK_SECONDS)
        (first,) = await copies.of(room.notebook_id)
        assert (await text_of(copies, room, first)).endswith(" one")
        assert first.cells == len(small_notebook()["cells"])
        assert json.loads(await copies.read(room.notebook_id, first.name))["nbformat"] == 4

        await type_into(room, 0, " two")
        await house.pass_time(2 * LOOK_SECONDS)
        assert await copies.of(room.notebook_id) == [first]
        await house.clock.advance(HOUR_SECONDS)
        await house.pass_time(2 * LOOK_SECONDS)
        newest, oldest = await copies.of(room.notebook_id)
        assert oldest == first
        assert (await text_of(copies, room, newest)).endswith(" two")

        await house.clock.advance(5 * HOUR_SECONDS)
        await house.pass_time(2 * LOOK_SECONDS)
        assert await copies.of(room.notebook_id) == [newest, oldest]

    # Opened again, it is known what was copied.
    async with house.enter("a.ipynb") as room:
        Copier(copies, house.clock).room_opened(room)
        await house.pass_time(2 * LOOK_SECONDS)
        assert await copies.of(room.notebook_id) == [newest, oldest]


async def test_a_clock_that_was_set_back_does_not_make_many(house: House) -> None:
    copies = copies_on(house)
    async with house.enter("a.ipynb") as room:
        Copier(copies, house.clock).room_opened(room)
        later = house.clock.now() + 5 * HOUR_SECONDS
        await copies.add(room.notebook_id, small_notebook(), Seq(1), later)
        for text in ("one", "two", "three"):
            await type_into(room, 0, text)
            await house.pass_time(2 * LOOK_SECONDS)
        assert len(await copies.of(room.notebook_id)) == 2


async def test_none_are_made_when_nobody_wants_them(house: House) -> None:
    copies = copies_on(house, CopyRules(hours=0.0))
    async with house.enter("a.ipynb") as room:
        Copier(copies, house.clock).room_opened(room)
        await type_into(room, 0, " one")
        await house.pass_time(3 * LOOK_SECONDS)
        assert await copies.of(room.notebook_id) == []


async def test_a_purge_reaches_the_copies_of_its_moments(house: House) -> None:
    copies = copies_on(house)
    async with house.enter("a.ipynb") as room:
        notebook = room.notebook_id
        nb = json.loads((house.root / "a.ipynb").read_text())
        for seq in (2, 5, 9):
            await copies.add(notebook, nb, Seq(seq), 1000.0 * seq)
        for number in range(8):
            await type_into(room, 0, str(number))
        await copies.forget(notebook, Seq(1), Seq(2))
        assert [copy.seq for copy in await copies.of(notebook)] == [9, 5]
        await room.record([HistoryPurged(first=Seq(3), last=Seq(6))], ADA)
    # Purged by another program while nobody had it open: known when it is opened.
    async with house.enter("a.ipynb") as room:
        Copier(copies, house.clock).room_opened(room)
        await house.pass_time(1)
        assert [copy.seq for copy in await copies.of(notebook)] == [9]


@pytest.mark.parametrize("name", ["", "../log.db", "x.ipynb", "2026-01-01T00-00-00Z_1_1.ipynb"])
async def test_a_copy_that_is_not_there(house: House, name: str) -> None:
    copies = copies_on(house)
    async with house.enter("a.ipynb") as room:
        with pytest.raises(CopyNotFound):
            await copies.read(room.notebook_id, name)


async def test_a_copy_holds_what_clients_did(house: House) -> None:
    """A text that UTF-8 has no bytes for does not stop the copying."""
    copies = copies_on(house)
    async with house.enter("a.ipynb") as room:
        nb = await room.shown(NotebookDocument.to_notebook)
        nb["cells"][0]["source"] = "lone \udcff"
        await copies.add(room.notebook_id, nb, Seq(5), 1000.0)
        (copy,) = await copies.of(room.notebook_id)
        assert copy.size > 0


def copy_at(time: float, size: int, number: int) -> Copy:
    return Copy(name=str(number), time=time, seq=Seq(number), cells=1, size=size)


@given(
    times=st.lists(st.floats(0, 40 * DAY_SECONDS), max_size=60),
    sizes=st.lists(st.integers(0, 3 * MEBIBYTE // 2), min_size=60, max_size=60),
)
def test_which_are_kept(times: list[float], sizes: list[int]) -> None:
    now = 40 * DAY_SECONDS
    copies = [
        copy_at(time, size, number)
        for number, (time, size) in enumerate(zip(sorted(times)[::-1], sizes, strict=False))
    ]
    kept = kept_copies(copies, SOME_RULES, now)
    assert kept[:1] == copies[:1]  # the newest always stays
    assert sum(copy.size for copy in kept[1:]) + (kept[0].size if kept else 0) <= max(
        MEBIBYTE, copies[0].size if copies else 0
    )
    old = [copy for copy in kept[1:] if now - copy.time >= DAY_SECONDS]
    assert all(now - copy.time < 10 * DAY_SECONDS for copy in old)
    days = [copy.time // DAY_SECONDS for copy in old]
    assert len(days) == len(set(days))
    small = [copy_at(copy.time, 1, copy.seq) for copy in copies]
    recent = [copy for copy in small if now - copy.time < DAY_SECONDS]
    assert kept_copies(small, SOME_RULES, now)[: len(recent)] == recent
    assert kept_copies(kept, SOME_RULES, now) == kept  # thinning again changes nothing


async def test_text_files_are_copied_too(house: House) -> None:
    (house.root / "notes.md").write_text("first\n")
    copies = copies_on(house)

    def write(document: TextDocument) -> None:
        document.source.insert(6, "second \U0001f600\n")

    async with house.enter("notes.md", Kind.TEXT) as room:
        Copier(copies, house.clock).room_opened(room)
        await house.pass_time(2 * LOOK_SECONDS)
        assert await copies.of(room.notebook_id) == []
        await room.edit(ADA, "peer", write)
        await house.pass_time(2 * LOOK_SECONDS)
        (copy,) = await copies.of(room.notebook_id)
        assert (copy.name.endswith(".txt"), copy.cells) == (True, 2)
        text = "first\nsecond \U0001f600\n"
        assert await copies.content(room.notebook_id, copy.name) == (text, copy.seq)
        assert await copies.read(room.notebook_id, copy.name) == text.encode()
