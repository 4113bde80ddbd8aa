"""jupyter-mcp-server edits and runs a notebook that somebody has open: live, and each cell once."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.clients.environment import REPOSITORY
from tests.execution.notebook import Notebook
from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]


async def test_an_agent_edits_and_runs_an_open_notebook(server: ServerProcess, python: str) -> None:
    notebook = await server.open("day.ipynb")
    async with NativeClient(server.address, notebook) as person:
        # The agent takes the kernel that the notebook has.
        await Notebook(server.address, notebook).runtime("start")
        process = await asyncio.create_subprocess_exec(
            python, REPOSITORY / "tests" / "clients" / "mcp_session.py",
            server.address.url.rstrip("/"), server.token, "day.ipynb",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        person.patience = 120.0
        await person.until(lambda: "# By an agent" in person.sources)
        out, _ = await process.communicate()
        assert process.returncode == 0, out.decode()
        await person.until(lambda: person.sources == ["x = 2", "# By an agent", "print(x + 40)"])
        assert len(set(person.cell_ids)) == 3
        assert "42" in out.decode(), "it was told what its cell printed"
        document = await Notebook(server.address, notebook).document()
        await server.address.post(f"notebooks/{notebook}/export", {})
    file = json.loads((server.root / "day.ipynb").read_text())
    sources = ["".join(cell["source"]) for cell in file["cells"]]
    assert sources == ["x = 2", "# By an agent", "print(x + 40)"]
    for cells in (document["cells"], file["cells"]):
        (output,) = cells[2]["outputs"]
        assert "".join(output["text"]) == "42\n"
    assert "x = 1" in out.decode(), "it read what was there"
