"""Taking over only when well: the extension in a server, well, unwell and switched off."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient

from anode_jlab import _jupyter_labextension_paths, _jupyter_server_extension_points
from anode_jlab.clock import SystemClock
from anode_jlab.config import AnodeConfig
from anode_jlab.errors import StoreUnavailable
from anode_jlab.extension import AnodeExtension
from anode_jlab.handlers.peers import SERVER_EXTENSIONS, SILENT_PLUGINS
from anode_jlab.trial import self_test
from tests.integration.server_process import PYTHON_PATH, ServerProcess

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

LAB = "c.ServerApp.jpserver_extensions = {'anode_jlab': True, 'jupyterlab': True}\n"

PAGE_CONFIG = re.compile(r'id="jupyter-config-data"[^>]*>(.*?)</script>', re.DOTALL)

PEER = '''
"""A server extension that a test pretends to be a peer."""


def _jupyter_server_extension_points():
    return [{"module": "jupyter_server_ydoc"}]


def _load_jupyter_server_extension(app):
    app.log.error("the peer was loaded")
'''


async def page_config(server: ServerProcess) -> dict[str, Any]:
    """What JupyterLab's page tells its front end."""
    response = await AsyncHTTPClient().fetch(
        f"{server.address.url}lab?token={server.token}", request_timeout=60
    )
    found = PAGE_CONFIG.search(response.body.decode())
    assert found is not None
    config: dict[str, Any] = json.loads(found[1])
    return config


def test_both_halves_are_named() -> None:
    assert _jupyter_labextension_paths() == [{"src": "labextension", "dest": "anode-jlab"}]
    (point,) = _jupyter_server_extension_points()
    assert point["app"] is AnodeExtension


def test_the_server_extension_loads_before_those_of_the_peers() -> None:
    assert min([AnodeExtension.name, *SERVER_EXTENSIONS]) == AnodeExtension.name


def test_the_self_test_tells_why(tmp_path: Path) -> None:
    self_test(AnodeConfig(store_dir=str(tmp_path / "store")), SystemClock())
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="file"):
        self_test(AnodeConfig(store_dir=str(tmp_path / "file")), SystemClock())


async def test_a_well_extension_takes_over_and_switches_peers_off(tmp_path: Path) -> None:
    peer = LAB + "c.ServerApp.jpserver_extensions['jupyter_server_ydoc'] = True\n"
    server = ServerProcess(
        tmp_path, config=peer, environment={"PYTHONPATH": _with_peer(tmp_path / "peer")}
    )
    async with server:
        page = await page_config(server)
        assert page["anode"] == {"ready": True, "reason": ""}
        assert set(SILENT_PLUGINS) <= set(page["disabledExtensions"])
        assert "@jupyterlab/notebook-extension:cell-executor" not in page["disabledExtensions"]
        assert (await server.address.get("health"))["status"] == "ok"
    log = "".join(server.log)
    assert "switched jupyter_server_ydoc off for this process" in log
    assert "the peer was loaded" not in log


async def test_an_unwell_extension_leaves_everything_as_it_is(tmp_path: Path) -> None:
    peer = LAB + "c.ServerApp.jpserver_extensions['jupyter_server_ydoc'] = True\n"
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    environment = {
        "PYTHONPATH": _with_peer(tmp_path / "peer"),
        "ANODE_STORE_DIR": str(in_the_way),
    }
    server = ServerProcess(tmp_path, config=peer, environment=environment)
    server.write_notebook("day.ipynb", "x = 1")
    async with server:
        page = await page_config(server)
        assert page["anode"]["ready"] is False
        assert str(in_the_way) in page["anode"]["reason"]
        assert not set(SILENT_PLUGINS) & set(page["disabledExtensions"])
        assert (await server.address.fetch("GET", "anode/api/health")).code == 404
        opened = await server.address.fetch("GET", "api/contents/day.ipynb")
        assert json.loads(opened.body)["content"]["cells"][0]["source"] == "x = 1"
    assert "the peer was loaded" in "".join(server.log)


async def test_an_administrator_may_switch_it_off(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, config=LAB + "c.AnodeConfig.enabled = False\n")
    async with server:
        page = await page_config(server)
        assert page["anode"]["disabled"] is True
        assert page["anode"]["ready"] is False
        assert (await server.address.fetch("GET", "anode/api/health")).code == 404
    assert not server.store.exists(), "nothing is written"


def _with_peer(folder: Path) -> str:
    folder.mkdir()
    (folder / "jupyter_server_ydoc.py").write_text(PEER)
    return f"{folder}:{PYTHON_PATH}"
