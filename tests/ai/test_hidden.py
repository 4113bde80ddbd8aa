"""A hidden cell reaches no tool, no search, no context: for notebooks that chance made."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from anode_jlab.ai.reading.veil import COVER
from anode_jlab.services import Services
from tests.ai.caller import Caller
from tests.ai.test_read_tools import cell, printed, write
from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress


def chance_cells(rng: random.Random) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    """Cells with words that occur nowhere else: those of hidden and of visible ones."""
    cells: list[dict[str, Any]] = []
    hidden: list[str] = []
    visible: list[str] = []
    for number in range(rng.randint(2, 8)):
        is_hidden = rng.random() < 0.5
        words = [f"w{rng.randrange(16**10):010x}" for _ in range(3)]
        lines = [
            f"{words[0]} = 'it\\'s \"{rng.randrange(9)} ü\t\"'",
            "import os",
            f"f({words[1]!r})",
        ]
        out = rng.choice([printed, shown])(f"{words[2]} came out\n")
        cells.append(cell(f"cell{number}", "\n".join(lines), out, hidden=is_hidden))
        (hidden if is_hidden else visible).extend(words)
    echoes = "".join(one["source"] + "\n" + repr(one["source"]) + "\n" for one in cells)
    outs = json.dumps([one["outputs"] for one in cells])
    cells.append(cell("echo", "print(In, Out)", printed(echoes), printed(outs)))
    return cells, hidden, visible


def shown(text: str) -> dict[str, Any]:
    data = {"text/plain": text, "text/html": f"<b>{text}</b>"}
    return {"output_type": "display_data", "metadata": {}, "data": data}


async def test_nothing_of_hidden_cells_is_told(
    services: Services, address: ServerAddress, jp_root_dir: Path
) -> None:
    for attempt in range(20):
        rng = random.Random(attempt)
        cells, hidden, visible = chance_cells(rng)
        name = f"n{attempt}.ipynb"
        write(jp_root_dir, name, *cells)
        write(jp_root_dir, f"copy{attempt}.json", *cells)
        script = "\n\n".join(one["source"] for one in cells)
        (jp_root_dir / f"n{attempt}.py").write_text(script, encoding="utf-8")
        call = Caller(services, (await Notebook.opened(address, name)).id)
        said = await everything(call, cells, address, name, attempt)
        for word in hidden:
            assert word not in said, attempt
        for word in visible:
            assert word in said, attempt
        for one in cells:
            if one["metadata"]:
                assert one["id"] not in await without_notes(call)


async def everything(
    call: Caller, cells: list[dict[str, Any]], address: ServerAddress, name: str, attempt: int
) -> str:
    """All that the tools and the context say."""
    calls: list[tuple[str, dict[str, Any]]] = [("outline", {}), ("history", {})]
    for one in cells:
        calls.append(("read_cells", {"cell_ids": [one["id"]]}))
        calls += [("read_output", {"cell_id": one["id"], "index": index}) for index in (0, 1)]
    for wanted in ("f(", "came out", "w"):
        calls.append(("search", {"pattern": wanted, "outputs": True}))
    for path in (name, f"copy{attempt}.json", f"n{attempt}.py"):
        calls.append(("read_file", {"path": path}))
    said = [(await call.result(tool, **args)).text for tool, args in calls]
    body = {"mentions": [{"path": f"n{attempt}.py"}, {"path": name}], "text": "?"}
    manifest = await address.post(f"notebooks/{call.turn.notebook}/context", body)
    said += [item["text"] + item["title"] for item in manifest["items"]]
    return "\n".join(said)


async def without_notes(call: Caller) -> str:
    """What tells of cells by their ids."""
    results = [await call.result(tool) for tool in ("outline", "history")]
    return "\n".join(result.text for result in results)


async def test_a_cell_that_is_hidden_now_is_hidden_everywhere(
    services: Services, address: ServerAddress, jp_root_dir: Path
) -> None:
    """Its file still shows it, and so do the outputs of others."""
    secret = cell("one", "password = 'swordfish'\n", hidden=False)
    echo = cell("two", "print(In)", printed(repr(["", "password = 'swordfish'\n"])))
    write(jp_root_dir, "a.ipynb", secret, echo)
    notebook = await Notebook.opened(address, "a.ipynb")
    call = Caller(services, notebook.id)
    assert "swordfish" in (await call.result("read_file", path="a.ipynb")).text

    room = await services.rooms.open(call.turn.notebook)

    def hide(document: Any) -> None:
        document.cells[0]["metadata"]["anode_jlab"] = {"ai_context": False}

    await room.edit(call.turn.actor, "test", hide)
    for result in (
        await call.result("read_file", path="a.ipynb"),
        await call.result("read_cells", cell_ids=["two"]),
        await call.result("read_cells", cell_ids=["one"]),
        await call.result("search", pattern="sword", outputs=True),
        await call.result("outline"),
    ):
        assert "swordfish" not in result.text
    assert COVER in (await call.result("read_cells", cell_ids=["two"])).text
    told = await call.refused("read_cells", cell_ids=["one"])
    unknown = await call.refused("read_cells", cell_ids=["xyz"])
    assert told == {**unknown, "message": unknown["message"].replace("xyz", "one")}


SECRET = "def check():\n    raise ValueError('no')  # the rule is swordfish"


async def test_what_runs_does_not_echo_a_hidden_cell(
    services: Services, address: ServerAddress, jp_root_dir: Path
) -> None:
    """Listings of inputs and tracebacks quote what ran before; what they quote is covered."""
    echoes = ("print(In)", "%history", "print(repr(In[1]))", "import inspect\ncheck()")
    cells = [cell(f"e{number}", source) for number, source in enumerate(echoes)]
    write(jp_root_dir, "a.ipynb", cell("rule", SECRET, hidden=True), *cells)
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("rule")
    call = Caller(services, notebook.id)
    for one in cells:
        told = (await call.result("execute_cell", cell_id=one["id"])).text
        assert "swordfish" not in told, one["source"]
        assert COVER in told, one["source"]
    everywhere = (await call.result("read_cells", cell_ids=[one["id"] for one in cells])).text
    everywhere += (await call.result("search", pattern="sword", outputs=True)).text
    assert "swordfish" not in everywhere
