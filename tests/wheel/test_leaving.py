"""The wheel in an environment of its own beside jupyter-collaboration, and gone from it again.

`make wheel` runs this in the environment that it made to check the wheel.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.clients.environment import REPOSITORY
from tests.clients.lab_page import page_config
from tests.collaboration_client import CollaborationClient
from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

ENVIRONMENT: Final = REPOSITORY / "build" / "wheel-environment"

PEERS: Final = ("jupyter-collaboration>=5,<6", "jupyter-server-nbmodel>=0.2.9,<0.3")

UNSET: Final = "\nc.ServerApp.jpserver_extensions = {}\n"
"""What is switched on is told by the environment's own settings, as after `pip install`."""


def run(server: ServerProcess, *command: str) -> str:
    """What a command of the environment prints."""
    done = subprocess.run(
        [ENVIRONMENT / "bin" / command[0], *command[1:]],
        cwd=server.place,
        env=os.environ | server.folders() | {"PYTHONPATH": ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def traces(place: Path) -> list[str]:
    """Files that are named after us, and settings that name us."""
    found = []
    for file in place.rglob("*"):
        name = file.relative_to(place).as_posix()
        if "anode" in name or (
            file.suffix in {".json", ".txt", ".pth"}
            and file.is_file()
            and "share/jupyter/lab/" not in name
            and "anode" in file.read_text(errors="replace")
        ):
            found.append(name)
    return found


@pytest.fixture
def server(tmp_path: Path) -> ServerProcess:
    """A server of that environment, in which the wheel and theirs are installed."""
    (wheel,) = (REPOSITORY / "dist").glob("anode_jlab-*.whl")
    pip = [str(ENVIRONMENT / "bin" / "pip"), "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, str(wheel), *PEERS], cwd=tmp_path, check=True)
    server = ServerProcess(
        tmp_path / "server", config=UNSET, python=str(ENVIRONMENT / "bin" / "python"),
        arguments=["--ServerApp.jpserver_extensions={'jupyterlab': True}"],
        environment={"PYTHONPATH": ""},
    )  # fmt: skip
    (server.place / "data").mkdir()  # jupyter_server_fileid expects it
    return server


async def test_retire_and_uninstall_leave_nothing(server: ServerProcess) -> None:
    assert traces(ENVIRONMENT), "it is installed"
    file = server.write_notebook("day.ipynb", "x = 1")
    async with server:
        page = await page_config(server)
        assert page["anode"] == {"ready": True, "reason": ""}
        notebook = await server.open("day.ipynb")
        async with NativeClient(server.address, notebook, autosave=False) as client:
            client.append(0, "0")
            await client.acked()
        assert await server.terminate() == 0

    said = await asyncio.to_thread(run, server, "anode-jlab", "retire")
    assert "1 files written" in said
    assert str(server.store) in said, "where the history is"
    assert "jupyter-collaboration is installed and is in charge" in said
    assert json.loads(file.read_text())["cells"][0]["source"] == ["x = 10"]
    await asyncio.to_thread(run, server, "pip", "uninstall", "-y", "-q", "anode_jlab")
    assert traces(ENVIRONMENT) == []
    assert {found for found in traces(server.place) if not found.startswith("store")} == set()

    async with server:
        assert (await server.address.fetch("GET", "anode/api/health")).code == 404
        page = await page_config(server)
        assert "anode" not in json.dumps(page).replace(str(server.place), "")
        assert not [name for name in page["disabledExtensions"] if "collaboration" in name]
        async with CollaborationClient(server.address, "day.ipynb") as theirs:
            await theirs.until(lambda: theirs.sources == ["x = 10"])
            theirs.text(0).insert(6, "0")
            assert await theirs.save(1) == "success"
        answer = await server.address.fetch("POST", "api/kernels", {"name": "python3"})
        assert answer.code == 201, answer.body
        kernel = json.loads(answer.body)["id"]
        assert (await server.address.fetch("DELETE", f"api/kernels/{kernel}")).code == 204
        assert await server.terminate() == 0
    assert json.loads(file.read_text())["cells"][0]["source"] == ["x = 100"]
