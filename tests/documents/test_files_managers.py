"""Notebook files through hooks, other managers and after crashes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tornado.web import HTTPError

from anode_jlab.documents.contents import ServerContents
from anode_jlab.documents.file_text import content_digest
from anode_jlab.documents.files import NotebookFile
from anode_jlab.errors import (
    FileChangedOutside,
    FileNotWritten,
    NotANotebook,
)
from tests.documents.folders import tree
from tests.documents.managers import (
    FILE_MANAGERS,
    DatabaseManager,
    FailingManager,
    ReadOnlyManager,
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


# --- hooks ----------------------------------------------------------------------------------------


async def test_save_hooks_run_and_the_layout_is_kept(manager: Any, tmp_path: Path) -> None:
    def strip_outputs(model: dict[str, Any], **_: Any) -> None:
        if model["type"] == "notebook":
            for cell in model["content"]["cells"]:
                if cell["cell_type"] == "code":
                    cell["outputs"] = []

    def also_as_script(os_path: str, model: dict[str, Any], **_: Any) -> None:
        if model["type"] == "notebook":
            Path(os_path).with_suffix(".txt").write_text("script")

    manager.register_pre_save_hook(strip_outputs)
    manager.register_post_save_hook(also_as_script)
    file = NotebookFile(NAME, ServerContents(manager))
    place = put(tmp_path, json.dumps(small_notebook(), indent=2))
    content = await file.read()

    written = await file.write(edited(content.value), expect=content.hash)

    assert written.warning is None
    assert place.with_suffix(".txt").exists()
    assert place.read_text().startswith('{\n  "cells"')
    on_disk = json.loads(place.read_text())
    assert on_disk["cells"][1]["outputs"] == []
    assert content.value["cells"][1]["outputs"]
    again = await file.write(edited(content.value), expect=written.hash)
    assert not again.changed


async def test_a_pre_save_hook_may_refuse(manager: Any, tmp_path: Path) -> None:
    def refuse(**_: Any) -> None:
        raise HTTPError(403, "Notebooks with secrets are not saved.")

    manager.register_pre_save_hook(refuse)
    file = NotebookFile(NAME, ServerContents(manager))
    put(tmp_path, jupyter_text(small_notebook()))
    before = tree(tmp_path)
    content = await file.read()

    with pytest.raises(FileNotWritten) as caught:
        await file.write(edited(content.value), expect=content.hash)

    assert "secrets" in caught.value.message
    assert tree(tmp_path) == before


async def test_a_failing_post_save_hook_is_told_but_the_file_is_written(
    manager: Any, tmp_path: Path
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("no converter")

    manager.register_post_save_hook(fail)
    file = NotebookFile(NAME, ServerContents(manager))
    place = put(tmp_path, json.dumps(small_notebook(), indent=2))
    content = await file.read()

    written = await file.write(edited(content.value), expect=content.hash)

    assert written.warning is not None
    assert "no converter" in written.warning
    assert written.hash == sha256(place.read_bytes())
    assert place.read_text().startswith('{\n  "cells"')
    assert (await file.write(content.value, expect=written.hash)).changed


# --- other managers -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [ReadOnlyManager, FailingManager])
async def test_a_manager_that_does_not_write(kind: type[ReadOnlyManager], tmp_path: Path) -> None:
    file = NotebookFile(NAME, ServerContents(make_manager(kind, tmp_path)))
    put(tmp_path, jupyter_text(small_notebook()))
    before = tree(tmp_path)
    content = await file.read()

    with pytest.raises(FileNotWritten) as caught:
        await file.write(edited(content.value), expect=content.hash)

    assert caught.value.message == "The file was not updated: This share is read-only."
    assert tree(tmp_path) == before


async def test_a_manager_without_files_texts_and_hashes() -> None:
    manager = DatabaseManager()
    manager.rows["a.ipynb"] = json.dumps(small_notebook())
    contents = ServerContents(manager)
    file = NotebookFile("a.ipynb", contents)
    assert not contents.is_plain
    assert contents.local_path("a.ipynb") is None

    content = await file.read()
    assert content.value == small_notebook()
    assert content.hash == await file.current_hash()
    assert not (await file.write(content.value, expect=content.hash)).changed
    written = await file.write(edited(content.value), expect=content.hash)
    assert json.loads(manager.rows["a.ipynb"]) == edited(small_notebook())
    with pytest.raises(FileChangedOutside):
        await file.write(content.value, expect=content.hash)
    manager.rows["a.ipynb"] = '{"nbformat": 5}'
    with pytest.raises(NotANotebook):
        await file.read()
    with pytest.raises((FileNotWritten, FileChangedOutside)):
        await file.write(content.value, expect=written.hash)
    with pytest.raises(FileNotWritten):
        await file.write(content.value, expect=None)
    assert manager.rows["a.ipynb"] == '{"nbformat": 5}'


# --- torn files -----------------------------------------------------------------------------------


async def test_a_file_torn_by_a_crash_is_put_back(tmp_path: Path) -> None:
    manager = make_manager(FILE_MANAGERS["async large"], tmp_path)
    file = NotebookFile(NAME, ServerContents(manager))
    place = put(tmp_path, jupyter_text(small_notebook()))
    content = await file.read()
    backup = place.with_name(f".~{place.name}")
    backup.write_bytes(place.read_bytes())
    place.write_text("")

    assert not await file.recover("0" * 64)
    assert place.read_text() == ""
    assert await file.recover(content.hash)
    assert (await file.read()).hash == content.hash
    assert not backup.exists()
    assert not await file.recover(content.hash)


async def test_what_a_crash_left_beside_the_file_goes_with_the_next_write(
    tmp_path: Path,
) -> None:
    manager = make_manager(FILE_MANAGERS["async large"], tmp_path)
    file = NotebookFile(NAME, ServerContents(manager))
    place = put(tmp_path, jupyter_text(small_notebook()))
    place.with_name(f".~anode-{place.name}").write_text("half of")
    place.with_name(f".~{place.name}").write_text("old")
    content = await file.read()
    await file.write(edited(content.value), expect=content.hash)
    assert [name for name in tree(tmp_path) if "checkpoints" not in name] == [NAME]


def test_digests_tell_content_from_layout() -> None:
    texts = [text for _, text in layouts(jupyter_text(small_notebook()))]
    digests = {content_digest(json.loads(text)) for text in texts}
    assert len(digests) == 1
    assert content_digest(edited(small_notebook())) not in digests
