"""A kernel that is no Python at all runs through the same queue."""

from __future__ import annotations

import asyncio
import json
import subprocess

import pytest

from tests.clients import environment
from tests.execution.notebook import Notebook
from tests.integration.server_process import ServerProcess

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

SOURCES = (
    "const words: string[] = ['eins', 'zwei'];\nconsole.log(words.join('\\n'));\nwords.length * 21",
    "console.error('careful');\nthrow new TypeError('on purpose')",
    "'not run'",
    "Deno.jupyter.html`<b>bold</b>`",
)


@pytest.fixture(scope="module")
def deno() -> str:
    try:
        return str(environment.deno())
    except subprocess.CalledProcessError:
        pytest.skip("Deno has no package for this machine.")


async def test_typescript(server: ServerProcess, deno: str) -> None:
    spec = {
        "argv": [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
        "display_name": "Deno",
        "language": "typescript",
    }
    folder = server.place / "data" / "kernels" / "deno"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    file = server.write_notebook("words.ipynb", *SOURCES)
    content = json.loads(file.read_text())
    content["metadata"]["kernelspec"] = {"name": "deno", "display_name": "Deno"}
    file.write_text(json.dumps(content))

    notebook = Notebook(server.address, await server.open("words.ipynb"))
    runs = await notebook.run("cell-0", "cell-1", "cell-2")
    assert [run["status"] for run in runs] == ["completed", "failed", "cancelled"]
    assert runs[1]["error"] == {"name": "TypeError", "value": "on purpose"}
    assert runs[2]["reason"] == "batch_stopped"
    runtime = await notebook.runtime()
    assert (runtime["kernel_name"], runtime["language"]) == ("deno", "typescript")
    printed, result = await notebook.outputs("cell-0")
    assert (printed["name"], printed["text"]) == ("stdout", "eins\nzwei\n")
    assert "42" in result["data"]["text/plain"]
    careful, error = await notebook.outputs("cell-1")
    assert (careful["name"], careful["text"]) == ("stderr", "careful\n")
    assert (error["ename"], error["evalue"]) == ("TypeError", "on purpose")

    (shown,) = await notebook.run("cell-3")
    assert shown["status"] == "completed"
    await until_shown(notebook, "cell-3", "<b>bold</b>")
    restarted = await notebook.runtime("restart")
    assert restarted["status"] == "ready"
    (again,) = await notebook.run("cell-0")
    assert (again["status"], again["execution_count"]) == ("completed", 1)


async def until_shown(notebook: Notebook, cell_id: str, html: str) -> None:
    """This kernel sends results of promises after it has told that the run is over."""
    async with asyncio.timeout(60):
        while True:
            outputs = await notebook.outputs(cell_id)
            if any(output.get("data", {}).get("text/html") == html for output in outputs):
                return
            await asyncio.sleep(0.02)
