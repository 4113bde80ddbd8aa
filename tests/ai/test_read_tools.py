"""What the assistant sees through its reading tools, on a real server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anode_jlab.events.assistant import Mode
from anode_jlab.services import Services
from tests.ai.caller import Caller
from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]

REFUSALS = ("file_not_found", "notebook_not_found", "not_allowed", "bad_request")

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Er"
    "kJggg=="
)


def cell(id_: str, source: str, *outputs: Any, hidden: bool = False, **more: Any) -> dict[str, Any]:
    """A code cell."""
    metadata = {"anode_jlab": {"ai_context": False}} if hidden else {}
    return {
        "cell_type": "code",
        "id": id_,
        "metadata": metadata,
        "source": source,
        "outputs": list(outputs),
        "execution_count": None,
        **more,
    }


def printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def write(folder: Path, name: str, *cells: dict[str, Any]) -> None:
    nb = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / name).write_text(json.dumps(nb), encoding="utf-8")


async def opened(services: Services, address: ServerAddress, path: str) -> Caller:
    return Caller(services, (await Notebook.opened(address, path)).id)


async def test_cells_are_read(
    services: Services, address: ServerAddress, jp_root_dir: Path
) -> None:
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": PIXEL}}
    red = {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": "no",
        "traceback": ["\x1b[31mValueError\x1b[0m: no"],
    }
    write(
        jp_root_dir,
        "a.ipynb",
        cell("one", "\nx = 1\nprint(x)", printed("1\n"), execution_count=3),
        cell("two", "plot()", picture, red),
    )
    call = await opened(services, address, "a.ipynb")

    outline = await call("outline")
    assert outline["path"] == "a.ipynb"
    assert outline["cells"] == [
        {"id": "one", "kind": "code", "first": "x = 1", "lines": 3, "count": 3, "outputs": 1},
        {"id": "two", "kind": "code", "first": "plot()", "outputs": 2, "failed": True},
    ]
    [one, two] = await call("read_cells", cell_ids=["one", "two"])
    assert one["source"] == "\nx = 1\nprint(x)"
    assert one["outputs"] == [{"index": 0, "kind": "stream", "text": "1\n"}]
    assert two["outputs"] == [
        {"index": 0, "kind": "display_data", "mimes": ["image/png"]},
        {"index": 1, "kind": "error", "text": "ValueError: no"},
    ]
    found = await call("search", pattern="PRINT", outputs=True)
    assert found["matches"] == [{"cell_id": "one", "line": 3, "text": "print(x)", "output": None}]

    image = await call.result("read_image", cell_id="two")
    assert [(one.mime, one.data) for one in image.images] == [("image/png", PIXEL)]
    assert (await call.refused("read_image", cell_id="one"))["error"] == "bad_request"
    assert (await call.refused("read_output", cell_id="one", index=7))["error"] == "bad_request"


async def test_bad_calls_are_told(
    services: Services, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x")
    call = await opened(services, address, "a.ipynb")
    assert (await call.refused("make_coffee"))["error"] == "unknown_tool"
    assert (await call.refused("read_cells", cells=["a"]))["error"] == "bad_arguments"
    assert (await call.refused("read_cells", cell_ids="a"))["error"] == "bad_arguments"
    assert (await call.refused("read_cells", cell_ids=["nowhere"]))["error"] == "cell_not_found"
    names = {spec.name for spec in services.tools.offered(Mode.ASK)}
    assert {"outline", "read_cells", "read_output", "read_image", "search"} <= names
    assert services.tools.offered(Mode.ASK, model_tools=False) == []


async def test_long_outputs_are_read_in_parts(
    services: Services, address: ServerAddress, jp_root_dir: Path
) -> None:
    text = "".join(f"line {number}\n" for number in range(30_000))
    write(jp_root_dir, "a.ipynb", cell("one", "f()", printed(text), printed("end\n")))
    call = await opened(services, address, "a.ipynb")
    [one] = await call("read_cells", cell_ids=["one"])
    assert one["outputs"][0]["text"].startswith("line 0\nline 1\n")
    assert one["outputs"][0]["omitted"] > 0
    parts, start = [], 0
    while True:
        part = await call("read_output", cell_id="one", index=0, start=start)
        parts.append(part["text"])
        start += len(part["text"])
        if not part.get("omitted"):
            break
    assert "".join(parts).startswith(text)


async def test_files_stay_in_the_root(
    services: Services, address: ServerAddress, write_notebook: Write, jp_root_dir: Path
) -> None:
    write_notebook("a.ipynb", "x")
    (jp_root_dir / "data").mkdir()
    (jp_root_dir / "data" / "t.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (jp_root_dir / ".secret").write_text("key", encoding="utf-8")
    outside = jp_root_dir.parent / "outside.txt"
    outside.write_text("not yours", encoding="utf-8")
    (jp_root_dir / "link.txt").symlink_to(outside)
    (jp_root_dir / "hidden.txt").symlink_to(jp_root_dir / ".secret")
    call = await opened(services, address, "a.ipynb")

    names = [entry["name"] for entry in (await call("list_files"))["entries"]]
    assert names[:2] == ["data", "a.ipynb"]
    assert ".secret" not in names
    assert (await call("read_file", path="data/t.csv"))["text"] == "a,b\n1,2\n"
    for path in (
        "../outside.txt",
        "data/../../outside.txt",
        str(outside),
        "link.txt",
        "hidden.txt",
        ".secret",
        "nothing.txt",
        "data",
    ):
        told = await call.refused("read_file", path=path)
        assert "not yours" not in str(told)
        assert told["error"] in (
            "file_not_found",
            "notebook_not_found",
            "not_allowed",
            "bad_request",
        )
    assert (await call.refused("list_files", path=".."))["error"] == "notebook_not_found"


async def test_history_tells_who_changed_what(
    services: Services, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x = 1", "y = 2")
    notebook = await Notebook.opened(address, "a.ipynb")
    ids = [one["id"] for one in (await notebook.state())["cells"]]
    call = Caller(services, notebook.id)
    await notebook.run(ids[0])
    events = (await call("history", cell_id=ids[0]))["events"]
    assert [event["event"] for event in events][-2:] == ["ExecutionStarted", "ExecutionCompleted"]
    assert {event["cell_id"] for event in events} == {ids[0]}
    assert len((await call("history", limit=1))["events"]) == 1
    told = await call.until("list_variables", lambda told: told["known"] and told["vars"])
    assert [one["name"] for one in told["vars"]] == ["x"]
