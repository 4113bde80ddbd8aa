"""jupyter-collaboration 5 and jupyter-server-nbmodel installed and enabled beside us."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anode_jlab.handlers import peers
from tests.clients.beside import server_beside, without_ours
from tests.clients.lab_page import page_config
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
    "jupyter_server_nbmodel": True, "jupyterlab": True,
}
"""


def enabled_beside(place: Path, python: str, **environment: str) -> ServerProcess:
    return server_beside(place, python, ENABLED, "x = 1", **environment)


def their_stores(place: Path) -> list[Path]:
    return list(place.rglob(".jupyter_ystore.db"))


async def test_ours_serves_and_theirs_is_off(tmp_path: Path, python: str) -> None:
    server = enabled_beside(tmp_path, python)
    async with server:
        health = await server.address.get("health")
        assert not [problem for problem in health["problems"] if "collaboration" in problem]
        page = await page_config(server)
        assert page["anode"] == {"ready": True, "reason": ""}
        assert set(peers.SILENT_PLUGINS) <= set(page["disabledExtensions"])
        notebook = await server.open("day.ipynb")
        async with CollaborationClient(server.address, "day.ipynb") as client:
            assert client.session["fileId"] == notebook, "the session is ours"
            await client.until(lambda: client.sources == ["x = 1"])
            client.text(0).insert(5, "0")
            assert await client.save(1) == "success"
        assert await server.terminate() == 0
    said = [line for line in server.log if "switched jupyter_server_ydoc off" in line]
    assert len(said) == 1
    assert not [line for line in server.log if "Initializing room" in line], "their rooms"
    assert json.loads((server.root / "day.ipynb").read_text())["cells"][0]["source"] == ["x = 10"]
    assert not their_stores(tmp_path)


@pytest.mark.parametrize("is_unwell", [False, True])
async def test_ours_switched_off_or_unwell_leaves_it_to_theirs(
    tmp_path: Path, python: str, is_unwell: bool
) -> None:
    environment = without_ours(tmp_path, is_unwell=is_unwell)
    server = enabled_beside(tmp_path, python, **environment)
    async with server:
        page = await page_config(server)
        assert page["anode"]["ready"] is False
        assert not set(peers.SILENT_PLUGINS[:3]) & set(page["disabledExtensions"])
        await CollaborationClient(server.address, "day.ipynb").open_session(status=201)
        assert (await server.address.fetch("GET", "anode/api/health")).code == 404
    assert not server.store.exists(), "nothing of ours was written"
    assert not [line for line in server.log if "switched jupyter_server_ydoc off" in line]
