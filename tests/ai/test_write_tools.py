"""What the assistant changes and runs: on the notebook's own paths, and never blindly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anode_jlab.services import Services
from tests.ai.caller import Caller
from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]


async def opened(
    services: Services, address: ServerAddress, path: str
) -> tuple[Caller, Notebook, list[str]]:
    """A caller in the notebook, the notebook, and the ids of its cells."""
    notebook = await Notebook.opened(address, path)
    ids = [one["id"] for one in (await notebook.state())["cells"]]
    return Caller(services, notebook.id), notebook, ids


async def base_of(call: Caller, cell_id: str) -> int:
    [cell] = await call("read_cells", cell_ids=[cell_id])
    found: int = cell["base_seq"]
    return found


async def test_cells_are_changed(
    services: Services, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x = 1", "y = 2")
    call, notebook, (one, two) = await opened(services, address, "a.ipynb")

    made = await call("create_cell", source="# Title ü", type="markdown", first=True)
    await call("create_cell", source="z = 3", after=one)
    changed = await call(
        "modify_cell",
        cell_id=one,
        base_seq=made["base_seq"],
        edits=[{"old": "1", "new": "10"}, {"old": "x", "new": "xx"}],
    )
    await call("modify_cell", cell_id=one, base_seq=changed["base_seq"], source="xx = 11")
    await call("move_cell", cell_id=two, first=True)
    await call("set_type", cell_id=two, base_seq=await base_of(call, two), type="markdown")
    cells = (await notebook.document())["cells"]
    assert [(cell["cell_type"], cell["source"]) for cell in cells] == [
        ("markdown", "y = 2"),
        ("markdown", "# Title ü"),
        ("code", "xx = 11"),
        ("code", "z = 3"),
    ]
    await call("delete_cell", cell_id=two, base_seq=await base_of(call, two))
    assert len((await notebook.document())["cells"]) == 3

    events = await notebook.events()
    facts = {event["name"]: event["actor"]["kind"] for event in events}
    for name in ("CellMoved", "CellDeleted", "CellTypeChanged", "CellSourceChanged"):
        assert facts[f"v1.{name}"] == "assistant"
    ended = [event["data"] for event in events if event["name"] == "v1.ToolCallCompleted"]
    assert {one["outcome"] for one in ended} == {"done"}
    by_seq = {event["seq"]: event for event in events}
    assert all(by_seq[seq]["actor"]["kind"] == "assistant" for e in ended for seq in e["events"])


async def test_a_stale_change_is_refused_with_the_fresh_text(
    services: Services, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x = 1", "y = 2")
    call, notebook, (one, two) = await opened(services, address, "a.ipynb")
    base = await base_of(call, one)
    await person_writes(services, notebook, one, "x = 'by hand'")
    fresh = 0
    for tool, args in (
        ("modify_cell", {"source": "x = 2"}),
        ("delete_cell", {}),
        ("set_type", {"type": "raw"}),
    ):
        told = await call.refused(tool, cell_id=one, base_seq=base, **args)
        assert told["error"] == "stale"
        assert told["cell"]["source"] == "x = 'by hand'"
        fresh = told["cell"]["base_seq"]
    await call("modify_cell", cell_id=one, base_seq=fresh, source="x = 2")
    await call("modify_cell", cell_id=two, base_seq=base, source="y = 3")
    assert (await call.refused("delete_cell", cell_id=one, base_seq=fresh + 10**6))["error"] == (
        "bad_request"
    )


async def test_changes_that_cannot_be_made(
    services: Services, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x = x = 1")
    call, notebook, (one,) = await opened(services, address, "a.ipynb")
    base, head = await base_of(call, one), (await notebook.state())["changed_seq"]
    for args in (
        {"edits": [{"old": "x", "new": "y"}]},
        {"edits": [{"old": "nothing", "new": "y"}]},
        {"source": "x = x = 1"},
        {"source": "a", "edits": [{"old": "1", "new": "2"}]},
        {},
    ):
        told = await call.refused("modify_cell", cell_id=one, base_seq=base, **args)
        assert told["error"] == "bad_request"
    assert (await call.refused("move_cell", cell_id=one, after=one))["error"] == "bad_request"
    assert (await call.refused("create_cell", source="", after="no"))["error"] == "cell_not_found"
    assert (await notebook.state())["changed_seq"] == head


async def person_writes(services: Services, notebook: Notebook, cell_id: str, source: str) -> None:
    """Somebody replaces a cell's text."""
    caller = Caller(services, notebook.id)
    room = await services.rooms.open(caller.turn.notebook)

    def write(document: Any) -> None:
        text = document.cell(cell_id)["source"]
        text.clear()
        text += source

    await room.edit(caller.turn.actor, "test", write)


async def test_cells_are_run(
    services: Services, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x = 6\nprint('six')\nx", "def f():\n    return 1 / 0\nf()", "x = 7")
    call, notebook, (good, bad, later) = await opened(services, address, "a.ipynb")
    [run] = (await call("execute_cell", cell_id=good))["runs"]
    assert (run["status"], run["count"]) == ("completed", 1)
    assert [output["text"] for output in run["outputs"]] == ["six\n", "6"]

    ran = (await call("run_cells", cell_ids=[bad, later]))["runs"]
    assert [run["status"] for run in ran] == ["failed", "cancelled"]
    assert ran[0]["error"] == "ZeroDivisionError: division by zero"
    [output] = ran[0]["outputs"]
    assert "return 1 / 0" in output["text"]
    assert "\x1b" not in output["text"]
    requested = await notebook.events("v1.ExecutionRequested")
    assert {event["actor"]["kind"] for event in requested} == {"assistant"}

    await call("restart")
    await call.until("list_variables", lambda told: told["known"] and not told["vars"])
    await call("create_cell", source="words", type="markdown")
    words = (await call("outline"))["cells"][-1]["id"]
    assert (await call.refused("execute_cell", cell_id=words))["error"] == "not_possible_now"


async def test_a_stopped_turn_takes_its_run_back(
    services: Services, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "import time\nprint('begun')\nwhile True:\n    time.sleep(0.01)")
    call, notebook, (one,) = await opened(services, address, "a.ipynb")
    running = asyncio.create_task(call("execute_cell", cell_id=one))
    async with asyncio.timeout(60):
        while not await notebook.outputs(one):
            await asyncio.sleep(0.02)
    call.turn.cancelled.set()
    await running
    async with asyncio.timeout(60):
        while (run := (await notebook.state())["executions"][-1])["status"] == "executing":
            await asyncio.sleep(0.02)
        while (await notebook.runtime())["status"] != "ready":
            await asyncio.sleep(0.02)
    assert run["status"] in ("failed", "cancelled")


async def test_hidden_cells_cannot_be_touched(
    services: Services, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x = 1", "y = 2")
    call, notebook, (one, two) = await opened(services, address, "a.ipynb")
    room = await services.rooms.open(call.turn.notebook)

    def hide(document: Any) -> None:
        document.cell(one)["metadata"]["anode_jlab"] = {"ai_context": False}

    await room.edit(call.turn.actor, "test", hide)
    base = room.head
    for tool, args in (
        ("modify_cell", {"cell_id": one, "base_seq": base, "source": "z"}),
        ("delete_cell", {"cell_id": one, "base_seq": base}),
        ("set_type", {"cell_id": one, "base_seq": base, "type": "raw"}),
        ("move_cell", {"cell_id": one}),
        ("move_cell", {"cell_id": two, "after": one}),
        ("create_cell", {"source": "z", "after": one}),
        ("execute_cell", {"cell_id": one}),
        ("run_cells", {"cell_ids": [two, one]}),
    ):
        assert (await call.refused(tool, **args))["error"] == "cell_not_found"
    assert [cell["source"] for cell in (await notebook.document())["cells"]] == ["x = 1", "y = 2"]
    assert await notebook.events("v1.ExecutionRequested") == []
