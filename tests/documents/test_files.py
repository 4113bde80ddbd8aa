"""Reading and writing notebook files through real contents managers."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager

from anode_jlab.documents.contents import ServerContents
from anode_jlab.documents.file_text import joined_notebook
from anode_jlab.documents.files import NotebookFile
from anode_jlab.errors import (
    FileChangedOutside,
    FileNotWritten,
    NotANotebook,
    NotebookNotFound,
)
from tests.documents.folders import git, tree
from tests.documents.managers import (
    FILE_MANAGERS,
    make_manager,
)
from tests.documents.notebook_texts import jupyter_text, layouts, small_notebook
from tests.documents.real_files import NAME, edited, put, sha256

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


@pytest.fixture(params=FILE_MANAGERS)
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return make_manager(FILE_MANAGERS[request.param], tmp_path)


@pytest.fixture
def file(manager: Any) -> NotebookFile:
    return NotebookFile(NAME, ServerContents(manager))


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize("minor", range(6))
async def test_reading_gives_content_and_hash_and_changes_nothing(
    file: NotebookFile, tmp_path: Path, minor: int
) -> None:
    for _, text in layouts(jupyter_text(small_notebook(minor))):
        place = put(tmp_path, text)
        before = tree(tmp_path)

        content = await file.read()

        assert content.value == joined_notebook(json.loads(text))
        assert content.value["nbformat_minor"] == minor
        assert content.hash == await file.current_hash() == sha256(place.read_bytes())
        assert content.writable
        assert tree(tmp_path) == before


BAD_FILES = {
    "empty": "",
    "no JSON": "print('hello')\n",
    "conflict": "<<<<<<< HEAD\n" + jupyter_text(small_notebook()),
    "cut": jupyter_text(small_notebook())[:500],
    "list": "[]",
    "number": "3",
    "object": "{}",
    "nbformat 2": '{"nbformat": 2, "nbformat_minor": 0, "metadata": {}, "worksheets": []}',
    "nbformat 3": '{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}',
    "nbformat 5": '{"nbformat": 5, "nbformat_minor": 0, "metadata": {}, "cells": []}',
    "nbformat 4.6": '{"nbformat": 4, "nbformat_minor": 6, "metadata": {}, "cells": []}',
    "no minor": '{"nbformat": 4, "metadata": {}, "cells": []}',
    "no cells": '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    "no metadata": '{"nbformat": 4, "nbformat_minor": 5, "cells": []}',
    "a number as cell": '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}',
    "no source": '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, '
    '"cells": [{"cell_type": "raw", "metadata": {}}]}',
    "too deep": '{"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": {"a": '
    + "[" * 100_000
    + "]" * 100_000
    + "}}",
}


@pytest.mark.parametrize("text", BAD_FILES.values(), ids=BAD_FILES.keys())
async def test_what_is_no_notebook_is_refused_and_never_overwritten(
    file: NotebookFile, tmp_path: Path, text: str
) -> None:
    place = put(tmp_path, text)
    before = tree(tmp_path)

    with pytest.raises(NotANotebook) as caught:
        await file.read()
    assert caught.value.message
    with pytest.raises((FileNotWritten, FileChangedOutside)):
        await file.write(small_notebook(), expect="0" * 64)
    for expect in (None, sha256(place.read_bytes())):
        with pytest.raises(FileNotWritten):
            await file.write(small_notebook(), expect=expect)

    assert tree(tmp_path) == before


async def test_a_file_that_is_not_utf8_is_refused(file: NotebookFile, tmp_path: Path) -> None:
    place = put(tmp_path, "")
    place.write_bytes(jupyter_text(small_notebook()).encode("utf-16"))
    with pytest.raises(NotANotebook):
        await file.read()


async def test_a_missing_file_and_a_folder_are_told_apart(
    file: NotebookFile, manager: Any, tmp_path: Path
) -> None:
    with pytest.raises(NotebookNotFound):
        await file.read()
    assert await file.current_hash() is None
    assert file.inode() == ""
    outside = NotebookFile("../outside.ipynb", ServerContents(manager))
    with pytest.raises(NotebookNotFound):
        await outside.read()
    (tmp_path / NAME).mkdir(parents=True)
    with pytest.raises((NotebookNotFound, NotANotebook)):
        await file.read()


async def test_marks_of_trust_do_not_come_out_of_the_file(
    file: NotebookFile, tmp_path: Path
) -> None:
    nb = small_notebook()
    nb["cells"][1]["metadata"]["trusted"] = True
    put(tmp_path, json.dumps(nb))
    assert "trusted" not in (await file.read()).value["cells"][1]["metadata"]


# --- writing --------------------------------------------------------------------------------------


async def test_an_unedited_save_writes_nothing(file: NotebookFile, tmp_path: Path) -> None:
    for name, text in layouts(jupyter_text(small_notebook())):
        put(tmp_path, text)
        before = tree(tmp_path)
        content = await file.read()

        written = await file.write(content.value, expect=content.hash)

        assert not written.changed, name
        assert written.hash == content.hash
        assert tree(tmp_path) == before


async def test_an_edit_shows_only_its_lines_in_git_diff(file: NotebookFile, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text(".ipynb_checkpoints\n")
    for minor in (2, 5):
        for name, text in layouts(jupyter_text(small_notebook(minor))):
            place = put(tmp_path, text)
            git(tmp_path, "add", ".")
            git(tmp_path, "commit", "-qm", name)
            content = await file.read()
            assert git(tmp_path, "status", "--porcelain") == ""

            written = await file.write(edited(content.value), expect=content.hash)

            assert git(tmp_path, "diff", "--numstat").split()[:2] == ["1", "1"], name
            assert git(tmp_path, "status", "--porcelain").split("\n")[1:] == [""], name
            assert written.hash == sha256(place.read_bytes())
            assert (await file.read()).value == edited(content.value)
            back = await file.write(content.value, expect=written.hash)
            assert git(tmp_path, "status", "--porcelain") == "", name
            assert back.hash == content.hash


async def test_mode_and_symbolic_links_are_kept(file: NotebookFile, tmp_path: Path) -> None:
    place = put(tmp_path, json.dumps(small_notebook(), indent=3))
    real = tmp_path / "elsewhere.ipynb"
    place.rename(real)
    real.chmod(0o640)
    place.symlink_to("../elsewhere.ipynb")
    content = await file.read()

    await file.write(edited(content.value), expect=content.hash)

    assert place.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_text().startswith('{\n   "cells"')


async def test_a_hard_link_stays_one_file(file: NotebookFile, tmp_path: Path) -> None:
    place = put(tmp_path, json.dumps(small_notebook(), indent=3))
    other = tmp_path / "other-name.ipynb"
    os.link(place, other)
    content = await file.read()

    await file.write(edited(content.value), expect=content.hash)

    assert other.samefile(place)
    assert json.loads(other.read_text())["cells"][0]["source"][-1].endswith("edited")


async def test_never_over_a_file_changed_outside(file: NotebookFile, tmp_path: Path) -> None:
    place = put(tmp_path, jupyter_text(small_notebook()))
    content = await file.read()
    place.write_text(jupyter_text(edited(small_notebook(), 1, "\nby git")))
    before = tree(tmp_path)

    with pytest.raises(FileChangedOutside):
        await file.write(edited(content.value), expect=content.hash)
    assert tree(tmp_path) == before

    written = await file.write(edited(content.value), expect=None)
    assert written.changed
    assert "by git" not in place.read_text()
    assert "edited" in place.read_text()


async def test_what_another_program_writes_right_after_us_is_not_taken_for_ours(
    tmp_path: Path,
) -> None:
    place = put(tmp_path, jupyter_text(small_notebook()))
    theirs = jupyter_text(edited(small_notebook(), 1, "\nby git"))

    class Overtaken(FileContentsManager):
        def run_post_save_hooks(self, model: Any, os_path: str) -> None:
            place.write_text(theirs)

    file = NotebookFile(NAME, ServerContents(make_manager(Overtaken, tmp_path)))
    content = await file.read()
    with pytest.raises(FileChangedOutside):
        await file.write(edited(content.value), expect=content.hash)
    assert place.read_text() == theirs


async def test_a_touched_file_is_not_a_changed_one(file: NotebookFile, tmp_path: Path) -> None:
    place = put(tmp_path, jupyter_text(small_notebook()))
    content = await file.read()
    os.utime(place, ns=(1, 1))
    assert await file.current_hash() == content.hash
    assert (await file.write(edited(content.value), expect=content.hash)).changed


async def test_a_deleted_file_is_written_again_only_when_asked(
    file: NotebookFile, tmp_path: Path
) -> None:
    place = put(tmp_path, jupyter_text(small_notebook()))
    content = await file.read()
    place.unlink()

    with pytest.raises(FileChangedOutside) as caught:
        await file.write(edited(content.value), expect=content.hash)
    assert "deleted" in caught.value.message
    assert not place.exists()

    written = await file.write(edited(content.value), expect=None)
    assert place.read_text() == jupyter_text(edited(content.value))
    assert written.hash == sha256(place.read_bytes())


async def test_a_folder_that_is_gone_gives_a_clear_error(
    file: NotebookFile, tmp_path: Path
) -> None:
    with pytest.raises(FileNotWritten) as caught:
        await file.write(small_notebook(), expect=None)
    assert caught.value.message.startswith("The file was not updated")
    assert tree(tmp_path) == {}
