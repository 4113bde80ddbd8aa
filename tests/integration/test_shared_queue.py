"""Shows: two people and one queue; runs that nobody watches; no room on the disk for outputs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.execution.notebook import PATIENCE_SECONDS, Notebook
from tests.integration import policy
from tests.integration.server_process import ServerProcess
from tests.integration.test_faults import full_disk

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

WAITS = """
import os, time
open("on", "w").close()
while not os.path.exists("go"):
    time.sleep(0.02)
"""

LINES = 300


@pytest.fixture
async def server(anyio_backend: str, tmp_path: Path) -> AsyncIterator[ServerProcess]:
    config = policy.CONFIG + "c.AnodeConfig.room_idle_seconds = 0.5\n"
    process = ServerProcess(tmp_path, config=config)
    process.token = policy.ALICE
    async with process:
        yield process


async def until(path: Path) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await asyncio.to_thread(path.exists):
            await asyncio.sleep(0.02)


async def test_two_people(server: ServerProcess) -> None:
    server.write_notebook("a.ipynb", WAITS, "1 / 0", "'b'", "'a'", "input('who? ')")
    notebook_id = await server.open("a.ipynb")
    alice, bob, ed = (
        Notebook(server.address_of(token), notebook_id)
        for token in (policy.ALICE, policy.BOB, policy.ED)
    )
    (first,) = await alice.start("cell-0")
    await until(server.root / "on")
    asked = await asyncio.gather(alice.start("cell-1", "cell-3"), bob.start("cell-2", "cell-3"))
    (fails, stopped), (goes_on, cancelled) = asked
    assert await alice.cancel(cancelled) == 200
    assert (await bob.execution(cancelled))["reason"] == "requested"
    # Who may only read and write is refused, and disturbs nobody.
    assert (await ed.ask("cell-3", status=403))["code"] == "not_allowed"
    assert await ed.cancel() == 403
    assert (await ed.runtime("restart", 403))["code"] == "not_allowed"
    (server.root / "go").touch()
    assert (await bob.ended(first))["status"] == "completed"
    assert (await bob.ended(fails))["error"]["name"] == "ZeroDivisionError"
    assert (await bob.ended(stopped))["reason"] == "batch_stopped"
    ended = await alice.ended(goes_on)
    assert (ended["status"], ended["requested_by"]["id"]) == ("completed", "bob")
    events = await alice.events("ExecutionRequested", "ExecutionStarted")
    wanted = [e["data"]["execution_id"] for e in events if e["name"] == "v1.ExecutionRequested"]
    begun = [e["data"]["execution_id"] for e in events if e["name"] == "v1.ExecutionStarted"]
    assert begun == [id_ for id_ in wanted if id_ in begun], "the order of the requests"

    (asks,) = await alice.start("cell-4")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not any(run["input"] for run in (await alice.state())["executions"]):
            await asyncio.sleep(0.02)
    body = {"execution_id": asks, "value": "Bob"}
    refused = await bob.address.post(f"notebooks/{notebook_id}/input", body, 403)
    assert refused["code"] == "not_allowed"
    await alice.address.post(f"notebooks/{notebook_id}/input", body | {"value": "Alice"})
    assert (await alice.ended(asks))["status"] == "completed"
    assert "Alice" in str(await bob.outputs("cell-4"))


async def test_restarted_and_all_run_with_nobody_there(server: ServerProcess) -> None:
    sources = ("x = globals().get('x', 0) + 1", WAITS, "import time\ntime.sleep(1)", "print(x)")
    server.write_notebook("a.ipynb", *sources, "open('done', 'w').close()")
    notebook = Notebook(server.address, await server.open("a.ipynb"))
    await notebook.run("cell-0")
    await notebook.runtime("restart")
    runs = await notebook.start(*(f"cell-{number}" for number in range(5)))
    await until(server.root / "on")
    (server.root / "go").touch()
    await until(server.root / "done")
    ended = [await notebook.ended(run) for run in runs]
    assert [(run["status"], run["execution_count"]) for run in ended] == [
        ("completed", number) for number in range(1, 6)
    ]
    assert (await notebook.outputs("cell-3"))[0]["text"] == "1\n"


async def test_a_full_disk_while_a_cell_prints(server: ServerProcess) -> None:
    prints = f"for n in range({LINES}):\n    print(n, flush=True)\nopen('done', 'w').close()"
    server.write_notebook("a.ipynb", WAITS + prints, "'after it'")
    notebook = Notebook(server.address, await server.open("a.ipynb"))
    runs = await notebook.start("cell-0", "cell-1")
    await until(server.root / "on")
    with full_disk(server):
        (server.root / "go").touch()
        await until(server.root / "done")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await server.address.get("health"))["status"] != "degraded":
                await asyncio.sleep(0.05)
    assert [(await notebook.ended(run))["status"] for run in runs] == ["completed"] * 2
    (output,) = await notebook.outputs("cell-0")
    assert output["text"] == "".join(f"{n}\n" for n in range(LINES))
