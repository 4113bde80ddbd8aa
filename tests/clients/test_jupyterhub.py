"""Two people on one server that JupyterHub started, and its culler."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.clients import environment
from tests.clients.hub import Hub
from tests.execution.notebook import Notebook
from tests.integration.server_process import notebook
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

TELLS = 3
"""How often JupyterHub hears that something goes on, while nothing but a silent cell does."""

MORE = timedelta(seconds=1)

WAITS = """
import time
from pathlib import Path
while not Path("go").exists():
    time.sleep(0.1)
"""
"""A cell that says nothing for as long as the test wants."""


@pytest.fixture
async def hub(anyio_backend: str, tmp_path: Path) -> AsyncIterator[Hub]:
    python = str(environment.python_of_hub())
    people = ("ada", "grace")
    async with Hub(tmp_path, python, people=people, owner="ada") as running:
        (running.home / "day.ipynb").write_text(json.dumps(notebook("x = 1", WAITS)))
        await running.start_server()
        yield running


async def test_two_people_and_a_run_that_the_culler_waits_for(hub: Hub) -> None:
    ada, grace = await hub.address_for("ada"), await hub.address_for("grace")
    day = await Notebook.opened(grace, "day.ipynb")
    async with NativeClient(ada, day.id) as hers, NativeClient(grace, day.id) as theirs:
        hers.append(0, "  # ada")
        await theirs.until(lambda: theirs.source(0).endswith("# ada"))
        theirs.append(0, "  # grace")
        await hers.until(lambda: hers.source(0) == "x = 1  # ada  # grace")
        await theirs.acked()
        names = {peer["user"]["name"] for peer in (await ada.get(f"notebooks/{day.id}"))["peers"]}
    assert names == {"ada", "grace"}

    # Nobody is there any more, and the cell prints nothing.
    (run,) = await day.start("cell-1")
    assert (await day.until(run, "executing"))["requested_by"]["name"] == "grace"
    moment = await hub.last_activity()
    for _ in range(TELLS):
        moment = await hub.told_of_activity_after(moment + MORE)
    (hub.home / "go").touch()
    await hub.cull(idle_seconds=3)
