"""Widgets of ipywidgets in cells that the server runs, with a real kernel."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients import environment
from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]


@pytest.fixture(scope="module")
def packages() -> str:
    return str(environment.packages(environment.widgets()))


@pytest.fixture(autouse=True)
def _kernels_have_ipywidgets(
    packages: str, jp_environ: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((packages, os.environ["PYTHONPATH"])))


async def run(notebook: Notebook, *cells: str) -> None:
    for ended in await notebook.run(*cells):
        assert ended["status"] == "completed", ended


async def text(notebook: Notebook, cell_id: str) -> Any:
    (output,) = await notebook.outputs(cell_id)
    return output.get("text") or output["data"]["text/plain"]


async def test_an_output_widget_takes_what_is_printed_in_it(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook(
        "a.ipynb",
        "import sys, ipywidgets as w\n"
        "from IPython.display import display, clear_output\n"
        "out = w.Output()\n"
        "print('before')\n"
        "with out:\n"
        "    print('one'); print('two'); print('three', file=sys.stderr)\n"
        "    display({'a': 1})\n"
        "print('after')",
        "out.outputs",
        "with out:\n    clear_output(wait=True)\n    print('new')\n1",
        "out.outputs",
        "inner = w.Output()\n"
        "with out:\n"
        "    with inner:\n        print('deep')\n"
        "    print('shallow')\n"
        "    raise KeyError('x')",
        "[o['output_type'] for o in out.outputs], out.outputs[0]['text'], inner.outputs[0]['text']",
        "out.clear_output()",
        "out.outputs",
    )
    notebook = await Notebook.opened(address, "a.ipynb")
    await run(notebook, "cell-0", "cell-1", "cell-2", "cell-3")
    assert await text(notebook, "cell-0") == "before\nafter\n"
    taken = eval(await text(notebook, "cell-1"))
    assert [(one["output_type"], one.get("text")) for one in taken] == [
        ("stream", "one\ntwo\n"),
        ("stream", "three\n"),
        ("display_data", None),
    ]
    assert taken[2]["data"]["text/plain"] == "{'a': 1}"
    assert await text(notebook, "cell-2") == "1"
    assert "'new\\n'" in await text(notebook, "cell-3")
    assert "one" not in await text(notebook, "cell-3")
    await run(notebook, "cell-4", "cell-5", "cell-6", "cell-7")
    assert await notebook.outputs("cell-4") == []
    expected = (["stream", "error"], "new\nshallow\n", "deep\n")
    assert eval(await text(notebook, "cell-5")) == expected
    assert await text(notebook, "cell-7") == "()"


async def test_interact_and_displays_that_are_updated(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook(
        "a.ipynb",
        "import ipywidgets as w\n"
        "from IPython.display import display, HTML\n"
        "@w.interact(x=3)\n"
        "def shown(x):\n    return x * x",
        "shown.widget.out.outputs[0]['data']['text/plain']",
        "out = w.Output()\n"
        "with out:\n"
        "    handle = display(HTML('old'), display_id=True)\n"
        "    handle.update(HTML('new'))",
        "out.outputs[0]['data']['text/html']",
        "with out:\n    for n in range(1500): display(n)",
        "len(out.outputs), out.outputs[-1]['text']",
    )
    notebook = await Notebook.opened(address, "a.ipynb")
    await run(notebook, *(f"cell-{number}" for number in range(6)))
    (output,) = await notebook.outputs("cell-0")
    assert "application/vnd.jupyter.widget-view+json" in output["data"]
    assert await text(notebook, "cell-1") == "'9'"
    assert await text(notebook, "cell-3") == "'new'"
    full = eval(await text(notebook, "cell-5"))
    assert full[0] == 1001
    assert "left out" in full[1]
