"""What real kernels send becomes the outputs that people expect, in the document and the file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from tests.execution.notebook import PATIENCE_SECONDS, Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]


def texts(outputs: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(output["name"], output["text"]) for output in outputs]


async def test_streams(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook(
        "a.ipynb",
        "import sys\nfor i in range(5000): print(i, flush=True)",
        "print('a'); print('b', file=sys.stderr); print('c'); print('d')",
        "import time\n"
        "for i in range(30):\n"
        "    print(f'\\r{i:3d}/29 ' + '#' * i, end='', flush=True)\n"
        "    time.sleep(0.01)\n"
        "print()",
        "for i in range(3): print(f'bar {i}')\nprint('\\x1b[2A\\x1b[2Kdone', end='')",
    )
    notebook = await Notebook.opened(address, "a.ipynb")
    runs = await notebook.run("cell-0", "cell-1", "cell-2", "cell-3")
    assert [run["status"] for run in runs] == ["completed"] * 4
    every = "".join(f"{number}\n" for number in range(5000))
    assert texts(await notebook.outputs("cell-0")) == [("stdout", every)]
    separate = texts(await notebook.outputs("cell-1"))
    assert "".join(text for name, text in separate if name == "stdout") == "a\nc\nd\n"
    assert "".join(text for name, text in separate if name == "stderr") == "b\n"
    assert texts(await notebook.outputs("cell-2")) == [("stdout", " 29/29 " + "#" * 29 + "\n")]
    assert texts(await notebook.outputs("cell-3")) == [("stdout", "bar 0\ndone\nbar 2\n")]
    told = await notebook.events("OutputAdded")
    assert told[0]["data"]["representations"][0]["size"] == len(every)


async def test_displays(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook(
        "a.ipynb",
        "from IPython.display import display, clear_output, HTML\n"
        "h = display('one', display_id=True)\n"
        "print('between')\n"
        "display('after')",
        "h.update('two')",
        "for i in range(5):\n    clear_output(wait=True)\n    print(i)",
        "print('gone')\nclear_output()",
        "display(HTML('<b>x</b>'))",
        "for i in range(200): display(i)",
    )
    notebook = await Notebook.opened(address, "a.ipynb")
    runs = await notebook.run(*(f"cell-{n}" for n in range(6)))
    assert [run["status"] for run in runs] == ["completed"] * 6
    first = await notebook.outputs("cell-0")
    assert [output.get("text") or output["data"]["text/plain"] for output in first] == [
        "'two'",
        "between\n",
        "'after'",
    ]
    assert await notebook.outputs("cell-1") == []
    assert texts(await notebook.outputs("cell-2")) == [("stdout", "4\n")]
    assert await notebook.outputs("cell-3") == []
    assert (await notebook.outputs("cell-4"))[0]["data"]["text/html"] == "<b>x</b>"
    assert len(await notebook.outputs("cell-5")) == 200
    document: Any = nbformat.reads(json.dumps(await notebook.document()), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(document)
    assert "anode" not in str(document)


async def test_the_file_holds_what_was_run(address: ServerAddress, write_notebook: Write) -> None:
    path = write_notebook("a.ipynb", "print('first')")
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0")
    await address.post(f"notebooks/{notebook.id}/export", {})
    file: Any = nbformat.reads(path.read_text(), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(file)
    assert file.cells[0].outputs[0].text == "first\n"
    assert file.cells[0].execution_count == 1
    assert "anode" not in path.read_text()


async def test_input_and_password(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook(
        "a.ipynb",
        "import getpass\n"
        "name = input('Name? ')\n"
        "secret = getpass.getpass('Word? ')\n"
        "(name, secret)",
    )
    notebook = await Notebook.opened(address, "a.ipynb")
    (run,) = await notebook.start("cell-0")
    for value in ("Ada", "xyzzy"):
        await _waits_for_input(notebook)
        body = {"execution_id": run, "value": value}
        await address.post(f"notebooks/{notebook.id}/input", body)
    assert (await notebook.ended(run))["status"] == "completed"
    again = {"execution_id": run, "value": "twice"}
    refused = await address.post(f"notebooks/{notebook.id}/input", again, 409)
    assert refused["code"] == "not_possible_now"
    outputs = await notebook.outputs("cell-0")
    assert outputs[0]["text"] == "Name? Ada\nWord? ········\n"
    assert outputs[1]["data"]["text/plain"] == "('Ada', 'xyzzy')"
    asked = await notebook.events("InputRequested")
    assert [(event["data"]["prompt"], event["data"]["password"]) for event in asked] == [
        ("Name? ", False),
        ("Word? ", True),
    ]
    assert "xyzzy" not in str(await notebook.events("InputProvided"))


async def test_input_is_answered_once(
    address: ServerAddress, write_notebook: Write, jp_root_dir: Path
) -> None:
    """Two windows of one person answer at the same moment; the code goes on with one of them."""
    wait = "import os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.02)\n"
    write_notebook("a.ipynb", f"name = input('Name? ')\n{wait}name")
    notebook = await Notebook.opened(address, "a.ipynb")
    (run,) = await notebook.start("cell-0")
    await _waits_for_input(notebook)
    route = f"anode/api/notebooks/{notebook.id}/input"
    answers = await asyncio.gather(
        *(
            address.fetch("POST", route, {"execution_id": run, "value": value})
            for value in ("one", "two")
        )
    )
    codes = [answer.code for answer in answers]
    assert sorted(codes) == [200, 409]
    (jp_root_dir / "go").touch()
    assert (await notebook.ended(run))["status"] == "completed"
    taken = ("one", "two")[codes.index(200)]
    line, value = await notebook.outputs("cell-0")
    assert (line["text"], value["data"]["text/plain"]) == (f"Name? {taken}\n", f"'{taken}'")
    assert len(await notebook.events("InputProvided")) == 1


async def _waits_for_input(notebook: Notebook) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not any(run["input"] for run in (await notebook.state())["executions"]):
            await asyncio.sleep(0.02)


async def test_threads_that_outlive_their_cell(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook(
        "a.ipynb",
        "import threading, time\n"
        "def late():\n    time.sleep(0.5)\n    print('late')\n"
        "threading.Thread(target=late).start()\nprint('early')",
    )
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while texts(await notebook.outputs("cell-0")) != [("stdout", "early\nlate\n")]:
            await asyncio.sleep(0.05)


async def test_what_the_reply_asks_for(
    address: ServerAddress, write_notebook: Write, jp_root_dir: Path
) -> None:
    """The pager of ``?`` is an output, ``%load`` and ``set_next_input`` write into cells."""
    (jp_root_dir / "loaded.py").write_text("x = 'ü'\n")
    write_notebook("a.ipynb", "print?", "%load loaded.py", "get_ipython().set_next_input('1 + 1')")
    notebook = await Notebook.opened(address, "a.ipynb")
    runs = await notebook.run("cell-0", "cell-1", "cell-2")
    assert [run["status"] for run in runs] == ["completed"] * 3
    (page,) = await notebook.outputs("cell-0")
    assert page["output_type"] == "display_data"
    assert "Prints the values to a stream" in page["data"]["text/plain"]
    cells = (await notebook.document())["cells"]
    assert [cell["source"] for cell in cells[1:]] == [
        "# %load loaded.py\nx = 'ü'\n",
        "get_ipython().set_next_input('1 + 1')",
        "1 + 1",
    ]
    assert await notebook.outputs(cells[1]["id"]) == []
    assert [run["status"] for run in await notebook.run(cells[3]["id"])] == ["completed"]
