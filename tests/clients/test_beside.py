"""jupyter-collaboration 5 and jupyter-server-nbmodel installed and enabled beside us."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.collaboration_client import CollaborationClient
from tests.integration.server_process import ServerProcess

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

ENABLED = """
c.ServerApp.jpserver_extensions = {
    "anode_jlab": True, "jupyter_server_ydoc": True, "jupyter_server_fileid": True,
    "jupyter_server_nbmodel": True,
}
"""


def enabled_beside(place: Path, python: str, **environment: str) -> ServerProcess:
    (place / "data").mkdir()  # jupyter_server_fileid expects it
    server = ServerProcess(place, config=ENABLED, python=python, environment=environment)
    server.write_notebook("day.ipynb", "x = 1")
    return server


def their_stores(place: Path) -> list[Path]:
    return list(place.rglob(".jupyter_ystore.db"))


async def test_ours_serves_and_theirs_is_off(tmp_path: Path, python: str) -> None:
    server = enabled_beside(tmp_path, python)
    async with server:
        health = await server.address.get("health")
        assert not [problem for problem in health["problems"] if "collaboration" in problem]
        notebook = await server.open("day.ipynb")
        async with CollaborationClient(server.address, "day.ipynb") as client:
            assert client.session["fileId"] == notebook, "the session is ours"
            await client.until(lambda: client.sources == ["x = 1"])
            client.text(0).insert(5, "0")
            assert await client.save(1) == "success"
    said = [line for line in server.log if "switched jupyter_server_ydoc off" in line]
    assert len(said) == 1
    assert not [line for line in server.log if "Initializing room" in line], "their rooms"
    assert json.loads((server.root / "day.ipynb").read_text())["cells"][0]["source"] == ["x = 10"]
    assert not their_stores(tmp_path)


async def test_switched_off_ours_leaves_it_to_theirs(tmp_path: Path, python: str) -> None:
    server = enabled_beside(tmp_path, python, ANODE_ENABLED="false")
    async with server:
        await CollaborationClient(server.address, "day.ipynb").open_session(status=201)
        assert (await server.address.fetch("GET", "anode/api/health")).code == 404
    assert not server.store.exists(), "nothing of ours was written"
    assert not [line for line in server.log if "switched jupyter_server_ydoc off" in line]
