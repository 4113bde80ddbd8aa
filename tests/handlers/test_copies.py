"""The copies of a notebook over HTTP: listed, read, restored, gone with a purge."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from anode_jlab.ids import NotebookId, Seq
from anode_jlab.services import Services
from tests.server_address import ServerAddress

Write = Callable[..., Path]


async def test_copies(address: ServerAddress, services: Services, write_notebook: Write) -> None:
    file = write_notebook("a.ipynb", "x = 1", "y = 1")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    copies = f"notebooks/{notebook}/copies"
    assert await address.get(copies) == []
    earlier = json.loads(file.read_text())
    earlier["cells"][0]["source"] = "x = 'earlier'"
    await services.copies.add(NotebookId(notebook), earlier, Seq(1), 1_700_000_000.0)
    await services.copies.add(NotebookId(notebook), earlier, Seq(2), 1_700_003_600.0)

    newest, oldest = await address.get(copies)
    assert (newest["seq"], oldest["seq"]) == (2, 1)
    assert (oldest["time"], oldest["cells"]) == (1_700_000_000.0, 2)
    assert oldest["size"] > 100
    assert await address.get(f"{copies}/{oldest['name']}") == earlier
    for name in ("1_1.ipynb", "2023-11-14T22-13-20Z_7_2.ipynb"):
        assert (await address.get(f"{copies}/{name}", 404))["code"] == "copy_not_found"
    assert (await address.get(f"{copies}/..%2Flog.db", 404))["code"] == "not_found"

    restored = await address.post(f"notebooks/{notebook}/restore", {"copy": oldest["name"]})
    now = await address.get(f"notebooks/{notebook}/document")
    assert now["cells"][0]["source"] == "x = 'earlier'"
    for body in ({}, {"seq": 1, "copy": oldest["name"]}):
        refused = await address.post(f"notebooks/{notebook}/restore", body, 400)
        assert refused["code"] == "bad_request"
    gone = {"copy": "2023-11-14T22-13-20Z_7_2.ipynb"}
    refused = await address.post(f"notebooks/{notebook}/restore", gone, 404)
    assert refused["code"] == "copy_not_found"

    # They lie beside the log, nothing of them in the person's folder.
    assert [name for name in os.listdir(file.parent) if name[0] != "."] == ["a.ipynb"]
    await address.post(f"notebooks/{notebook}/purge", {"to": restored["seq"]}, 202)
    assert await address.get(copies) == []


async def test_copies_of_a_text_file(
    address: ServerAddress, services: Services, write_notebook: Write
) -> None:
    folder = write_notebook("a.ipynb").parent
    (folder / "notes.md").write_bytes(b"# Now\r\n")
    text = (await address.post("files", {"path": "notes.md"}))["id"]
    await services.copies.add(NotebookId(text), "# Then\nand more\n", Seq(1), 1_700_000_000.0)

    (copy,) = await address.get(f"notebooks/{text}/copies")
    assert (copy["cells"], copy["name"][-4:]) == (2, ".txt")
    held = await address.get(f"notebooks/{text}/copies/{copy['name']}")
    assert held == {"type": "file", "format": "text", "content": "# Then\nand more\n"}
    await address.post(f"notebooks/{text}/restore", {"copy": copy["name"]})
    now = await address.get(f"notebooks/{text}/document")
    assert now["content"] == "# Then\nand more\n"
