"""jupyter-server-documents installed and enabled beside us: its rooms, kernels and sessions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.beside import server_beside, without_ours
from tests.clients.lab_page import page_config
from tests.execution.notebook import Notebook
from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

ENABLED = """
c.ServerApp.jpserver_extensions = {
    "anode_jlab": True, "jupyter_server_documents": True, "jupyter_server_fileid": True,
    "jupyterlab": True,
}
"""

PLUGINS = "@jupyter-ai-contrib/server-documents:"


def beside(place: Path, python: str, **environment: str) -> ServerProcess:
    return server_beside(place, python, ENABLED, "x = 1", "print(6 * 7)", **environment)


async def session(server: ServerProcess) -> Any:
    """What JupyterLab does when it opens a notebook with a kernel."""
    body = {
        "path": "day.ipynb", "name": "day.ipynb", "type": "notebook", "kernel": {"name": "python3"},
    }  # fmt: skip
    answer = await server.address.fetch("POST", "api/sessions", body)
    assert answer.code == 201, answer.body
    return json.loads(answer.body)


async def test_ours_serves_and_theirs_is_off(tmp_path: Path, python_beside_documents: str) -> None:
    server = beside(tmp_path, python_beside_documents)
    async with server:
        notebook = await server.open("day.ipynb")
        page = await page_config(server)
        assert page["anode"] == {"ready": True, "reason": ""}
        off = [name for name in page["disabledExtensions"] if name.startswith(PLUGINS)]
        assert sorted(off) == sorted(
            PLUGINS + name
            for name in (
                "disable-save-plugin", "document-provider-factory", "outputs-service", "plugin",
                "server-cell-executor",
            )
        )  # fmt: skip
        async with NativeClient(server.address, notebook) as client:
            kernel = (await session(server))["kernel"]["id"]
            runs = Notebook(server.address, notebook)
            assert [run["status"] for run in await runs.run("cell-1")] == ["completed"]
            assert (await runs.outputs("cell-1"))[0]["text"] == "42\n"
            runtime = await server.address.get(f"notebooks/{notebook}/runtime")
            assert runtime["kernel_id"] == kernel, "the session's kernel"
            client.append(0, "0")
            await client.acked()
            await server.address.post(f"notebooks/{notebook}/export", {})
        assert await server.terminate() == 0
    said = [line for line in server.log if "switched jupyter_server_documents off" in line]
    assert len(said) == 1
    assert not [line for line in server.log if "Traceback" in line]
    cells = json.loads((server.root / "day.ipynb").read_text())["cells"]
    assert cells[0]["source"] == ["x = 10"]


@pytest.mark.parametrize("is_unwell", [False, True])
async def test_theirs_serves_when_ours_is_off_or_unwell(
    tmp_path: Path, python_beside_documents: str, is_unwell: bool
) -> None:
    environment = without_ours(tmp_path, is_unwell=is_unwell)
    server = beside(tmp_path, python_beside_documents, **environment)
    async with server:
        page = await page_config(server)
        assert page["anode"]["ready"] is False
        assert PLUGINS + "plugin" not in page.get("disabledExtensions", [])
        assert page["serverSideExecution"] == "true", "theirs was loaded"
        await session(server)
        answer = await server.address.fetch("POST", "api/fileid/index?path=day.ipynb", {})
        assert answer.code == 200, "their route"
        assert (await server.address.fetch("GET", "anode/api/health")).code == 404
    assert not [line for line in server.log if "switched jupyter_server_documents off" in line]
