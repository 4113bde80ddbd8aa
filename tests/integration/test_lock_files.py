"""Show: two people's servers share a folder and nothing else, and one notebook has one writer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
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

LOCK = ".~anode-day.ipynb.lock"


@pytest.fixture
async def ann(anyio_backend: str, tmp_path: Path) -> AsyncIterator[ServerProcess]:
    server = ServerProcess(tmp_path / "ann", environment={"JUPYTERHUB_USER": "ann"})
    server.write_notebook("day.ipynb", "x = 1", "y = 2")
    async with server:
        yield server


def beside(server: ServerProcess, name: str, **environment: str) -> ServerProcess:
    """Another person's server, with its own store, in the same folder."""
    other = ServerProcess(server.place.parent / name, environment={
        "JUPYTERHUB_USER": name, **environment,
    })  # fmt: skip
    other.root = server.root
    return other


def names(server: ServerProcess) -> set[str]:
    return {file.name for file in server.root.iterdir()} - {".ipynb_checkpoints"}


def source(server: ServerProcess, cell: int = 0) -> str:
    try:
        nb = json.loads((server.root / "day.ipynb").read_text())
    except ValueError:  # it is being written at this moment
        return ""
    return "".join(nb["cells"][cell]["source"])


def is_locked(server: ServerProcess) -> bool:
    """Whether there is a lock, and all of it."""
    lock = server.root / LOCK
    return lock.exists() and lock.read_bytes().endswith(b"}")


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.05)


async def opens(server: ServerProcess) -> Any:
    """Ask until the notebook may be had, as JupyterLab does."""
    async with asyncio.timeout(60):
        while True:
            answer = await server.address.fetch(
                "POST", "anode/api/notebooks", {"path": "day.ipynb"}
            )
            if answer.code == 200:
                return json.loads(answer.body)
            assert answer.code == 423, answer.body
            await asyncio.sleep(0.2)


async def test_the_second_is_told_who_has_it_until_it_is_let_go(ann: ServerProcess) -> None:
    notebook = await ann.open("day.ipynb")
    assert names(ann) == {"day.ipynb"}, "opening makes no lock"
    async with beside(ann, "ben") as ben:
        async with NativeClient(ann.address, notebook) as client:
            client.append(0, "0")
            await client.acked()
            await until(lambda: is_locked(ann))
            refused = await ben.address.post("notebooks", {"path": "day.ipynb"}, 423)
            assert refused["code"] == "held_by_another"
            assert "open in ann's server" in refused["message"]
            assert ann.process is not None
            assert f"process {ann.process.pid} on" in refused["message"]
            seizing = {"path": "day.ipynb", "take_over": True}
            assert (await ben.address.post("notebooks", seizing, 423)) == refused
            await until(lambda: source(ann) == "x = 10")
        assert await ann.terminate() == 0
        assert names(ben) == {"day.ipynb"}
        theirs = (await opens(ben))["id"]
        assert theirs != notebook, "another store has another notebook"
        async with NativeClient(ben.address, theirs) as client:
            assert client.source(0) == "x = 10"


async def test_a_killed_servers_lock_is_taken_over_silently(ann: ServerProcess) -> None:
    notebook = await ann.open("day.ipynb")
    async with beside(ann, "ben") as ben:
        async with NativeClient(ann.address, notebook) as client:
            client.append(0, "0")
            await client.acked()
            await until(lambda: is_locked(ann) and source(ann) == "x = 10")
            await ann.kill()
        theirs = await ben.open("day.ipynb")
        async with NativeClient(ben.address, theirs) as client:
            client.append(0, "0")
            await client.acked()
            await until(lambda: source(ben) == "x = 100")
            mark = json.loads((ben.root / LOCK).read_text())
            assert mark["person"]["name"] == "ben"
        assert await ben.terminate() == 0
        assert names(ben) == {"day.ipynb"}


async def test_who_had_it_open_and_types_second_is_put_off(ann: ServerProcess) -> None:
    """Both have it open, and nobody typed: there is no lock yet."""
    async with beside(ann, "ben") as ben:
        hers, his = await ann.open("day.ipynb"), await ben.open("day.ipynb")
        async with (
            NativeClient(ann.address, hers) as first,
            NativeClient(ben.address, his) as second,
        ):
            first.append(0, "0")
            await first.acked()
            await until(lambda: is_locked(ann))
            second.append(1, "9")
            await second.closed()
            refused = await ben.address.post("notebooks", {"path": "day.ipynb"}, 423)
            assert refused["code"] == "held_by_another"
            await until(lambda: source(ann) == "x = 10")
        assert await ann.terminate() == 0
        # What he had typed is in his log, and is merged with hers when he has the file.
        assert (await opens(ben))["id"] == his
        async with NativeClient(ben.address, his) as again:
            await again.until(lambda: again.sources == ["x = 10", "y = 29"])
            await until(lambda: (source(ben), source(ben, 1)) == ("x = 10", "y = 29"))


async def test_the_same_person_takes_over(ann: ServerProcess) -> None:
    notebook, seizing = await ann.open("day.ipynb"), {"path": "day.ipynb", "take_over": True}
    async with (
        beside(ann, "laptop", JUPYTERHUB_USER="ann") as laptop,
        NativeClient(ann.address, notebook) as client,
    ):
        client.append(0, "0")
        await client.acked()
        await until(lambda: is_locked(ann) and source(ann) == "x = 10")
        refused = await laptop.address.post("notebooks", {"path": "day.ipynb"}, 423)
        assert refused["code"] == "held_elsewhere"
        assert f"open in http://localhost:{ann.port}/ " in refused["message"]
        assert "take it over here" in refused["hint"]
        theirs = (await laptop.address.post("notebooks", seizing))["id"]
        async with NativeClient(laptop.address, theirs) as writer:
            assert writer.source(0) == "x = 10"
            writer.append(0, "0")
            await writer.acked()
            await until(lambda: source(ann) == "x = 100")
            client.append(0, "lost?")  # the first server finds out at its next look or write
            await client.closed()
            assert source(ann) == "x = 100"
            again = await ann.address.post("notebooks", {"path": "day.ipynb"}, 423)
            assert f"open in http://localhost:{laptop.port}/ " in again["message"]
            # And back, while the laptop still has it open.
            assert (await ann.address.post("notebooks", seizing))["id"] == notebook
            async with NativeClient(ann.address, notebook) as back:
                await back.until(lambda: back.source(0).startswith("x = 100"))
                back.append(0, "0")
                await back.acked()
                await until(lambda: source(ann) == back.source(0))
                await writer.closed()


async def test_one_store_is_taken_over_by_its_lease(tmp_path: Path) -> None:
    first = ServerProcess(tmp_path / "first")
    first.write_notebook("day.ipynb", "x = 1")
    second = ServerProcess(tmp_path / "second", environment={"ANODE_STORE_DIR": str(first.store)})
    second.root = first.root
    async with first, second:
        notebook = await first.open("day.ipynb")
        async with NativeClient(first.address, notebook) as client:
            client.append(0, "0")
            await client.acked()
            await second.address.post("notebooks", {"path": "day.ipynb"}, 423)
            seizing = {"path": "day.ipynb", "take_over": True}
            taken = await second.address.post("notebooks", seizing)
            assert taken["id"] == notebook
            async with NativeClient(second.address, notebook) as writer:
                assert writer.source(0) == "x = 10", "all that was acked"
                writer.append(0, "0")
                await writer.acked()
                client.append(0, "lost?")
                await client.closed()
                await until(lambda: source(second) == "x = 100")
                await first.address.post("notebooks", {"path": "day.ipynb"}, 423)
                await first.address.post("notebooks", seizing)
                async with NativeClient(first.address, notebook) as back:
                    assert back.source(0) == "x = 100"
                    back.append(0, "0")
                    await back.acked()
                    await writer.closed()
                    await until(lambda: source(first) == "x = 1000")


async def test_locks_can_be_switched_off(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, environment={"ANODE_LOCK_FILES": "false"})
    server.write_notebook("day.ipynb", "x = 1")
    async with server:
        notebook = await server.open("day.ipynb")
        async with NativeClient(server.address, notebook) as client:
            client.append(0, "0")
            await client.acked()
            await until(lambda: source(server) == "x = 10")
        assert names(server) == {"day.ipynb"}
