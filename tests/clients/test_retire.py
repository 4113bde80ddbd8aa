"""``anode-jlab retire`` beside jupyter-collaboration: from then on that one is in charge."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import venv
from pathlib import Path

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

UNSET = "\nc.ServerApp.jpserver_extensions = {}\n"
"""What is switched on is told by the environment's own settings, as after `pip install`."""


@pytest.fixture
def environment(tmp_path: Path, python: str) -> Path:
    """A Python environment with theirs and ours installed, whose settings a test may change."""
    place, theirs = tmp_path / "environment", Path(python).parents[1]
    venv.create(place, symlinks=True)
    for packages in place.glob("lib/python*/site-packages"):
        found = theirs / packages.relative_to(place)
        (packages / "both.pth").write_text(
            f"{found}\n{found.joinpath('development.pth').read_text()}"
        )
    settings = place / "etc" / "jupyter"
    shutil.copytree(theirs / "etc" / "jupyter", settings)
    (settings / "jupyter_server_config.d" / "jupyter_mcp_server.json").unlink(missing_ok=True)
    shutil.copy(
        REPOSITORY / "jupyter-config" / "server-config" / "anode_jlab.json",
        settings / "jupyter_server_config.d",
    )
    return place


def run(
    environment: Path, server: ServerProcess, *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [environment / "bin" / "python", "-m", "anode_jlab", *arguments],
        env=os.environ | server.folders(),
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


async def test_retire_and_come_back(environment: Path, tmp_path: Path) -> None:
    server = ServerProcess(
        tmp_path / "server", config=UNSET, python=str(environment / "bin" / "python"),
        arguments=["--ServerApp.jpserver_extensions={'jupyterlab': True}"],
    )  # fmt: skip
    (server.place / "data").mkdir()
    file = server.write_notebook("day.ipynb", "x = 1")
    async with server:
        notebook = await server.open("day.ipynb")
        async with NativeClient(server.address, notebook, autosave=False) as client:
            client.append(0, "0")
            await client.acked()
            refused = await asyncio.to_thread(run, environment, server, "retire")
            assert refused.returncode == 1, refused.stderr
            assert "NOT WRITTEN" in refused.stdout
            assert f"process {server.process.pid if server.process else 0} on" in refused.stdout
            assert "Nothing was switched off" in refused.stdout
    assert json.loads(file.read_text())["cells"][0]["source"] == ["x = 1"], "only in the log"
    done = await asyncio.to_thread(run, environment, server, "retire")
    assert done.returncode == 0, done.stderr
    assert "1 files written" in done.stdout
    assert "jupyter-collaboration is installed and is in charge" in done.stdout
    assert json.loads(file.read_text())["cells"][0]["source"] == ["x = 10"]
    assert {found.name for found in server.root.iterdir()} <= {"day.ipynb", ".ipynb_checkpoints"}

    async with server:
        assert (await server.address.fetch("GET", "anode/api/health")).code == 404
        page = await page_config(server)
        assert "anode" not in page
        assert "anode-jlab" in page["disabledExtensions"]
        theirs = await CollaborationClient(server.address, "day.ipynb").open_session(status=201)
        assert theirs["fileId"] != notebook

    back = await asyncio.to_thread(run, environment, server, "retire", "--undo")
    assert back.returncode == 0, back.stderr
    async with server:
        assert (await server.open("day.ipynb")) == notebook
        assert (await page_config(server))["anode"]["ready"] is True
