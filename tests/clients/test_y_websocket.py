"""y-websocket, old and new, from node: both ways, beside a client of our own."""

from __future__ import annotations

import asyncio
import shutil

import pytest
from pycrdt import Text

from tests.clients.environment import REPOSITORY
from tests.collaboration_client import CollaborationClient
from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

SCRIPT = REPOSITORY / "tests" / "clients" / "y_websocket.mjs"
FILE_SCRIPT = SCRIPT.with_name("yfile.mjs")


@pytest.mark.parametrize("package", ["y-websocket-1", "y-websocket"])
async def test_both_ways(server: ServerProcess, package: str) -> None:
    node = shutil.which("node")
    assert node is not None
    session = await CollaborationClient(server.address, "day.ipynb").open_session()
    name = f"json:notebook:{session['fileId']}"
    url = server.address.socket_url("api/collaboration/room")
    async with NativeClient(server.address, session["fileId"]) as ours:
        process = await asyncio.create_subprocess_exec(
            node, SCRIPT, package, url, name, session["sessionId"], server.token, "0", "# seen",
            cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await ours.until(lambda: ours.source(0) == "x = 10")
        await ours.until(lambda: any(s.get("cursor") == 7 for s in ours.awareness.values()))
        ours.append(0, "  # seen")
        out, _ = await process.communicate()
    assert process.returncode == 0
    assert out.decode().split("\n")[0] == "synced x = 1"
    assert "done x = 10  # seen" in out.decode()


@pytest.mark.parametrize("package", ["y-websocket-1", "y-websocket"])
async def test_a_text_file_as_jupyterlab_models_it(server: ServerProcess, package: str) -> None:
    node = shutil.which("node")
    assert node is not None
    server.write_text("notes.md", "one\r\n")
    client = CollaborationClient(server.address, "notes.md", kind="text:file")
    session = await client.open_session()
    name = f"text:file:{session['fileId']}"
    url = server.address.socket_url("api/collaboration/room")
    async with NativeClient(server.address, session["fileId"]) as ours:
        source = ours.doc.get("source", type=Text)
        process = await asyncio.create_subprocess_exec(
            node, FILE_SCRIPT, package, url, name, session["sessionId"], server.token,
            "two 🐧\n", "three", cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await ours.until(lambda: str(source) == "one\ntwo 🐧\n")
        source.insert(0, "three\n")
        out, _ = await process.communicate()
    assert process.returncode == 0
    assert out.decode().splitlines() == [
        'synced "one\\n"',
        'done "three\\none\\ntwo 🐧\\n" notes.md',
    ]
