"""However a notebook's file is reached, there is one notebook and one room."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from tests.collaboration_client import CollaborationClient
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

Write = Callable[..., Path]


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    jp_server_config.FileContentsManager.delete_to_trash = False
    return jp_server_config


async def opened(address: ServerAddress, path: str) -> Any:
    return await address.post("notebooks", {"path": path})


async def test_spellings_and_links(address: ServerAddress, write_notebook: Write) -> None:
    file = write_notebook("x/a.ipynb", "1")
    (file.parent.parent / "link.ipynb").symlink_to("x/a.ipynb")
    (file.parent.parent / "y").symlink_to("x")
    first = await opened(address, "./x//a.ipynb")
    assert first["path"] == "x/a.ipynb"
    for path in ("x/a.ipynb", "x/../x/a.ipynb", "link.ipynb", "y/a.ipynb", "/y/./a.ipynb"):
        assert await opened(address, path) == first, path
    assert [listed["path"] for listed in await address.get("notebooks")] == ["x/a.ipynb"]
    theirs = CollaborationClient(address, "link.ipynb")
    assert (await theirs.open_session())["fileId"] == first["id"]
    refused = await address.post("notebooks", {"path": "../x/a.ipynb"}, 404)
    assert refused["code"] == "notebook_not_found"


async def test_links_out_of_the_root(
    address: ServerAddress, write_notebook: Write, tmp_path: Path
) -> None:
    """The server has no other path for such a file, so the first that is used stays."""
    inside = write_notebook("one.ipynb", "1")
    outside = tmp_path / "outside.ipynb"
    inside.rename(outside)
    inside.symlink_to(outside)
    inside.with_name("two.ipynb").symlink_to(outside)
    os.link(outside, inside.with_name("three.ipynb"))
    first = await opened(address, "one.ipynb")
    assert await opened(address, "two.ipynb") == first
    assert await opened(address, "three.ipynb") == first
    async with NativeClient(address, first["id"]) as client:
        client.append(0, "0")
        await client.acked()
        await address.post(f"notebooks/{first['id']}/export", {})
    assert json.loads(outside.read_text())["cells"][0]["source"] == ["10"]
    assert inside.is_symlink()


async def test_what_happens_to_a_link_does_not_happen_to_the_file(
    address: ServerAddress, write_notebook: Write
) -> None:
    file = write_notebook("x/a.ipynb", "1")
    (file.parent.parent / "link.ipynb").symlink_to("x/a.ipynb")
    notebook = (await opened(address, "link.ipynb"))["id"]
    moved = await address.fetch("PATCH", "api/contents/link.ipynb", {"path": "other.ipynb"})
    assert moved.code == 200
    assert (await opened(address, "other.ipynb"))["id"] == notebook
    assert (await address.fetch("DELETE", "api/contents/other.ipynb")).code == 204
    assert (await opened(address, "x/a.ipynb"))["id"] == notebook
    assert (await address.get(f"notebooks/{notebook}"))["path"] == "x/a.ipynb"


async def test_a_file_renamed_below_a_linked_folder_is_followed(
    address: ServerAddress, write_notebook: Write
) -> None:
    file = write_notebook("x/a.ipynb", "1")
    (file.parent.parent / "y").symlink_to("x")
    notebook = (await opened(address, "y/a.ipynb"))["id"]
    moved = await address.fetch("PATCH", "api/contents/y/a.ipynb", {"path": "y/b.ipynb"})
    assert moved.code == 200
    again = await opened(address, "y/b.ipynb")
    assert (again["id"], again["path"]) == (notebook, "x/b.ipynb")
