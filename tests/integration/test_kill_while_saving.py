"""Show: a server killed after it wrote a file and before it noted that does not blame another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

DEADLY = """
import os, signal
def die(model, os_path, contents_manager):
    if model["type"] == "notebook" and os.path.exists({armed!r}):
        os.remove({armed!r})
        os.kill(os.getpid(), signal.SIGKILL)
c.FileContentsManager.post_save_hook = die
"""
"""jupyter_server calls this once the file is written."""


def change(file: Path, cell: int, more: str) -> None:
    """What another program does while the server is down."""
    nb: Any = json.loads(file.read_text())
    nb["cells"][cell]["source"] = ["".join(nb["cells"][cell]["source"]) + more]
    file.write_text(json.dumps(nb, indent=1) + "\n")


async def test_killed_between_file_and_note(tmp_path: Path) -> None:
    armed = tmp_path / "armed"
    server = ServerProcess(tmp_path / "server", config=DEADLY.format(armed=str(armed)))
    file = server.write_notebook("day.ipynb", "x = 1", "y = 2")
    expected = ["x = 1", "y = 2"]
    async with server:
        notebook = await server.open("day.ipynb")
        for typed, elsewhere in (("0", None), (" # typed", (1, " # other")), (" and on", (0, "?"))):
            async with NativeClient(server.address, notebook) as client:
                armed.touch()
                client.append(0, typed)
                await client.acked()
                assert server.process is not None
                await server.process.wait()
            expected[0] += typed
            assert json.loads(file.read_text())["cells"][0]["source"] == [expected[0]]
            if elsewhere is not None:
                cell, more = elsewhere
                change(file, cell, more)
                expected[cell] += more

            await server.start()
            async with NativeClient(server.address, notebook) as client:
                assert [client.source(place) for place in range(2)] == expected
                known = await server.address.get(f"notebooks/{notebook}")
                assert known["exported_seq"] > 0
                assert client.notice.get("conditions", []) == []
                await server.address.post(f"notebooks/{notebook}/export", {})
        assert await server.terminate() == 0
    cells = json.loads(file.read_text())["cells"]
    assert ["".join(cell["source"]) for cell in cells] == expected
