"""A turn of the assistant is taken back as a whole; what people wrote since then stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from anode_jlab.services import Services
from tests.ai.test_write_tools import base_of, opened, person_writes
from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]


async def content(notebook: Notebook) -> list[tuple[str, str, str]]:
    cells = (await notebook.document())["cells"]
    return [(cell["id"], cell["cell_type"], cell["source"]) for cell in cells]


async def test_a_turn_is_taken_back(
    services: Services, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "a = 1", "b = 1\nc = 1\nd = 1", "e = 1", "f = 1")
    call, notebook, (one, two, three, four) = await opened(services, address, "a.ipynb")
    before = await content(notebook)
    made = await call("create_cell", source="new = 1", after=one)
    await call("modify_cell", cell_id=made["cell_id"], base_seq=made["base_seq"], source="new = 2")
    edits = [{"old": "b = 1", "new": "b = 2"}]
    await call("modify_cell", cell_id=two, base_seq=await base_of(call, two), edits=edits)
    await call("delete_cell", cell_id=three, base_seq=await base_of(call, three))
    await call("move_cell", cell_id=four, first=True)
    await call("set_type", cell_id=one, base_seq=await base_of(call, one), type="markdown")
    assert await content(notebook) != before

    await person_writes(services, notebook, two, "b = 2\nc = 1\nd = 3")
    told = await address.post(f"notebooks/{notebook.id}/revert", {"run_id": "run-1"})
    assert told["kept"] == [], (told, one, two, three, four)
    assert set(told["reverted"]) == {one, two, three, four, made["cell_id"]}
    after = [(id_, kind, text.replace("d = 3", "d = 1")) for id_, kind, text in before]
    now = await content(notebook)
    assert [(id_, kind, text.replace("d = 3", "d = 1")) for id_, kind, text in now] == after
    assert "d = 3" in now[1][2], "what a person wrote stays"


async def test_what_people_rewrote_is_kept(
    services: Services, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "a = 1", "b = 1")
    call, notebook, (one, two) = await opened(services, address, "a.ipynb")
    made = await call("create_cell", source="new = 1")
    base = made["base_seq"]
    changed = await call("modify_cell", cell_id=one, base_seq=base, source="a = 2")
    await call("modify_cell", cell_id=two, base_seq=changed["base_seq"], source="b = 2")
    await person_writes(services, notebook, made["cell_id"], "new = 'mine'")
    await person_writes(services, notebook, one, "a = 3")
    told: dict[str, Any] = await address.post(
        f"notebooks/{notebook.id}/revert", {"run_id": "run-1"}
    )
    assert told["reverted"] == [two]
    assert {(kept["cell_id"], kept["reason"]) for kept in told["kept"]} == {
        (one, "edited"),
        (made["cell_id"], "edited"),
    }
    assert [text for _, _, text in await content(notebook)] == ["a = 3", "b = 1", "new = 'mine'"]
    nothing = await address.post(f"notebooks/{notebook.id}/revert", {"run_id": "other"}, 400)
    assert nothing["code"] == "bad_request"


async def test_single_calls_are_taken_back(
    services: Services, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "a = 1")
    call, notebook, _ = await opened(services, address, "a.ipynb")
    await call("create_cell", source="x")
    await call("create_cell", source="y")
    proposed = await notebook.events("v1.ToolCallProposed")
    first = proposed[0]["data"]["call_id"]
    await address.post(f"notebooks/{notebook.id}/revert", {"call_ids": [first]})
    assert [text for _, _, text in await content(notebook)] == ["a = 1", "y"]
    deleted = await notebook.events("v1.CellDeleted")
    assert deleted[-1]["actor"]["kind"] == "human"
