"""Text files in rooms: imported, exported, merged, found again, as notebooks are."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from pycrdt import Doc, Text

from anode_jlab.documents.document_file import FileContent
from anode_jlab.documents.text_document import TextDocument
from anode_jlab.documents.text_file import TextFile
from anode_jlab.errors import FileNotValid, NotAText
from anode_jlab.events.document import (
    DocumentUpdated,
    Exported,
    ExternalChangeMerged,
    Kind,
    KindSet,
    LineageStarted,
)
from anode_jlab.ids import RandomIds, Seq
from anode_jlab.rooms.room import Room
from anode_jlab.rooms.undoing import take_back
from anode_jlab.testing.clock import settle
from tests.documents.folders import tree
from tests.documents.notebook_texts import small_notebook
from tests.rooms.exporting import DELETED, codes
from tests.rooms.house import ADA, House, let_go

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

NAME = "notes.md"
TEXT = "# Notes\n\nfirst\nsecond\nthird\n"


class PatientHouse(House):
    """A text file that changes is looked at twice: time has to go on while that is waited for."""

    async def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.1)):
            await self.clock.advance(0.1)
            turn = asyncio.ensure_future(self.exporter._lock.acquire())
            while not (await asyncio.wait([turn], timeout=0.1))[0]:
                await self.clock.advance(0.1)
            self.exporter._lock.release()
            await settle()


@pytest.fixture
def house(tmp_path: Path) -> House:
    (tmp_path / NAME).write_bytes(TEXT.encode())
    return PatientHouse(tmp_path)


async def text_of(room: Room) -> str:
    return await room.shown(lambda document: document.text)


async def write(room: Room, at: int, text: str) -> None:
    def edit(document: TextDocument) -> None:
        document.source.insert(at, text)

    await room.edit(ADA, "peer", edit)


async def merges(house: House, room: Room) -> list[ExternalChangeMerged]:
    found = await house.events(room.notebook_id, names={ExternalChangeMerged.event_name})
    return [one.event for one in found if isinstance(one.event, ExternalChangeMerged)]


async def test_opening_writes_nothing_and_the_log_says_what_it_is(house: House) -> None:
    before = tree(house.root)
    async with house.enter(NAME, Kind.TEXT) as room:
        assert await text_of(room) == TEXT
        assert room.kind.name is room.state.kind is Kind.TEXT
        started, kind, update = await house.events(room.notebook_id)
        assert isinstance(started.event, LineageStarted)
        assert kind.event == KindSet(kind=Kind.TEXT)
        assert isinstance(update.event, DocumentUpdated)
        await house.pass_time(20)
        assert room.exported_seq == room.changed_seq
    assert tree(house.root) == before
    async with house.enter(NAME, Kind.TEXT) as room:
        assert await text_of(room) == TEXT
        assert len(await house.events(room.notebook_id)) == 3


async def test_what_is_typed_comes_into_the_file_as_the_file_is(house: House) -> None:
    place = house.root / NAME
    place.write_bytes(b"\xef\xbb\xbfone\r\ntwo")
    async with house.enter(NAME, Kind.TEXT) as room:
        await write(room, 4, "new\n")
        await house.pass_time(3)
        assert place.read_bytes() == b"\xef\xbb\xbfone\r\nnew\r\ntwo"
        assert codes(room) == set()
        assert room.exported_seq == room.changed_seq
        assert await merges(house, room) == []


async def test_a_change_of_the_file_is_merged(house: House) -> None:
    place = house.root / NAME
    async with house.enter(NAME, Kind.TEXT) as room:
        await write(room, 0, "ours ")
        place.write_text(TEXT.replace("second", "SECOND"))
        await house.pass_time(4)
        expected = "ours " + TEXT.replace("second", "SECOND")
        assert await text_of(room) == expected
        assert place.read_text() == expected
        (merged,) = await merges(house, room)
        assert (merged.cells_changed, merged.versions, merged.complete) == (1, (), False)

        os.utime(place, (1, 1))
        events = len(await house.events(room.notebook_id))
        await house.pass_time(4)
        assert len(await house.events(room.notebook_id)) == events, "touched is not changed"


async def test_both_versions_of_one_place_stay_and_can_be_taken_back(house: House) -> None:
    place = house.root / NAME
    async with house.enter(NAME, Kind.TEXT) as room:
        await write(room, 9, "our ")
        place.write_text(TEXT.replace("first", "their first"))
        await house.pass_time(4)
        text = await text_of(room)
        assert "our " in text
        assert "their " in text
        assert place.read_text() == text
        (merged,) = await merges(house, room)
        seq = next(
            e.seq
            for e in await house.events(room.notebook_id)
            if isinstance(e.event, ExternalChangeMerged)
        )
        await take_back(room, Seq(seq), ADA, RandomIds())
        assert await text_of(room) == TEXT.replace("first", "our first")
        assert merged.path == NAME


async def test_lines_of_code_that_clash_stand_between_marks(house: House) -> None:
    (house.root / "tool.py").write_text("x = 1\n")
    async with house.enter("tool.py", Kind.TEXT) as room:
        await write(room, 5, "0")
        (house.root / "tool.py").write_text("x = 2\n")
        await house.pass_time(4)
        assert await text_of(room) == (
            "<<<<<<< edited here\nx = 10\n=======\nx = 2\n>>>>>>> file on disk\n"
        )
        (merged,) = await merges(house, room)
        assert merged.versions == ("source",)


async def test_a_change_while_nobody_was_here_is_merged_at_opening(house: House) -> None:
    place = house.root / NAME
    async with house.enter(NAME, Kind.TEXT) as room:
        await write(room, 0, "ours ")
        await house.pass_time(3)
    place.write_text(place.read_text() + "theirs\n")
    async with house.enter(NAME, Kind.TEXT) as room:
        assert await text_of(room) == f"ours {TEXT}theirs\n"
        (merged,) = await merges(house, room)
        assert merged.complete


async def test_an_empty_file_grows_on_both_sides(house: House) -> None:
    place = house.root / NAME
    place.write_bytes(b"")
    async with house.enter(NAME, Kind.TEXT) as room:
        place.write_text("theirs\n")
        await house.pass_time(3)
        assert await text_of(room) == "theirs\n"
        await write(room, 0, "ours\n")
        await house.pass_time(3)
        assert place.read_text() == "ours\ntheirs\n"
        assert codes(room) == set()


async def test_a_file_in_the_middle_of_being_written_is_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = house.root / NAME
    read = TextFile.read

    async def read_early(file: TextFile) -> FileContent[str]:
        content = await read(file)
        if content.value == TEXT[:10]:
            place.write_text(TEXT + "whole\n")
        return content

    monkeypatch.setattr(TextFile, "read", read_early)
    async with house.enter(NAME, Kind.TEXT) as room:
        place.write_text(TEXT[:10])
        await house.pass_time(4)
        assert await text_of(room) == TEXT + "whole\n"
        assert len(await merges(house, room)) == 1


async def test_what_a_crash_left_half_written_is_put_back(house: House) -> None:
    place = house.root / NAME
    async with house.enter(NAME, Kind.TEXT) as room:
        await write(room, len(TEXT), "fourth\n")
        await room.flush()
        await house.catalogue.file_writing(room.notebook_id, "what was being written")
        house.exporter._autosave = False
    (house.root / f".~{NAME}").write_bytes(place.read_bytes())
    place.write_text(TEXT[:5])
    async with house.enter(NAME, Kind.TEXT) as room:
        assert await text_of(room) == TEXT + "fourth\n"
        await house.pass_time(3)
        assert place.read_text() == TEXT + "fourth\n"
        assert await merges(house, room) == []


async def test_a_rename_is_followed_and_a_deletion_said(house: House) -> None:
    place = house.root / NAME
    async with house.enter(NAME, Kind.TEXT) as room:
        place.rename(house.root / "renamed.md")
        await house.pass_time(4)
        assert room.path == "renamed.md"
        await write(room, 0, "here ")
        await house.pass_time(3)
        assert (house.root / "renamed.md").read_text() == "here " + TEXT
        (house.root / "renamed.md").unlink()
        await house.pass_time(4)
        assert codes(room) == {DELETED}
        await write(room, 0, "still ")
        await house.pass_time(4)
        assert not (house.root / "renamed.md").exists()
        await room.exporter.export_now(overwrite=True)
        assert (house.root / "renamed.md").read_text() == "still here " + TEXT


async def test_a_file_that_becomes_binary_is_left_as_it_is(house: House) -> None:
    place = house.root / NAME
    async with house.enter(NAME, Kind.TEXT) as room:
        place.write_bytes(b"\xff\xfe\x00")
        await house.pass_time(4)
        assert codes(room) == {FileNotValid.code}
        assert await text_of(room) == TEXT
        assert place.read_bytes() == b"\xff\xfe\x00"


async def test_one_file_as_notebook_and_as_text(house: House) -> None:
    house.put("a.ipynb", small_notebook())
    with pytest.raises(NotAText):
        await house.opener.identify("a.ipynb", Kind.TEXT)
    text = await house.opener.identify(NAME, Kind.TEXT)
    entry = await house.catalogue.register(NAME)
    assert entry.notebook != text
    assert await house.opener.identify(NAME, Kind.TEXT) == text
    opened = await house.opener.load(text)
    assert opened.kind.name is Kind.TEXT
    await let_go(opened)


async def test_a_copy_is_another_file_and_a_moved_one_is_the_same(house: House) -> None:
    first = await house.opener.identify(NAME, Kind.TEXT)
    async with house.enter(NAME, Kind.TEXT):
        pass
    (house.root / "copy.md").write_text(TEXT)
    assert await house.opener.identify("copy.md", Kind.TEXT) != first
    (house.root / "sub").mkdir()
    (house.root / NAME).rename(house.root / "sub" / "moved.md")
    assert await house.opener.identify("sub/moved.md", Kind.TEXT) == first


async def test_the_text_at_every_moment_of_its_log(house: House) -> None:
    async with house.enter(NAME, Kind.TEXT) as room:
        await write(room, 0, "a")
        await write(room, 0, "b")
        await room.flush()
        assert await room.kind.at(room.log, Seq(3)) == TEXT
        assert await room.kind.at(room.log, room.head) == "ba" + TEXT
        assert await room.kind.at(room.log, Seq(room.head - 1)) == "a" + TEXT
    found = await house.events(room.notebook_id, names={Exported.event_name})
    assert len(found) == 1


async def test_reload_makes_few_edits(house: House) -> None:
    place = house.root / NAME
    async with house.enter(NAME, Kind.TEXT) as room:
        update = await room.shown(lambda document: document.encode())
        doc: Doc[Text] = Doc()
        doc.apply_update(update)
        cursor = doc.get("source", type=Text).sticky_index(12)
        place.write_text("# New head\n" + TEXT)
        await room.exporter.reload_from_file()
        doc.apply_update(await room.shown(lambda document: document.encode()))
        assert await text_of(room) == "# New head\n" + TEXT
        assert cursor.get_index() == 12 + len("# New head\n")
