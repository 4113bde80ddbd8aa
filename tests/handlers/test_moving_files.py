"""Files that are deleted, made anew, renamed and changed while their notebooks are live or were."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from tests.native_client import NativeClient
from tests.server_address import ServerAddress

Write = Callable[..., Path]

DELETED = "file_deleted"


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    jp_server_config.FileContentsManager.delete_to_trash = False
    return jp_server_config


def sources(document: dict[str, Any]) -> list[str]:
    return ["".join(cell["source"]) for cell in document["cells"]]


async def opened(address: ServerAddress, path: str, status: int = 200) -> Any:
    return await address.post("notebooks", {"path": path}, status)


async def shown(address: ServerAddress, path: str) -> list[str]:
    notebook = (await opened(address, path))["id"]
    return sources(await address.get(f"notebooks/{notebook}/document"))


async def delete(address: ServerAddress, path: str) -> None:
    assert (await address.fetch("DELETE", f"api/contents/{path}")).code == 204


async def new_notebook(address: ServerAddress, path: str) -> None:
    """What "New notebook" of JupyterLab does."""
    body = {"type": "notebook"}
    assert (await address.fetch("PUT", f"api/contents/{path}", body)).code == 201


def codes(client: NativeClient) -> list[str]:
    return [condition["code"] for condition in client.conditions]


# --- deleted --------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [False, True])
async def test_a_new_notebook_at_the_path_of_a_deleted_one_is_empty(
    address: ServerAddress, write_notebook: Write, folder: bool
) -> None:
    file = write_notebook("f/a.ipynb", "one")
    old = await opened(address, "f/a.ipynb")
    async with NativeClient(address, old["id"], autosave=False) as client:
        client.append(0, " and what the file never held")
        await client.acked()
    if folder:
        await address.fetch("DELETE", "api/contents/f/a.ipynb")
        async with asyncio.timeout(60):
            while list(file.parent.glob("*.lock")):  # it goes when the server hears of that
                await asyncio.sleep(0.01)
        await delete(address, "f")
        await address.fetch("PUT", "api/contents/f", {"type": "directory"})
    else:
        await delete(address, "f/a.ipynb")
    await opened(address, "f/a.ipynb", 404)
    await new_notebook(address, "f/a.ipynb")

    new = await opened(address, "f/a.ipynb")
    assert new["id"] != old["id"]
    assert await shown(address, "f/a.ipynb") == []


async def test_who_has_a_deleted_notebook_open_is_told_and_goes_on(
    address: ServerAddress, write_notebook: Write
) -> None:
    file = write_notebook("a.ipynb", "one")
    notebook = (await opened(address, "a.ipynb"))["id"]
    async with NativeClient(address, notebook) as client:
        await delete(address, "a.ipynb")
        await client.until(lambda: codes(client) == [DELETED])
        client.append(0, " more")
        await client.acked()
        refused = await address.post(f"notebooks/{notebook}/export", {}, 409)
        assert refused["code"] == DELETED
        assert not file.exists()
        assert (await opened(address, "a.ipynb"))["id"] == notebook

        await address.post(f"notebooks/{notebook}/export", {"overwrite": True})
        await client.until(lambda: codes(client) == [])
        assert sources(json.loads(file.read_text())) == ["one more"]
        assert (await opened(address, "a.ipynb"))["id"] == notebook
        client.append(0, " again")
        await client.acked()
        await address.post(f"notebooks/{notebook}/export", {})
        assert sources(json.loads(file.read_text())) == ["one more again"]


async def test_a_live_notebook_leaves_the_one_that_took_its_path_alone(
    address: ServerAddress, write_notebook: Write
) -> None:
    file = write_notebook("a.ipynb", "one")
    notebook = (await opened(address, "a.ipynb"))["id"]
    async with NativeClient(address, notebook) as client:
        await delete(address, "a.ipynb")
        await new_notebook(address, "a.ipynb")
        before = file.read_bytes()
        assert (await opened(address, "a.ipynb"))["id"] != notebook
        client.append(0, " more")
        await client.acked()
        for body in ({}, {"overwrite": True}):
            await address.post(f"notebooks/{notebook}/export", body, 409)
        assert file.read_bytes() == before
        assert client.sources == ["one more"]
        assert codes(client) == [DELETED]


@pytest.mark.parametrize("live", [True, False])
async def test_a_deleted_notebook_comes_back_with_its_history(
    address: ServerAddress, write_notebook: Write, live: bool
) -> None:
    file = write_notebook("a.ipynb", "one", "two")
    notebook = (await opened(address, "a.ipynb"))["id"]
    text = file.read_bytes()
    if live:
        async with NativeClient(address, notebook) as client:
            await delete(address, "a.ipynb")
            await client.until(lambda: codes(client) == [DELETED])
            file.write_bytes(text)
            await client.until(lambda: codes(client) == [])
            client.append(0, " more")
            await client.acked()
            await address.post(f"notebooks/{notebook}/export", {})
        assert sources(json.loads(file.read_text())) == ["one more", "two"]
    else:
        await delete(address, "a.ipynb")
        file.write_bytes(text)
    assert (await opened(address, "a.ipynb"))["id"] == notebook


async def test_a_file_removed_outside_does_not_keep_others_out(
    address: ServerAddress, write_notebook: Write
) -> None:
    file = write_notebook("a.ipynb", "one")
    first = await opened(address, "a.ipynb")
    async with NativeClient(address, first["id"]) as client:
        file.unlink()
        again = await opened(address, "a.ipynb")
        assert again["id"] == first["id"]
        await client.until(lambda: codes(client) == [DELETED])
        await opened(address, "b.ipynb", 404)


# --- renamed, changed -----------------------------------------------------------------------------


async def test_a_notebook_renamed_outside_is_opened_in_its_live_room(
    address: ServerAddress, write_notebook: Write, jp_root_dir: Path
) -> None:
    file = write_notebook("a.ipynb", "one")
    first = await opened(address, "a.ipynb")
    async with NativeClient(address, first["id"], after=0) as client:
        (jp_root_dir / "sub").mkdir()
        os.rename(file, jp_root_dir / "sub" / "b.ipynb")
        again = await opened(address, "sub/b.ipynb")
        assert (again["id"], again["path"]) == (first["id"], "sub/b.ipynb")
        await client.until(lambda: any(e["name"] == "v1.PathChanged" for e in client.events))
        client.append(0, " more")
        await client.acked()
        done = await address.post(f"notebooks/{first['id']}/export", {})
        assert done["path"] == "sub/b.ipynb"
        assert not file.exists()


async def test_a_notebook_that_took_the_place_of_another_one(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "one")
    other = write_notebook("b.ipynb", "two")
    first, second = await opened(address, "a.ipynb"), await opened(address, "b.ipynb")
    async with NativeClient(address, second["id"]) as client:
        other.unlink()
        body = {"path": "b.ipynb"}
        assert (await address.fetch("PATCH", "api/contents/a.ipynb", body)).code == 200
        await client.until(lambda: codes(client) == [DELETED])
        assert (await opened(address, "b.ipynb"))["id"] == first["id"]
        assert client.sources == ["two"]


async def test_a_room_that_nobody_is_in_shows_what_the_file_holds_now(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "one", "two")
    notebook = (await opened(address, "a.ipynb"))["id"]
    for text in ("three", "four"):
        write_notebook("a.ipynb", "one", text)
        assert (await opened(address, "a.ipynb"))["id"] == notebook
        assert await shown(address, "a.ipynb") == ["one", text]


async def test_a_deleted_notebook_is_listed_and_saved_again(
    address: ServerAddress, write_notebook: Write
) -> None:
    file = write_notebook("f/a.ipynb", "one")
    notebook = (await opened(address, "f/a.ipynb"))["id"]
    async with NativeClient(address, notebook) as client:
        client.append(0, " and more")
        await client.acked()
    assert await address.get("notebooks?deleted=1") == []
    await delete(address, "f/a.ipynb")
    async with asyncio.timeout(60):  # it is listed once the server has heard of that
        while not (found := await address.get("notebooks?deleted=1")):
            await asyncio.sleep(0.01)

    (gone,) = found
    assert (gone["id"], gone["path"], gone["people"]) == (notebook, "f/a.ipynb", [])
    assert await address.get("notebooks?deleted=1&q=other") == []
    assert sources(await address.get(f"notebooks/{notebook}/document")) == ["one and more"]
    assert not file.exists(), "looking at it writes nothing"
    await address.post(f"notebooks/{notebook}/export", {"overwrite": True})
    assert sources(json.loads(file.read_text())) == ["one and more"]
    assert await address.get("notebooks?deleted=1") == []
    assert (await opened(address, "f/a.ipynb"))["id"] == notebook, "with its history"
