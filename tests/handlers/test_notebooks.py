"""From a path to a notebook, its place, state, events and document."""

from __future__ import annotations

import json
import os
import random
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Array, Doc

from anode_jlab._version import __version__
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

Write = Callable[..., Path]

FORMAT = '{"nbformat": N, "nbformat_minor": 0, "metadata": {}, "cells": [], "worksheets": []}'


async def test_health(address: ServerAddress, write_notebook: Write) -> None:
    before = await address.get("health")
    assert before == {
        "status": "ok",
        "version": __version__,
        "event_schema": "v1",
        "store": "sqlite",
        "acl_enforced": False,
        "notebooks_open": 0,
        "problems": [],
    }
    write_notebook("a.ipynb", "x")
    await address.post("notebooks", {"path": "a.ipynb"})
    assert (await address.get("health"))["notebooks_open"] == 1


async def test_a_path_is_one_notebook(address: ServerAddress, write_notebook: Write) -> None:
    file = write_notebook("sub/a b.ipynb", "x = 1")
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    first = await address.post("notebooks", {"path": "sub/a b.ipynb"})
    again = await address.post("notebooks", {"path": "/sub/a b.ipynb"})
    assert first == again
    assert set(first) == {"id", "path", "lineage", "seq", "role"}
    assert (first["path"], first["role"]) == ("sub/a b.ipynb", "owner")
    assert first["seq"] > 0
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before, "opening writes nothing"
    assert os.listdir(file.parent) == ["a b.ipynb"]

    place = await address.get(f"notebooks/{first['id']}")
    assert place["saved_seq"] == place["seq"] == first["seq"]
    assert place["peers"] == place["conditions"] == []
    listed = await address.get("notebooks")
    assert [entry["path"] for entry in listed] == ["sub/a b.ipynb"]
    assert await address.get("notebooks?q=nothing") == []


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("gone.ipynb", None, 404, "notebook_not_found"),
        ("broken.ipynb", "{", 400, "not_a_notebook"),
        ("list.ipynb", "[]", 400, "not_a_notebook"),
        (
            "old.ipynb",
            '{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}',
            400,
            "not_a_notebook",
        ),
        ("new.ipynb", '{"nbformat": 5, "nbformat_minor": 0, "cells": []}', 400, "not_a_notebook"),
        ("plain.txt", "hello", 400, "not_a_notebook"),
        ("", None, 404, "notebook_not_found"),
        ("../../etc/passwd", None, 404, "notebook_not_found"),
    ],
)
async def test_what_is_not_a_notebook_is_refused_and_left_alone(
    address: ServerAddress,
    jp_root_dir: Path,
    name: str,
    content: str | None,
    status: int,
    code: str,
) -> None:
    if content is not None:
        (jp_root_dir / name).write_text(content)
    refused = await address.post("notebooks", {"path": name}, status)
    assert refused["code"] == code
    assert refused["message"]
    assert refused["hint"]
    if content is not None:
        assert (jp_root_dir / name).read_text() == content
    assert await address.get("notebooks") == []


async def test_events_tell_who_did_what_in_order(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x = 1")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    async with NativeClient(address, notebook) as client:
        client.add_cell(1, "second", "y = 2")
        client.append("second", "0")
        await client.acked()
        client.delete_cell(0)
        await client.acked()
    events = await address.get(f"notebooks/{notebook}/events")
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["name"] == "v1.LineageStarted"
    names = [event["name"] for event in events]
    for name in ("v1.CellCreated", "v1.CellSourceChanged", "v1.CellDeleted", "v1.ActorSeen"):
        assert name in names
    (deleted,) = (event for event in events if event["name"] == "v1.CellDeleted")
    assert deleted["data"] == {"cell_id": "cell-0", "index": 0}
    assert deleted["actor"]["kind"] == "human"
    updates = await address.get(f"notebooks/{notebook}/events?name=DocumentUpdated")
    assert all(set(event["data"]["bytes"]) == {"size"} for event in updates)
    with_bytes = await address.get(f"notebooks/{notebook}/events?name=DocumentUpdated&bytes=1")
    assert all(isinstance(event["data"]["bytes"], str) for event in with_bytes)
    page = await address.get(f"notebooks/{notebook}/events?after=2&limit=3")
    assert [event["seq"] for event in page] == [3, 4, 5]

    state = await address.get(f"notebooks/{notebook}/state")
    assert state["seq"] == events[-1]["seq"]
    assert [cell["id"] for cell in state["cells"] if not cell.get("deleted")] == ["second"]


def sources(document: dict[str, Any]) -> list[str]:
    return ["".join(cell["source"]) for cell in document["cells"]]


async def every_seq_equals_its_replay(address: ServerAddress, notebook: str) -> None:
    """Every moment, also those between two acks, against the raw updates of the log."""
    document: Doc[Any] = Doc()
    cells: Array[Any] = document.get("cells", type=Array)
    for event in await address.get(f"notebooks/{notebook}/events?bytes=1"):
        if event["name"] == "v1.DocumentUpdated":
            document.apply_update(b64decode(event["data"]["bytes"]))
        then = await address.get(f"notebooks/{notebook}/document?seq={event['seq']}")
        assert sources(then) == [str(cell["source"]) for cell in cells], event["seq"]
        assert [cell["id"] for cell in then["cells"]] == [cell["id"] for cell in cells]


async def test_the_document_at_every_seq(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", "one", "two")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    recorded: dict[int, list[str]] = {}
    async with NativeClient(address, notebook) as client:
        for number in range(25):
            match number % 5:
                case 0:
                    client.add_cell(0, f"new-{number}", f"cell {number}")
                case 1:
                    client.append(0, f" + {number}")
                case 2:
                    client.move_cell(0, 1)
                case 3:
                    client.delete(1, 0, 1)
                case 4:
                    client.delete_cell(len(client.cell_ids) - 1)
            recorded[await client.acked()] = client.sources
    for seq, expected in recorded.items():
        document = await address.get(f"notebooks/{notebook}/document?seq={seq}")
        assert sources(document) == expected, seq
    await every_seq_equals_its_replay(address, notebook)
    now = await address.get(f"notebooks/{notebook}/document")
    assert sources(now) == expected
    head = (await address.get(f"notebooks/{notebook}"))["seq"]
    for seq in (0, head + 1000):  # it may be exported meanwhile
        body = await address.get(f"notebooks/{notebook}/document?seq={seq}", 404)
        assert body["code"] == "seq_not_found"


def edit(client: NativeClient, chance: random.Random, number: int) -> None:
    """Something that people do to a notebook."""
    cells = len(client.cell_ids)
    cell = chance.randrange(cells)
    match chance.choices(["type", "erase", "add", "move", "remove"], [12, 4, 2, 2, 1])[0]:
        case "type":
            client.insert(cell, chance.randrange(len(client.text(cell)) + 1), f"<{number}>")
        case "erase" if len(client.text(cell)):
            client.delete(cell, 0, chance.randrange(1, len(client.text(cell)) + 1))
        case "move" if cells > 1:
            client.move_cell(cell, chance.randrange(cells - 1))
        case "remove" if cells > 2:
            client.delete_cell(cell)
        case _:
            client.add_cell(cell, f"new-{number}", f"# {number}", chance.choice(["code", "raw"]))


async def test_a_day_of_two_people(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", "one", "two", "three")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    chance = random.Random(20)
    async with NativeClient(address, notebook) as ada, NativeClient(address, notebook) as ben:
        for number in range(120):
            edit(chance.choice([ada, ben]), chance, number)
            if not chance.randrange(4):
                await ada.acked()
                await ben.acked()
        await ada.acked()
        await ben.acked()
        await ada.until(lambda: ada.sources == ben.sources)
        assert len(set(ada.cell_ids)) == len(ada.cell_ids)
    await every_seq_equals_its_replay(address, notebook)
    assert sources(await address.get(f"notebooks/{notebook}/document")) == ada.sources


async def test_an_earlier_moment_comes_back(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", "one", "two")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    async with NativeClient(address, notebook) as client:
        then = await client.acked()
        client.delete_cell(0)
        client.append(0, " and more")
        before = await client.acked()
        restored = await address.post(f"notebooks/{notebook}/restore", {"seq": then})
        assert restored["seq"] > before
        await client.until(lambda: client.sources == ["one", "two"])
        assert client.cell_ids == ["cell-0", "cell-1"]
    events = await address.get(f"notebooks/{notebook}/events?name=Restored")
    assert [event["data"] for event in events] == [{"seq": then}]
    refused = await address.post(f"notebooks/{notebook}/restore", {"seq": 10_000}, 404)
    assert refused["code"] == "seq_not_found"


async def test_purged_moments_are_gone(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", "one")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    async with NativeClient(address, notebook) as client:
        client.append(0, " secret")
        then = await client.acked()
        client.append(0, " and more")
        now = await client.acked()
        for body, status, code in (
            ({"from": 3, "to": 2}, 400, "bad_request"),
            ({"to": 10_000}, 404, "seq_not_found"),
            ({"from": 0}, 404, "seq_not_found"),
        ):
            refused = await address.post(f"notebooks/{notebook}/purge", body, status)
            assert refused["code"] == code
        purged = await address.post(f"notebooks/{notebook}/purge", {"to": then}, 202)
        assert purged["seq"] > now
        body = await address.get(f"notebooks/{notebook}/document?seq={then}", 410)
        assert body["code"] == "purged"
        await address.post(f"notebooks/{notebook}/restore", {"seq": then}, 410)
        assert sources(await address.get(f"notebooks/{notebook}/document?seq={now}"))
        assert client.sources == ["one secret and more"]
    (event,) = await address.get(f"notebooks/{notebook}/events?name=HistoryPurged")
    assert event["data"] == {"from": 1, "to": then}


async def test_export_writes_the_file_now(address: ServerAddress, write_notebook: Write) -> None:
    file = write_notebook("a.ipynb", "one")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    async with NativeClient(address, notebook, autosave=False) as client:
        client.append(0, " more")
        await client.acked()
        done = await address.post(f"notebooks/{notebook}/export", {})
    assert sources(json.loads(file.read_text())) == ["one more"]
    assert done["exported_seq"] <= done["seq"]
    assert done["path"] == "a.ipynb"


async def test_a_file_changed_outside_is_merged_and_the_merge_taken_back(
    address: ServerAddress, write_notebook: Write
) -> None:
    file = write_notebook("a.ipynb", "one", "two")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    async with NativeClient(address, notebook, autosave=False, after=0) as client:
        client.append(0, " more")
        await client.acked()
        write_notebook("a.ipynb", "one", "from git")
        exported = await address.post(f"notebooks/{notebook}/export", {})
        assert exported["exported_seq"] > 0
        assert sources(json.loads(file.read_text())) == ["one more", "from git"]
        await client.until(lambda: client.sources == ["one more", "from git"])
        (merged,) = [
            event
            for event in await address.get(f"notebooks/{notebook}/events")
            if event["name"] == "v1.ExternalChangeMerged"
        ]
        assert merged["data"]["complete"] is False

        await address.post(f"notebooks/{notebook}/undo", {"seq": merged["seq"]})
        await client.until(lambda: client.sources == ["one more", "two"])
        refused = await address.post(f"notebooks/{notebook}/undo", {"seq": 1}, 404)
        assert refused["code"] == "seq_not_found"


async def test_a_file_can_be_reloaded_overwritten_and_is_not_made_anew(
    address: ServerAddress, write_notebook: Write
) -> None:
    file = write_notebook("a.ipynb", "one")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    async with NativeClient(address, notebook, autosave=False) as client:
        client.append(0, " more")
        await client.acked()
        file.unlink()
        refused = await address.post(f"notebooks/{notebook}/export", {}, 409)
        assert refused["code"] == "file_deleted"
        assert not file.exists()
        await client.until(lambda: any(c["code"] == refused["code"] for c in client.conditions))

        write_notebook("a.ipynb", "from git")
        await address.post(f"notebooks/{notebook}/reload", {})
        await client.until(lambda: client.sources == ["from git"])
        await client.until(lambda: client.conditions == [])

        client.append(0, " again")
        await client.acked()
        file.unlink()
        await address.post(f"notebooks/{notebook}/export", {"overwrite": True})
        assert sources(json.loads(file.read_text())) == ["from git again"]


async def test_a_rename_keeps_the_notebook(
    address: ServerAddress, write_notebook: Write, jp_root_dir: Path
) -> None:
    write_notebook("folder/a.ipynb", "one")
    notebook = (await address.post("notebooks", {"path": "folder/a.ipynb"}))["id"]
    async with NativeClient(address, notebook, after=0) as client:
        response = await address.fetch("PATCH", "api/contents/folder", {"path": "other"})
        assert response.code == 200
        await client.until(lambda: any(e["name"] == "v1.PathChanged" for e in client.events))
        client.append(0, " more")
        await client.acked()
        done = await address.post(f"notebooks/{notebook}/export", {})
    assert done["path"] == "other/a.ipynb"
    assert (await address.post("notebooks", {"path": "other/a.ipynb"}))["id"] == notebook
    # The checkpoints are of the server, which makes their folder when it renames something.
    assert set(os.listdir(jp_root_dir)) - {".ipynb_checkpoints"} == {"other"}
    saved = json.loads((jp_root_dir / "other" / "a.ipynb").read_text())
    assert sources(saved) == ["one more"]
