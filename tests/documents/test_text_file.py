"""Text files through the contents managers: bytes kept, nothing overwritten, refusals said."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from anode_jlab.documents.contents import ServerContents
from anode_jlab.documents.text_file import TextFile
from anode_jlab.errors import (
    FileChangedOutside,
    FileDeleted,
    FileNotWritten,
    NotAText,
    NotebookNotFound,
    TextTooLarge,
)
from tests.documents.folders import tree
from tests.documents.managers import JUPYTEXT_MANAGERS, make_manager

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

LIMIT = 1000

MANAGERS = {"sync": FileContentsManager, "async": AsyncLargeFileManager, **JUPYTEXT_MANAGERS}


@pytest.fixture(params=MANAGERS, ids=str)
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return make_manager(MANAGERS[request.param], tmp_path)


@pytest.fixture
def file(manager: Any) -> TextFile:
    return TextFile("notes.md", ServerContents(manager), LIMIT)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\nb\n", b"# new\na\nb\n"),
        (b"a\r\nb\r\n", b"# new\r\na\r\nb\r\n"),
        (b"\xef\xbb\xbfa\r\nb", b"\xef\xbb\xbf# new\r\na\r\nb"),
        ("Grüße 🐧\n".encode(), "# new\nGrüße 🐧\n".encode()),
        (b"", b"# new\n"),
    ],
)
async def test_only_what_was_edited_changes(
    file: TextFile, tmp_path: Path, before: bytes, after: bytes
) -> None:
    place = tmp_path / "notes.md"
    place.write_bytes(before)
    os.chmod(place, 0o640)
    content = await file.read()
    assert await file.current_hash() == content.hash
    unchanged = await file.write(content.value, expect=content.hash)
    assert not unchanged.changed
    assert place.read_bytes() == before

    written = await file.write("# new\n" + content.value, expect=content.hash)

    assert written.changed
    assert written.content is None
    assert place.read_bytes() == after
    assert place.stat().st_mode & 0o777 == 0o640
    assert await file.holds(written.hash)
    assert list(tree(tmp_path)) == ["notes.md"]


async def test_a_file_changed_outside_is_not_overwritten(file: TextFile, tmp_path: Path) -> None:
    place = tmp_path / "notes.md"
    place.write_text("one")
    content = await file.read()
    place.write_text("two")
    with pytest.raises(FileChangedOutside):
        await file.write("three", expect=content.hash)
    assert place.read_text() == "two"
    place.unlink()
    with pytest.raises(FileDeleted):
        await file.write("three", expect=content.hash)
    assert (await file.write("three", expect=None)).changed
    assert place.read_text() == "three"


async def test_a_file_made_again_has_its_old_style(file: TextFile, tmp_path: Path) -> None:
    place = tmp_path / "notes.md"
    place.write_bytes(b"a\r\nb\r\n")
    await file.read()
    place.unlink()
    await file.write("a\nc\n", expect=None)
    assert place.read_bytes() == b"a\r\nc\r\n"


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("image.md", b"\x89PNG\xff\xfe", NotAText),
        ("latin.md", "Grüße".encode("latin-1"), NotAText),
        ("long.md", b"x" * (LIMIT + 1), TextTooLarge),
        ("a.ipynb", b"{}", NotAText),
        ("gone.md", None, NotebookNotFound),
    ],
)
async def test_what_stays_with_core(
    manager: Any, tmp_path: Path, name: str, content: bytes | None, error: type[Exception]
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(error):
        await TextFile(name, ServerContents(manager), LIMIT).read()
    (tmp_path / "folder").mkdir()
    with pytest.raises(NotAText):
        await TextFile("folder", ServerContents(manager), LIMIT).read()


async def test_switched_off(manager: Any, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_bytes(b"")
    with pytest.raises(NotAText):
        await TextFile("notes.md", ServerContents(manager), 0).read()


async def test_a_file_that_is_no_text_any_more_is_never_overwritten(
    file: TextFile, tmp_path: Path
) -> None:
    place = tmp_path / "notes.md"
    place.write_text("text")
    content = await file.read()
    place.write_bytes(b"\xff\xfe\x00binary")
    with pytest.raises(FileChangedOutside):
        await file.write("mine", expect=content.hash)
    with pytest.raises(FileNotWritten):
        await file.write("mine", expect=None)
    assert place.read_bytes() == b"\xff\xfe\x00binary"


async def test_what_a_save_hook_changes_is_told(tmp_path: Path) -> None:
    def shout(model: dict[str, Any], **_: object) -> None:
        model["content"] = model["content"].upper()

    manager: Any = make_manager(AsyncLargeFileManager, tmp_path)
    manager.pre_save_hook = shout
    (tmp_path / "notes.md").write_text("one\n")
    file = TextFile("notes.md", ServerContents(manager), LIMIT)
    content = await file.read()
    written = await file.write("two\n", expect=content.hash)
    assert (tmp_path / "notes.md").read_text() == "TWO\n"
    assert written.content == "TWO\n"


async def test_a_failed_write_leaves_the_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager: Any = make_manager(AsyncLargeFileManager, tmp_path)
    place = tmp_path / "notes.md"
    place.write_text("whole\n")
    file = TextFile("notes.md", ServerContents(manager), LIMIT)
    content = await file.read()

    async def tear(path: str, *_: object, **__: object) -> None:
        (tmp_path / ".~notes.md").write_bytes(place.read_bytes())
        place.write_bytes(b"wh")
        raise OSError("No space left on device")

    monkeypatch.setattr(manager, "_save_file", tear)
    with pytest.raises(FileNotWritten):
        await file.write("whole and more\n", expect=content.hash)
    assert place.read_text() == "whole\n"
    monkeypatch.undo()
    assert (await file.write("whole and more\n", expect=content.hash)).changed
