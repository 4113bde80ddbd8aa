"""File systems without shared memory or without locks, as homes on networks are."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.server_process import PYTHON_PATH, ServerProcess
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        sys.platform != "linux" or shutil.which("cc") is None, reason="needs Linux and a C compiler"
    ),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Stands between a process and the system's file system."""
    made = tmp_path_factory.mktemp("library") / "odd_file_system.so"
    source = Path(__file__).with_name("odd_file_system.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", made, source, "-ldl"], check=True)
    return str(made)


def environment(library: str, kind: str) -> dict[str, str]:
    return {"LD_PRELOAD": library, "ODD_FILE_SYSTEM": kind}


def doctor(library: str, kind: str, store: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "anode_jlab", "--store-dir", str(store), "doctor"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment(library, kind) | {"PYTHONPATH": PYTHON_PATH},
    )


async def test_without_shared_memory_nothing_is_lost(library: str, tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, environment=environment(library, "memory"))
    server.write_notebook("day.ipynb", "x = 1")
    async with server:
        health = await server.address.get("health")
        assert health["status"] == "degraded"
        assert "no shared memory" in health["problems"][0]
        notebook = await server.open("day.ipynb")
        async with NativeClient(server.address, notebook, autosave=False) as client:
            for _ in range(20):
                client.append(0, "0")
            await client.acked()
            folder = server.store / notebook[:2] / notebook
            assert not (folder / "log.db-wal").exists()
            await client.drop()
            await server.kill()
        await server.start()
        async with NativeClient(server.address, notebook) as other:
            assert other.source(0) == "x = 1" + "0" * 20


async def test_a_store_that_moved_there_is_changed_over_and_back(
    library: str, tmp_path: Path
) -> None:
    """Written with a write-ahead log, killed, and gone on with where there can be none."""
    good = ServerProcess(tmp_path / "good")
    good.write_notebook("day.ipynb", "x = 1")
    async with good:
        notebook = await good.open("day.ipynb")
        async with NativeClient(good.address, notebook, autosave=False) as client:
            client.append(0, "0")
            await client.acked()
            await client.drop()
            await good.kill()
    path = good.store / notebook[:2] / notebook / "log.db"
    assert journal_of(path) == "wal"
    for kind, expected in (("memory", "delete"), ("none", "wal")):
        good._environment = environment(library, kind)
        async with good:
            assert await good.open("day.ipynb") == notebook
            async with NativeClient(good.address, notebook, autosave=False) as client:
                assert client.source(0).startswith("x = 10")
                client.append(0, "0")
                await client.acked()
            assert await good.terminate() == 0
        assert journal_of(path) == expected


def journal_of(path: Path) -> str:
    """What the file itself says (https://www.sqlite.org/fileformat.html, offset 18)."""
    return "wal" if path.read_bytes()[18] == 2 else "delete"


@pytest.mark.parametrize("kind", ["locks", "hollow-locks"])
async def test_without_locks_plain_jupyter_stays(library: str, tmp_path: Path, kind: str) -> None:
    """Two servers could write one log at once: ours leaves notebooks alone and says why."""
    found = doctor(library, kind, tmp_path / "other")
    assert found.returncode == 1
    assert "ock" in found.stderr
    assert "store_dir" in found.stderr
    server = ServerProcess(tmp_path / "server", environment=environment(library, kind))
    server.write_notebook("day.ipynb", "x = 1")
    async with server:
        assert (await server.address.fetch("GET", "anode/api/health")).code == 404
        assert (await server.address.fetch("GET", "api/contents/day.ipynb")).code == 200
        assert any("did not take over" in line for line in server.log)


async def test_a_network_file_system_gets_no_write_ahead_log_by_itself(tmp_path: Path) -> None:
    """Chosen by hand here; ``auto`` chooses it by the file system's name (test_probe)."""
    server = ServerProcess(tmp_path, environment={"ANODE_JOURNAL": "rollback"})
    server.write_notebook("day.ipynb", "x = 1")
    async with server:
        notebook = await server.open("day.ipynb")
        path = server.store / notebook[:2] / notebook / "log.db"
        assert journal_of(path) == journal_of(server.store / "catalogue.db") == "delete"
        assert await server.terminate() == 0
        with closing(sqlite3.connect(path)) as database:
            assert database.execute("PRAGMA journal_mode").fetchone() == ("delete",)
