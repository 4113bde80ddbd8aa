"""Show: a notebook's file in the hands of git, other programs and the file browser, while somebody
has it open in a real server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.server_process import ServerProcess, notebook
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

CONFIG = "c.FileContentsManager.delete_to_trash = False\n"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def server(
    anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ServerProcess]:
    place = tmp_path_factory.mktemp("server")
    async with ServerProcess(place, config=CONFIG) as process:
        git(process.root, "init", "-q", "-b", "main")
        git(process.root, "config", "user.name", "Test")
        git(process.root, "config", "user.email", "test@example.org")
        yield process


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


def in_file(file: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(file.read_text())["cells"]]


def codes(client: NativeClient) -> list[str]:
    return [condition["code"] for condition in client.conditions]


async def written(server: ServerProcess, notebook_id: str) -> None:
    """The file is written, with whatever another program did to it before."""
    await server.address.post(f"notebooks/{notebook_id}/export", {})


async def events(server: ServerProcess, notebook_id: str, name: str = "") -> list[Any]:
    query = f"?name={name}" if name else ""
    found = await server.address.get(f"notebooks/{notebook_id}/events{query}")
    assert isinstance(found, list)
    return found


async def test_git_checkout_while_somebody_edits_another_cell(server: ServerProcess) -> None:
    file = server.write_notebook("day.ipynb", "x = 1", "y = 'old'", "z = 3")
    git(server.root, "add", "day.ipynb")
    git(server.root, "commit", "-qm", "old")
    server.write_notebook("day.ipynb", "x = 1", "y = 'new'", "z = 3")
    git(server.root, "commit", "-qam", "new")
    notebook_id = await server.open("day.ipynb")
    # Without autosave, so that it is certain which edits the file lacks at each moment.
    async with NativeClient(server.address, notebook_id, autosave=False) as ada:
        ada.append(0, " # ada")
        await ada.acked()
        git(server.root, "checkout", "-q", "HEAD~1", "--", "day.ipynb")
        ada.append(0, ", still")
        await ada.until(lambda: ada.sources == ["x = 1 # ada, still", "y = 'old'", "z = 3"])
        await ada.acked()
        await written(server, notebook_id)
        assert in_file(file) == ada.sources

        # A whole checkout of an old version stays one: nothing writes the newer back.
        git(server.root, "commit", "-qam", "hers")
        git(server.root, "checkout", "-q", "HEAD~2")
        await ada.until(lambda: ada.sources == ["x = 1", "y = 'old'", "z = 3"])
        await written(server, notebook_id)
        assert git(server.root, "status", "--porcelain", "-uno") == ""
        git(server.root, "checkout", "-q", "main")
        await ada.until(lambda: ada.sources == ["x = 1 # ada, still", "y = 'old'", "z = 3"])
        assert git(server.root, "status", "--porcelain", "-uno") == ""


async def test_touch_makes_no_events(server: ServerProcess) -> None:
    file = server.write_notebook("touched.ipynb", "x = 1")
    notebook_id = await server.open("touched.ipynb")
    async with NativeClient(server.address, notebook_id) as ada:
        ada.append(0, "0")
        await ada.acked()
        await written(server, notebook_id)
        before, text = await events(server, notebook_id), file.read_bytes()
        for time in (1, 2_000_000_000):
            os.utime(file, (time, time))
            await server.open("touched.ipynb")  # it is looked at
        await written(server, notebook_id)
        assert await events(server, notebook_id) == before
        assert (file.read_bytes(), int(file.stat().st_mtime)) == (text, 2_000_000_000)
        assert codes(ada) == []


async def test_mv_is_followed_and_cp_is_another_notebook(server: ServerProcess) -> None:
    file = server.write_notebook("here.ipynb", "x = 1")
    notebook_id = await server.open("here.ipynb")
    async with NativeClient(server.address, notebook_id) as ada:
        ada.append(0, "0")
        await ada.acked()
        await written(server, notebook_id)
        moved = file.rename(server.root / "there.ipynb")
        assert await server.open("there.ipynb") == notebook_id
        ada.append(0, "0")
        await ada.acked()
        await written(server, notebook_id)
        assert (in_file(moved), file.exists()) == (["x = 100"], False)

        copy = Path(shutil.copy(moved, server.root / "copy.ipynb"))
        other = await server.open("copy.ipynb")
        assert other != notebook_id
        (started,) = await events(server, other, "v1.LineageStarted")
        assert started["data"]["forked_from"] == notebook_id
        async with NativeClient(server.address, other) as ben:
            ben.append(0, " # ben")
            await ben.acked()
            ada.append(0, " # ada")
            await ada.acked()
            for each in (notebook_id, other):
                await written(server, each)
        assert in_file(copy) == ["x = 100 # ben"]
        assert in_file(moved) == ["x = 100 # ada"]


async def test_atomic_replace_is_the_same_notebook(server: ServerProcess) -> None:
    file = server.write_notebook("kept.ipynb", "x = 1", "y = 2")
    notebook_id = await server.open("kept.ipynb")
    async with NativeClient(server.address, notebook_id, autosave=False) as ada:
        ada.append(0, " # ada")
        await ada.acked()
        inode = file.stat().st_ino
        new = server.root / "kept.ipynb.new"
        new.write_text(json.dumps(notebook("x = 1", "y = 'theirs'")))
        new.replace(file)
        assert file.stat().st_ino != inode
        assert await server.open("kept.ipynb") == notebook_id
        await ada.until(lambda: ada.sources == ["x = 1 # ada", "y = 'theirs'"])
        await written(server, notebook_id)
        assert in_file(file) == ada.sources


async def test_rm_is_told_and_a_file_made_again_is_merged(server: ServerProcess) -> None:
    file = server.write_notebook("gone.ipynb", "x = 1", "y = 2")
    notebook_id = await server.open("gone.ipynb")
    async with NativeClient(server.address, notebook_id) as ada:
        ada.append(0, " # ada")
        await ada.acked()
        await written(server, notebook_id)
        file.unlink()
        await ada.until(lambda: codes(ada) == ["file_deleted"])
        ada.append(0, ", later")
        await ada.acked()
        refused = await server.address.post(f"notebooks/{notebook_id}/export", {}, 409)
        assert (refused["code"], file.exists()) == ("file_deleted", False)

        server.write_notebook("gone.ipynb", "x = 1 # ada", "y = 'again'")
        await ada.until(lambda: ada.sources == ["x = 1 # ada, later", "y = 'again'"])
        await ada.until(lambda: codes(ada) == [])
        await written(server, notebook_id)
        assert in_file(file) == ada.sources
        assert await server.open("gone.ipynb") == notebook_id


async def test_duplicate_in_the_file_browser_is_another_notebook(server: ServerProcess) -> None:
    server.write_notebook("work.ipynb", "x = 1")
    notebook_id = await server.open("work.ipynb")
    async with NativeClient(server.address, notebook_id) as ada:
        ada.append(0, " # ada")
        await ada.acked()
        await written(server, notebook_id)
        answer = await server.address.fetch("POST", "api/contents/", {"copy_from": "work.ipynb"})
        assert answer.code == 201, answer.body
        copy = json.loads(answer.body)["path"]
        assert in_file(server.root / copy) == ada.sources
        other = await server.open(copy)
        assert other != notebook_id
        ada.append(0, "!")
        await ada.acked()
        async with NativeClient(server.address, other) as ben:
            assert ben.sources == ["x = 1 # ada"]
