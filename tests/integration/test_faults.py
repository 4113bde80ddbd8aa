"""Show: a store or folder that cannot be written is told, nothing is lost, it heals by itself."""

from __future__ import annotations

import asyncio
import json
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]


@contextmanager
def full_disk(server: ServerProcess) -> Iterator[None]:
    """No file of the server may grow: what a full disk does to it, for files that grow."""
    assert server.process is not None
    pid = server.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


async def test_a_full_disk(server: ServerProcess) -> None:
    file = server.write_notebook("day.ipynb", "x = 1")
    notebook = await server.open("day.ipynb")
    async with (
        NativeClient(server.address, notebook) as writer,
        NativeClient(server.address, notebook) as other,
    ):
        with full_disk(server):
            writer.append(0, "0")
            await writer.until(lambda: conditions(writer) == {"store_unavailable"})
            assert writer.frames_acked < writer.frames_sent, "nothing is promised"
            assert other.source(0) == "x = 1", "nobody sees what is not durable"
            assert (await server.address.get("health"))["status"] == "degraded"
            writer.append(0, "0")
        await writer.acked()
        await writer.until(lambda: not conditions(writer))
        await other.until(lambda: other.source(0) == "x = 100")
        await server.address.post(f"notebooks/{notebook}/export", {})
    assert json.loads(file.read_text())["cells"][0]["source"] == ["x = 100"]


async def test_a_file_that_cannot_be_written_is_told_and_tried_again(
    server: ServerProcess,
) -> None:
    file = server.write_notebook("folder/day.ipynb", "x = 1")
    notebook = await server.open("folder/day.ipynb")
    async with NativeClient(server.address, notebook) as writer:
        place = away(file.parent)
        writer.append(0, "0")
        await writer.acked()
        refused = await server.address.fetch("POST", f"anode/api/notebooks/{notebook}/export", {})
        assert refused.code in (409, 507), refused.body
        assert set(json.loads(refused.body)) == {"code", "message", "hint"}
        await writer.until(lambda: bool(conditions(writer)))
        place.rename(file.parent)
        await server.address.post(f"notebooks/{notebook}/export", {"overwrite": True})
        await writer.until(lambda: not conditions(writer))
    assert json.loads(file.read_text())["cells"][0]["source"] == ["x = 10"]


async def test_two_servers_do_not_write_one_notebook(tmp_path: Path) -> None:
    """Same files, same store, other root: the second server is told who has it."""
    first = ServerProcess(tmp_path / "first")
    first.write_notebook("sub/day.ipynb", "x = 1")
    second = ServerProcess(tmp_path / "second", environment={"ANODE_STORE_DIR": str(first.store)})
    second.root = first.root / "sub"
    async with first:
        notebook = await first.open("sub/day.ipynb")
        async with second, NativeClient(first.address, notebook) as client:
            refused = await second.address.post("notebooks", {"path": "day.ipynb"}, 423)
            assert refused["code"] == "held_elsewhere"
            assert f"open in http://localhost:{first.port}/ " in refused["message"]
            assert first.process is not None
            assert f"process {first.process.pid} on {socket.gethostname()})" in refused["message"]
            assert "Close it there" in refused["hint"]
            client.append(0, "0")
            await client.acked()
            await client.close()
            assert await first.terminate() == 0
            opened = await second.address.post("notebooks", {"path": "day.ipynb"})
            assert opened["id"] == notebook
            async with NativeClient(second.address, notebook) as later:
                assert later.source(0) == "x = 10"


async def test_a_killed_servers_notebook_opens_at_once_elsewhere(tmp_path: Path) -> None:
    first = ServerProcess(tmp_path / "first")
    first.write_notebook("day.ipynb", "x = 1")
    second = ServerProcess(tmp_path / "second", environment={"ANODE_STORE_DIR": str(first.store)})
    second.root = first.root
    async with first, second:
        notebook = await first.open("day.ipynb")
        async with NativeClient(first.address, notebook) as client:
            client.append(0, "0")
            await client.acked()
            await first.kill()
        async with asyncio.timeout(60):
            assert await second.open("day.ipynb") == notebook
        async with NativeClient(second.address, notebook) as later:
            assert later.source(0) == "x = 10"


def conditions(client: NativeClient) -> set[str]:
    return {condition["code"] for condition in client.conditions}


def away(folder: Path) -> Path:
    return folder.rename(folder.with_name("away"))
