"""Text files over our own routes and through the door of jupyter-collaboration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from jupyter_ydoc import YFile
from pycrdt import Text

from tests.collaboration_client import CollaborationClient
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

TEXT = "# Notes\n\nfirst\n"


@pytest.fixture
def notes(jp_root_dir: Path) -> Path:
    place = jp_root_dir / "sub" / "notes.md"
    place.parent.mkdir()
    place.write_bytes(TEXT.replace("\n", "\r\n").encode())
    return place


def source(client: NativeClient | CollaborationClient) -> Text:
    found: Text = client.doc.get("source", type=Text)
    return found


def bytes_in(place: Path) -> bytes:
    return place.read_bytes()


async def test_from_a_path_to_a_room(address: ServerAddress, notes: Path) -> None:
    opened = await address.post("files", {"path": "sub/notes.md"})
    assert set(opened) == {"id", "path", "lineage", "seq", "role"}
    assert (opened["path"], opened["role"]) == ("sub/notes.md", "owner")
    assert (await address.post("files", {"path": "/sub/notes.md"})) == opened
    (line,) = await address.get("files?q=NOTES")
    assert (line["id"], line["open"]) == (opened["id"], True)
    assert await address.get("notebooks") == []
    assert await address.get("files?q=other") == []
    one = await address.get(f"notebooks/{opened['id']}")
    assert one["exported_seq"] == one["saved_seq"] == opened["seq"]

    async with NativeClient(address, opened["id"]) as ann, NativeClient(address, opened["id"]) as b:
        assert ann.hello["kind"] == "text"
        assert str(source(ann)) == TEXT
        source(ann).insert(0, "Ann ")
        await ann.acked()
        await b.until(lambda: str(source(b)).startswith("Ann "))
        answer = await address.post(f"notebooks/{opened['id']}/export", {})
        assert answer["seq"] >= answer["exported_seq"] > opened["seq"]
    assert bytes_in(notes) == ("Ann " + TEXT).replace("\n", "\r\n").encode()


async def test_its_document_now_and_then(address: ServerAddress, notes: Path) -> None:
    opened = await address.post("files", {"path": "sub/notes.md"})
    id_ = opened["id"]
    async with NativeClient(address, id_) as client:
        source(client).insert(0, "new ")
        await client.acked()
    now = await address.get(f"notebooks/{id_}/document")
    assert now == {"type": "file", "format": "text", "content": "new " + TEXT}
    then = await address.get(f"notebooks/{id_}/document?seq={opened['seq']}")
    assert then["content"] == TEXT
    await address.post(f"notebooks/{id_}/restore", {"seq": opened["seq"]})
    assert (await address.get(f"notebooks/{id_}/document"))["content"] == TEXT
    names = [event["name"] for event in await address.get(f"notebooks/{id_}/events")]
    assert names[:3] == ["v1.LineageStarted", "v1.KindSet", "v1.DocumentUpdated"]


async def test_a_text_is_not_run(address: ServerAddress, notes: Path) -> None:
    id_ = (await address.post("files", {"path": "sub/notes.md"}))["id"]
    wanted = {"cells": [{"cell_id": "a"}], "on_error": "stop"}
    answer = await address.post(f"notebooks/{id_}/executions", wanted, status=400)
    assert answer["code"] == "not_a_notebook"
    assert (await address.get(f"notebooks/{id_}/runtime", status=400))["hint"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("gone.md", 404, "notebook_not_found"),
        ("image.png", 400, "not_a_text"),
        ("a.ipynb", 400, "not_a_text"),
        ("sub", 400, "not_a_text"),
        ("large.csv", 400, "text_too_large"),
    ],
)
async def test_what_stays_with_core(
    jp_serverapp: ServerApp,
    jp_root_dir: Path,
    notes: Path,
    address: ServerAddress,
    path: str,
    status: int,
    code: str,
) -> None:
    (jp_root_dir / "image.png").write_bytes(b"\x89PNG\xff")
    (jp_root_dir / "a.ipynb").write_text("{}")
    with (jp_root_dir / "large.csv").open("wb") as large:
        large.truncate((10 << 20) + 1)
    answer = await address.post("files", {"path": path}, status=status)
    assert answer["code"] == code
    assert answer["hint"]
    assert await address.get("files") == []
    if status == 400 and path != "a.ipynb":
        await address.post("notebooks", {"path": path}, status=400)


async def test_clients_of_jupyter_collaboration(address: ServerAddress, notes: Path) -> None:
    theirs = CollaborationClient(address, "sub/notes.md", kind="text:file")
    first = await theirs.open_session(201)
    assert (first["format"], first["type"]) == ("text", "file")
    opened = await address.post("files", {"path": "sub/notes.md"})
    assert first["fileId"] == opened["id"], "one file, whatever door one comes through"
    async with theirs, NativeClient(address, opened["id"]) as ours:
        assert YFile(theirs.doc).get() == TEXT
        assert theirs.state["path"] == "sub/notes.md"
        source(theirs).insert(0, "theirs\r\n")
        await ours.until(lambda: str(source(ours)) == "theirs\n" + TEXT)
        await theirs.until(lambda: str(source(theirs)) == "theirs\n" + TEXT)
        source(ours).insert(0, "ours ")
        await theirs.until(lambda: str(source(theirs)).startswith("ours theirs"))
        assert await theirs.save(1) == "success"
        await theirs.until(lambda: theirs.state["dirty"] is False)
    assert bytes_in(notes) == b"ours theirs\r\n" + TEXT.replace("\n", "\r\n").encode()


async def test_a_room_of_the_other_kind_is_none(address: ServerAddress, notes: Path) -> None:
    opened = await address.post("files", {"path": "sub/notes.md"})
    client = CollaborationClient(address, "sub/notes.md", room=f"json:notebook:{opened['id']}")
    client.kind = "text:file"
    session = (await client.open_session())["sessionId"]
    response = await address.fetch(
        "GET", f"api/collaboration/room/json:notebook:{opened['id']}?sessionId={session}"
    )
    assert response.code != 101


async def test_other_extensions_find_it(
    jp_serverapp: ServerApp, address: ServerAddress, notes: Path
) -> None:
    assert jp_serverapp.web_app is not None
    documents: Any = jp_serverapp.web_app.settings["jupyter_server_ydoc"]
    wanted = {"path": "sub/notes.md", "content_type": "file", "file_format": "text"}
    copy = await documents.get_document(**wanted, create=True)
    assert isinstance(copy, YFile)
    assert copy.get() == TEXT
    live = await documents.get_document(**wanted, copy=False)
    opened = await address.post("files", {"path": "sub/notes.md"})
    async with NativeClient(address, opened["id"]) as client:
        live.ydoc["source"].insert(0, "extension ")
        await client.until(lambda: str(source(client)) == "extension " + TEXT)
    assert documents.ywebsocket_server.room_exists(f"text:file:{opened['id']}")
    assert not documents.ywebsocket_server.room_exists(f"json:notebook:{opened['id']}")


async def test_renamed_and_deleted_in_the_file_browser(address: ServerAddress, notes: Path) -> None:
    opened = await address.post("files", {"path": "sub/notes.md"})
    async with NativeClient(address, opened["id"], after=0) as client:
        moved = await address.fetch("PATCH", "api/contents/sub/notes.md", {"path": "sub/b.md"})
        assert moved.code == 200
        await client.until(lambda: any(e["name"] == "v1.PathChanged" for e in client.events))
        assert (await address.post("files", {"path": "sub/b.md"}))["id"] == opened["id"]
        gone = await address.fetch("DELETE", "api/contents/sub/b.md")
        assert gone.code == 204
        await client.until(lambda: [c["code"] for c in client.conditions] == ["file_deleted"])
        source(client).insert(0, "kept ")
        await client.acked()
