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
                client.append(0, "typed and deleted")
                await client.acked()
                client.delete(0, 6, len("typed and deleted"))
                await client.acked()
            assert await server.terminate() == 0
        return notebook

    return place / "server", asyncio.run(write())


@pytest.fixture
def copy(written: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of the store, to be damaged."""
    return Path(shutil.copytree(written[0] / "store", tmp_path / "store"))


def log_file(store: Path, notebook: str) -> Path:
    return store / notebook[:2] / notebook / "log.db"


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


def test_verify_finds_all_well(
    written: tuple[Path, str], copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(copy, "verify") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("ok ")
    assert written[1] in line
    assert "folder/day.ipynb" in line
    assert command(copy, "verify", "day.ipynb") == 0
    assert capsys.readouterr().out.strip() == line


def test_verify_finds_damage_and_changes_nothing(
    written: tuple[Path, str], copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = log_file(copy, written[1])
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE records SET time = time + 1 WHERE seq = 2")
    before = {path: path.read_bytes() for path in file.parent.iterdir()}
    assert command(copy, "verify") == 1
    told = capsys.readouterr().out
    assert told.startswith("damaged ")
    assert "Event 2" in told
    after = {path: path.read_bytes() for path in file.parent.iterdir() if path in before}
    assert after == before


def test_purged_bytes_are_nowhere_in_the_store(
    written: tuple[Path, str], copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = log_file(copy, written[1]).parent
    typed = json.dumps("typed and deleted")[1:-1].encode()
    assert any(typed in file.read_bytes() for file in folder.iterdir())
    assert command(copy, "purge", "day.ipynb", "--all") == 0
    assert "were purged" in capsys.readouterr().out
    assert not any(typed in file.read_bytes() for file in folder.iterdir())
    assert command(copy, "verify") == 0
    capsys.readouterr()
    assert command(copy, "events", "day.ipynb") == 0
    *_, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert last["name"] == "v1.HistoryPurged"
    assert last["data"] == {"from": 1, "to": last["seq"] - 1}
    assert last["actor"]["kind"] == "api"


@pytest.mark.parametrize(
    "stretch", [("--to", "100000"), ("--from", "0", "--all"), ("--from", "3", "--to", "2")]
)
def test_there_is_no_such_stretch_to_purge(
    copy: Path, capsys: pytest.CaptureFixture[str], stretch: tuple[str, ...]
) -> None:
    assert command(copy, "purge", "day.ipynb", *stretch) == 1
    assert capsys.readouterr().err
    assert command(copy, "events", "day.ipynb") == 0
    assert "HistoryPurged" not in capsys.readouterr().out


def test_purge_names_damaged_logs_that_still_hold_it(
    written: tuple[Path, str], copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = log_file(copy, written[1]).parent / "damaged-20260101-000000"
    kept.mkdir()
    assert command(copy, "purge", "day.ipynb", "--to", "3") == 0
    assert str(kept) in capsys.readouterr().out


def test_an_open_notebook_is_not_purged_from_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def ask() -> int:
        server = ServerProcess(tmp_path)
        server.write_notebook("day.ipynb", "x = 1")
        async with server:
            await server.open("day.ipynb")
            return await asyncio.to_thread(command, server.store, "purge", "day.ipynb", "--all")

    assert asyncio.run(ask()) == 1
    assert "is open in" in capsys.readouterr().err


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


@pytest.mark.parametrize("name", ["now", "seq"])
def test_export(
    written: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    place, notebook = written
    arguments = ["--seq", "2"] if name == "seq" else []
    assert command(place / "store", "export", *arguments, notebook) == 0
    told = json.loads(capsys.readouterr().out)
    assert "".join(told["cells"][0]["source"]) == ("x = 1" if name == "seq" else "x = 10")
    file = tmp_path / "out.ipynb"
    for expected in (0, 1):
        assert command(place / "store", "export", "-o", str(file), notebook) == expected
    assert "is there already" in capsys.readouterr().err
    assert "".join(json.loads(file.read_text())["cells"][0]["source"]) == "x = 10"


def test_config_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    settings = tmp_path / "jupyter_server_config.py"
    settings.write_text('c.AnodeConfig.durability = "relaxed"\n')
    monkeypatch.setenv("ANODE_HISTORY", "off")
    assert main(["config", "check"]) == 0
    told = capsys.readouterr().out
    assert "relaxed" in next(line for line in told.splitlines() if line.startswith("durability"))
    assert "from ANODE_HISTORY" in told
    settings.write_text('c.AnodeConfig.durabilty = "relaxed"\n')
    monkeypatch.setenv("ANODE_HISTORIES", "off")
    assert main(["config", "check"]) == 1
    told = capsys.readouterr().out
    assert "no setting durabilty (is durability meant?)" in told
    assert "ANODE_HISTORIES is no setting" in told
    settings.write_text('c.AnodeConfig.durability = "somehow"\n')
    assert main(["config", "check"]) == 1
    assert "durability" in capsys.readouterr().out
