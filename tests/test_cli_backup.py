"""Copies of the logs while a server writes to them, and what becomes of those who know more."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from anode_jlab.cli import main
from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient, SocketClosedError

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]


async def command(server: ServerProcess, *arguments: object) -> int:
    """Run it beside the server, on its store."""
    words = ["--store-dir", str(server.store), *map(str, arguments)]
    return await asyncio.to_thread(main, words)


async def typed(server: ServerProcess, notebook: str, text: str) -> NativeClient:
    """A client that typed this and left, once the file has it too."""
    client = NativeClient(server.address, notebook)
    await client.connect()
    client.append(0, text)
    await client.acked()
    await server.address.post(f"notebooks/{notebook}/export", {})
    await client.drop()
    return client


@pytest.fixture
async def server(anyio_backend: str, tmp_path: Path) -> ServerProcess:
    process = ServerProcess(tmp_path / "server")
    process.write_notebook("day.ipynb", "x = 1")
    return process


async def test_a_lost_store_comes_back_and_clients_ahead_are_told(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with server:
        notebook = await server.open("day.ipynb")
        await typed(server, notebook, "0")
        assert await command(server, "backup", tmp_path / "backup") == 0, "while it is open"
        ahead = await typed(server, notebook, "0")
        await server.kill()
        shutil.rmtree(server.store)
        assert await command(server, "restore", tmp_path / "backup") == 0
        assert await command(server, "verify") == 0
        await server.start()
        assert await server.open("day.ipynb") == notebook, "the same notebook"
        with pytest.raises(SocketClosedError) as refusal:
            await ahead.connect()
        assert refusal.value.code == 4409, "its history is another one now"
        async with NativeClient(server.address, notebook) as client:
            assert client.source(0) == "x = 100", "what the file holds comes on top, once"
        events = await server.address.get(f"notebooks/{notebook}/events?limit=1000")
        names = [event["name"] for event in events]
        assert names.count("v1.LineageStarted") == 2
        (merged,) = (e for e in events if e["name"] == "v1.ExternalChangeMerged")
        assert merged["data"]["cells_changed"] == 1
        early = await server.address.get(f"notebooks/{notebook}/document?seq=3")
        assert early["cells"][0]["source"] == "x = 1", "the past is back"
    assert "restored: " in capsys.readouterr().out


async def test_the_log_that_was_there_is_kept(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with server:
        notebook = await server.open("day.ipynb")
        assert await command(server, "backup", tmp_path / "backup", "day.ipynb") == 0
        await typed(server, notebook, "0")
        assert await command(server, "restore", tmp_path / "backup", "day.ipynb") == 1
        assert "is open in" in capsys.readouterr().err, "a living server has it"
        assert await server.terminate() == 0
        before = await events(server, notebook)
        assert await command(server, "restore", tmp_path / "backup", "day.ipynb") == 0
        folder = server.store / notebook[:2] / notebook
        (kept,) = folder.glob("replaced-*")
        with closing(sqlite3.connect(kept / "log.db")) as database:
            assert database.execute("SELECT max(seq) FROM records").fetchone() == (before,)
        assert not (folder / "restoring").exists()
        assert await events(server, notebook) < before
        assert await command(server, "verify") == 0


async def events(server: ServerProcess, notebook: str) -> int:
    """How many events a closed log has."""
    path = server.store / notebook[:2] / notebook / "log.db"
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("SELECT max(seq) FROM records").fetchone()[0])


async def test_a_damaged_log_is_not_copied_and_others_are(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.write_notebook("bad.ipynb", "y")
    async with server:
        good, bad = await server.open("day.ipynb"), await server.open("bad.ipynb")
        assert await server.terminate() == 0
    path = server.store / bad[:2] / bad / "log.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE records SET time = time + 1 WHERE seq = 2")
    assert await command(server, "backup", tmp_path / "backup") == 1
    assert "bad.ipynb" in capsys.readouterr().err
    manifest = json.loads((tmp_path / "backup" / "backup.json").read_text())
    assert [entry["id"] for entry in manifest["notebooks"]] == [good]
    assert sorted(file.name for file in (tmp_path / "backup").iterdir()) == sorted(
        ["backup.json", f"{good}.db"]
    )
    assert await command(server, "backup", tmp_path / "backup") == 1
    assert "is there already" in capsys.readouterr().err
    assert await command(server, "restore", tmp_path / "backup", "bad.ipynb") == 1
    assert "bad.ipynb" in capsys.readouterr().err


@pytest.mark.parametrize(
    "manifest",
    [
        "not json",
        '{"time": 1, "notebooks": [{"id": "../../../etc", "path": "", "seq": 1}]}',
        '{"time": 1, "notebooks": [], "format": 2}',
    ],
)
async def test_what_is_no_backup_is_refused(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str], manifest: str
) -> None:
    (tmp_path / "backup").mkdir()
    assert await command(server, "restore", tmp_path / "backup") == 1
    (tmp_path / "backup" / "backup.json").write_text(manifest)
    assert await command(server, "restore", tmp_path / "backup") == 1
    assert capsys.readouterr().err
    assert not server.store.exists()


async def test_a_damaged_copy_is_not_restored(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with server:
        notebook = await server.open("day.ipynb")
        assert await command(server, "backup", tmp_path / "backup") == 0
        assert await server.terminate() == 0
    with closing(sqlite3.connect(tmp_path / "backup" / f"{notebook}.db")) as database, database:
        database.execute("UPDATE records SET time = time + 1 WHERE seq = 2")
    before = await events(server, notebook)
    assert await command(server, "restore", tmp_path / "backup") == 1
    assert "Event 2" in capsys.readouterr().err
    assert await events(server, notebook) == before
    assert await command(server, "verify") == 0
