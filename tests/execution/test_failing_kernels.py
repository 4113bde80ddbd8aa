"""Kernels that cannot be started: what is told of it, and that the queue goes on."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.serverapp import ServerApp

from anode_jlab.runtimes import meeting
from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]

ENDS = """
import sys
print("starting", file=sys.stderr)
print("\\x1b[31mModuleNotFoundError: No module named 'gone'\\x1b[0m", file=sys.stderr)
sys.exit(3)
"""

DEAF = "echo waiting for the licence server >&2; exec sleep 600"
"""For a shell: it has said so long before anybody gives up on it, also on a busy machine."""


@pytest.fixture
def write_kernelspec(jp_data_dir: Path) -> Callable[..., None]:
    """Installs a kernel that is started with these arguments."""

    def write(name: str, *argv: str) -> None:
        folder = jp_data_dir / "kernels" / name
        folder.mkdir(parents=True)
        spec = {"argv": [*argv, "{connection_file}"], "display_name": name, "language": "none"}
        (folder / "kernel.json").write_text(json.dumps(spec))

    return write


def name_kernel(path: Path, name: str) -> None:
    """Have a notebook name its kernel."""
    file = json.loads(path.read_text())
    file["metadata"]["kernelspec"] = {"name": name, "display_name": name, "language": "none"}
    path.write_text(json.dumps(file))


async def test_a_kernel_that_ends_at_once(
    address: ServerAddress, write_notebook: Write, write_kernelspec: Callable[..., None]
) -> None:
    write_kernelspec("ends", sys.executable, "-c", ENDS)
    name_kernel(write_notebook("a.ipynb", "1", "2"), "ends")
    notebook = await Notebook.opened(address, "a.ipynb")
    runs = await notebook.run("cell-0", "cell-1")
    assert [(run["status"], run["reason"]) for run in runs] == [("cancelled", "no_runtime")] * 2
    told = "The kernel ended at once (exit code 3). It wrote:\nstarting\nModuleNotFoundError: "
    told += "No module named 'gone'"
    assert runs[0]["detail"] == told
    assert (await notebook.state())["executions"][0]["detail"] == told
    ended = await notebook.runtime()
    assert (ended["status"], ended["reason"], ended["detail"]) == ("terminated", "error", told)
    assert (ended["queued"], ended["held"]) == (0, False)
    refused = await notebook.runtime("start", 502)
    assert (refused["code"], refused["message"]) == ("kernel_not_started", told)
    # Nobody starts it again and again, and nothing is left of it.
    assert json.loads((await address.fetch("GET", "api/kernels")).body) == []
    assert json.loads((await address.fetch("GET", "api/sessions")).body) == []

    await notebook.runtime("start", kernel_name="python3")
    assert [run["status"] for run in await notebook.run("cell-0", "cell-1")] == ["completed"] * 2


async def test_a_kernel_that_never_answers(
    address: ServerAddress,
    write_notebook: Write,
    write_kernelspec: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_kernelspec("deaf", "sh", "-c", DEAF)
    name_kernel(write_notebook("a.ipynb", "1"), "deaf")
    notebook = await Notebook.opened(address, "a.ipynb")
    monkeypatch.setattr(meeting, "READY_SECONDS", 4.0)
    (run,) = await notebook.run("cell-0")
    assert (run["status"], run["reason"]) == ("cancelled", "no_runtime")
    assert run["detail"] == (
        "The kernel did not answer within 4 s. It wrote:\nwaiting for the licence server"
    )
    ended = await notebook.runtime()
    assert (ended["status"], ended["reason"]) == ("terminated", "timeout")
    assert json.loads((await address.fetch("GET", "api/kernels")).body) == []
    monkeypatch.undo()
    await notebook.runtime("start", kernel_name="python3")
    assert [run["status"] for run in await notebook.run("cell-0")] == ["completed"]


async def test_kernels_that_are_not_there(
    jp_serverapp: ServerApp,
    address: ServerAddress,
    write_notebook: Write,
    write_kernelspec: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A kernelspec whose program is missing, one that is missing itself, and none at all."""
    write_kernelspec("absent", "/nowhere/at-all")
    name_kernel(write_notebook("a.ipynb", "1"), "absent")
    name_kernel(write_notebook("b.ipynb", "1"), "fortran77")
    notebook = await Notebook.opened(address, "a.ipynb")
    (run,) = await notebook.run("cell-0")
    assert (run["status"], run["reason"]) == ("cancelled", "no_runtime")
    assert "/nowhere/at-all" in run["detail"]

    other = await Notebook.opened(address, "b.ipynb")
    (run,) = await other.run("cell-0")
    assert (run["status"], run["reason"]) == ("cancelled", "no_runtime")
    assert run["detail"].startswith("There is no kernel called fortran77 here (known: ")
    assert "python3" in run["detail"]
    runtime = await other.runtime()
    assert (runtime["status"], runtime["detail"]) == ("none", run["detail"])

    write_notebook("c.ipynb", "1")
    third = await Notebook.opened(address, "c.ipynb")
    with monkeypatch.context() as without:
        without.setattr(KernelSpecManager, "get_all_specs", lambda self: {})
        (run,) = await third.run("cell-0")
        assert run["detail"] == "There is no kernel called python3 here (known: none at all)."
        refused = await third.runtime("start", 422)
        assert refused["code"] == "no_kernel_spec"
        assert "kernelspec" in refused["hint"]
    for one in (other, third):
        await one.runtime("start", kernel_name="python3")
        assert [run["status"] for run in await one.run("cell-0")] == ["completed"]
        assert (await one.runtime())["detail"] == ""


async def test_a_notebook_that_names_no_kernel_gets_the_one_that_it_had(
    address: ServerAddress,
    write_notebook: Write,
    write_kernelspec: Callable[..., None],
    jp_data_dir: Path,
) -> None:
    write_kernelspec("other", sys.executable, "-m", "ipykernel_launcher", "-f")
    write_notebook("a.ipynb", "1")
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.runtime("start", kernel_name="other")
    await notebook.runtime("stop")
    assert [run["status"] for run in await notebook.run("cell-0")] == ["completed"]
    assert (await notebook.runtime())["kernel_name"] == "other"
    await notebook.runtime("stop")
    (jp_data_dir / "kernels" / "other" / "kernel.json").unlink()
    assert (await notebook.runtime("start"))["kernel_name"] == "python3"


async def test_a_kernel_that_others_started_and_that_ends_at_once(
    address: ServerAddress,
    write_notebook: Write,
    write_kernelspec: Callable[..., None],
    jp_data_dir: Path,
) -> None:
    """JupyterLab starts it when the notebook opens; its manager starts it again some times."""
    write_kernelspec("ends", sys.executable, "-c", ENDS)
    name_kernel(write_notebook("a.ipynb", "1"), "ends")
    notebook = await Notebook.opened(address, "a.ipynb")
    body = {"path": "a.ipynb", "name": "a.ipynb", "type": "notebook", "kernel": {"name": "ends"}}
    await address.fetch("POST", "api/sessions", body)
    (run,) = await notebook.run("cell-0")
    assert "No module named 'gone'" in run["detail"]
    async with asyncio.timeout(60):
        while (found := await notebook.runtime())["status"] != "terminated":
            await asyncio.sleep(0.05)
    assert found["reason"] == "error"
    # It was mended: that counts, although its manager knows the old one.
    shutil.rmtree(jp_data_dir / "kernels" / "ends")
    write_kernelspec("ends", sys.executable, "-m", "ipykernel_launcher", "-f")
    assert (await notebook.runtime("start"))["kernel_name"] == "ends"
    assert [run["status"] for run in await notebook.run("cell-0")] == ["completed"]
