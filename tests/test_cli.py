"""The command, on a store that a real server has written."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from anode_jlab import __version__
from anode_jlab.cli import main
from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a server that ended, and the id of the notebook that it left."""
    place = tmp_path_factory.mktemp("written")

    async def write() -> str:
        server = ServerProcess(place / "server")
        server.write_notebook("folder/day.ipynb", "x = 1")
        async with server:
            notebook = await server.open("folder/day.ipynb")
            async with NativeClient(server.address, notebook) as client:
                client.append(0, "0")
                await client.acked()
            assert await server.terminate() == 0
        return notebook

    return place / "server", asyncio.run(write())


@pytest.fixture
def copy(written: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of the store, to be damaged."""
    return Path(shutil.copytree(written[0] / "store", tmp_path / "store"))


def command(store: Path, *arguments: str) -> int:
    return main(["--store-dir", str(store), *arguments])


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert capsys.readouterr().out == f"{__version__}\n"


def test_it_is_also_a_module() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "anode_jlab", "version"], capture_output=True, text=True, check=True
    )
    assert found.stdout == f"{__version__}\n"


def test_a_command_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["folder/day.ipynb", "day.ipynb", "id", "file", "whole"])
def test_events_by_any_name(
    written: tuple[Path, str], copy: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    place, notebook = written
    names = {
        "id": notebook,
        "file": str(place / "root" / "folder" / "day.ipynb"),
        "whole": (place / "root" / "folder" / "day.ipynb").resolve().as_posix().strip("/"),
    }
    assert command(copy, "events", names.get(name, name)) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["name"] == "v1.LineageStarted"
    assert events[0]["data"]["path"] == "folder/day.ipynb"
    assert command(copy, "events", notebook, "--after", str(len(events) - 1)) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize("name", ["other.ipynb", "0" * 32, "ay.ipynb"])
def test_nothing_by_that_name(copy: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert command(copy, "events", name) == 1
    assert name in capsys.readouterr().err


def test_an_empty_store_has_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(tmp_path, "events", "day.ipynb") == 1
    assert "day.ipynb" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_rebuild_makes_the_tables_anew(
    written: tuple[Path, str], copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = written[1]
    file = copy / notebook[:2] / notebook / "log.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("DELETE FROM state_cells")
        database.execute("DELETE FROM state_actors")
    assert command(copy, "rebuild", "day.ipynb") == 0
    assert notebook in capsys.readouterr().out
    with closing(sqlite3.connect(file)) as database:
        for table in ("state_cells", "state_actors"):
            (rows,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert rows > 0, table


def test_doctor_finds_all_well(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(copy, "doctor") == 0
    told = capsys.readouterr().out
    for word in (__version__, str(copy), "pycrdt", "durable write", "none found"):
        assert word in told


def test_doctor_finds_damage(
    written: tuple[Path, str], copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = written[1]
    file = copy / notebook[:2] / notebook / "log.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE records SET data = '{}' WHERE seq = 1")
    assert command(copy, "doctor") == 1
    assert "damaged" in capsys.readouterr().out


def test_doctor_cannot_use_a_file_as_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert command(tmp_path / "file", "doctor") == 1
    assert "store_dir" in capsys.readouterr().err
