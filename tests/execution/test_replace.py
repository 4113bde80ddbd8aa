"""Another kernel in the place of a running one: the queue is held meanwhile and goes on."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp

from anode_jlab.runtimes import meeting
from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]

STAYS = """
import os, time
open("runs.txt", "a").write("0")
print(os.getpid(), flush=True)
time.sleep(600)
"""

COUNTED = "open('runs.txt', 'a').write('{}')\n'x' in globals()"


@pytest.fixture
def add_kernel(jp_serverapp: ServerApp) -> Callable[..., None]:
    """Puts up a kernelspec."""

    def add(name: str, *argv: str) -> None:
        specs: Any = jp_serverapp.kernel_spec_manager
        folder = Path(specs.user_kernel_dir) / name
        folder.mkdir(parents=True)
        spec = {"argv": [sys.executable, *argv], "display_name": name, "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(spec))

    return add


async def test_the_queue_goes_on_with_another_kernel(
    address: ServerAddress,
    write_notebook: Write,
    jp_root_dir: Path,
    add_kernel: Callable[..., None],
) -> None:
    add_kernel("other", "-m", "ipykernel_launcher", "-f", "{connection_file}")
    write_notebook("a.ipynb", "x = 1", STAYS, COUNTED.format(1), COUNTED.format(2))
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0")
    running, same_batch = await notebook.start("cell-1", "cell-2")
    (waiting,) = await notebook.start("cell-3")
    async with asyncio.timeout(60):
        while not (outputs := await notebook.outputs("cell-1")):
            await asyncio.sleep(0.02)
    before = await notebook.runtime()
    (session,) = json.loads((await address.fetch("GET", "api/sessions")).body)
    after = await notebook.runtime("replace", kernel_name="other")
    assert after["kernel_name"] == "other"
    assert after["kernel_id"] != before["kernel_id"]
    run = await notebook.ended(running)
    assert (run["status"], run["error"]["name"]) == ("failed", "kernel_restarted")
    for execution_id in (same_batch, waiting):
        assert (await notebook.ended(execution_id))["status"] == "completed"
    assert (jp_root_dir / "runs.txt").read_text() == "012"
    assert (await notebook.outputs("cell-3"))[0]["data"] == {"text/plain": "False"}
    with pytest.raises(ProcessLookupError):
        os.kill(int(outputs[0]["text"]), 0)
    # JupyterLab's session is the same, with the new kernel; nothing else is left.
    (moved,) = json.loads((await address.fetch("GET", "api/sessions")).body)
    assert (moved["id"], moved["kernel"]["id"]) == (session["id"], after["kernel_id"])
    assert len(json.loads((await address.fetch("GET", "api/kernels")).body)) == 1
    (ended,) = await notebook.events("RuntimeSessionTerminated")
    assert ended["data"]["reason"] == "displaced"
    (handed,) = await notebook.events("RuntimeHandedOff")
    assert handed["data"] == {
        "from_session": before["session_id"],
        "to_session": after["session_id"],
    }


@pytest.mark.parametrize(
    ("program", "told"),
    [("raise SystemExit(3)", "exit code 3"), ("import time; time.sleep(600)", "did not answer")],
)
async def test_a_kernel_that_never_becomes_ready_changes_nothing(
    address: ServerAddress,
    write_notebook: Write,
    add_kernel: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    told: str,
) -> None:
    add_kernel("broken", "-c", program)
    write_notebook("a.ipynb", "x = 7", "x")
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0")
    before = await notebook.runtime()
    monkeypatch.setattr(meeting, "READY_SECONDS", 1.0)
    refusal: Any = await notebook.runtime("replace", 502, kernel_name="broken")
    assert told in refusal["message"]
    assert "The present kernel stays." in refusal["message"]
    refusal = await notebook.runtime("replace", 422, kernel_name="unheard-of")
    after = await notebook.runtime()
    assert after["session_id"] == before["session_id"]
    assert after["status"] == "ready"
    assert [run["status"] for run in await notebook.run("cell-1")] == ["completed"]
    assert (await notebook.outputs("cell-1"))[0]["data"] == {"text/plain": "7"}
    assert len(json.loads((await address.fetch("GET", "api/kernels")).body)) == 1
