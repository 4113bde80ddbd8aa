"""A crash at each border of a large output's way; and what of it is garbage afterwards."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Array, Map

from anode_jlab.artifacts.folder import FolderArtifacts
from anode_jlab.cli import main
from anode_jlab.documents.large_outputs import REFERENCE_MIME
from anode_jlab.ids import NotebookId, Sha256
from tests.execution.test_large_files import fill
from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient

pytestmark = pytest.mark.timeout(300)

LONG_AGO = 1_000_000_000


async def lived(server: ServerProcess) -> tuple[NotebookId, NotebookId, Sha256, Sha256]:
    """Two notebooks: a plot of the one is cut and pasted into the other, and the server is killed
    before it writes that one's file; and bytes were stored whose event never came. Then it goes on.

    The notebooks, the plot, the stray bytes.
    """
    fill(server.write_notebook("a.ipynb", "plot"), plots=2)
    file = server.write_notebook("b.ipynb", "x = 1")
    await server.start()
    first, second = await server.open("a.ipynb"), await server.open("b.ipynb")
    async with NativeClient(server.address, first) as client:
        cells: Array[Any] = client.doc.get("cells", type=Array)
        output = cells[0]["outputs"].to_py()[0]
        del cells[0]["outputs"][0]
        await client.acked()
    async with NativeClient(server.address, second) as client:
        cells = client.doc.get("cells", type=Array)
        cells[0]["outputs"].append(Map(output))
        await client.acked()
        await server.kill()
    notebook = NotebookId(second)
    stray = await FolderArtifacts(server.store).put(notebook, b"no event tells of this")

    await server.start()
    await server.open("b.ipynb")
    await server.address.post(f"notebooks/{notebook}/export", {})
    await server.terminate()
    saved = json.loads(file.read_text("utf-8"))["cells"][0]["outputs"][0]["data"]
    assert len(saved["image/png"]) > 100_000, "the file is whole"
    return (
        NotebookId(first),
        notebook,
        Sha256(output["data"][REFERENCE_MIME]["image/png"]["sha256"]),
        stray,
    )


def gc(store: Path, *options: str) -> int:
    return main(["--store-dir", str(store), "gc", *options])


def test_crash_between_store_log_and_file_and_what_is_garbage_then(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = ServerProcess(tmp_path)
    first, notebook, plot, stray = asyncio.run(lived(server))
    folder = FolderArtifacts(server.store).folder_of(notebook)
    assert {path.name for path in folder.iterdir()} == {plot, stray}
    capsys.readouterr()
    assert gc(server.store) == 0
    assert "1 large outputs" not in capsys.readouterr().out, "it is young"
    for place in folder.iterdir():
        os.utime(place, (LONG_AGO, LONG_AGO))
    assert gc(server.store, "--dry-run") == 0
    assert f"{notebook}: 1 large outputs" in capsys.readouterr().out
    assert (folder / stray).exists()
    assert gc(server.store) == 0
    assert [path.name for path in folder.iterdir()] == [plot]

    # What was cut from the first is there at earlier moments, until these are purged.
    folder = FolderArtifacts(server.store).folder_of(first)
    for place in folder.iterdir():
        os.utime(place, (LONG_AGO, LONG_AGO))
    assert gc(server.store) == 0
    assert len(list(folder.iterdir())) == 2
    assert main(["--store-dir", str(server.store), "purge", "a.ipynb", "--all"]) == 0
    assert "1 large outputs that only they had were removed" in capsys.readouterr().out
    assert len(list(folder.iterdir())) == 1
    assert main(["--store-dir", str(server.store), "events", "a.ipynb"]) == 0
    *_, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert last["name"] == "v1.ArtifactReleased"
