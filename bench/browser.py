"""In a real browser, with this extension and without it: opening a big notebook, running a cell."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any, NamedTuple

from bench.cells import notebook_of
from bench.contenders import REPOSITORY, TOKEN
from bench.notebooks import write_notebook
from bench.server import Server, free_port

PLAYWRIGHT = REPOSITORY / "ui-tests" / "node_modules" / "@playwright" / "test"
OPENING = Path(__file__).with_name("open_in_browser.mjs")
RUNNING = Path(__file__).with_name("result_in_browser.mjs")

PATIENCE_SECONDS = 240.0


def chromium() -> str | None:
    """The browser, when there is one."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


async def seconds_to_open(place: Path, cells: int, *, ours: bool) -> float | None:
    """From the command to a notebook that can be typed in; None when the tools are missing."""
    tools = tools_of_browsers()
    if tools is None:
        return None
    async with lab(place, ours=ours) as server:
        write_notebook(server.root, "big.ipynb", cells)
        answer = await _played(tools, OPENING, server, "big.ipynb", str(cells))
    return float(answer["milliseconds"]) / 1000


async def seconds_to_result(place: Path, turns: int, *, ours: bool) -> list[float] | None:
    """From each of so many Shift-Enters to the first line that the cell prints; None when the
    tools are missing."""
    tools = tools_of_browsers()
    if tools is None:
        return None
    async with lab(place, ours=ours) as server:
        notebook = notebook_of(["import time\nprint(time.time_ns())", ""])
        (server.root / "runs.ipynb").write_text(notebook, encoding="utf-8")
        answer = await _played(tools, RUNNING, server, "runs.ipynb", str(turns))
    return [float(milliseconds) / 1000 for milliseconds in answer["milliseconds"]]


class Tools(NamedTuple):
    """The programs that a browser is driven with."""

    node: str
    chromium: str


def tools_of_browsers() -> Tools | None:
    """None when one of them is missing."""
    node, browser = shutil.which("node"), chromium()
    if browser is None or node is None or not PLAYWRIGHT.exists():
        return None
    return Tools(node, browser)


async def _played(tools: Tools, script: Path, server: Server, *arguments: str) -> Any:
    """What a script says at its end."""
    url = f"{server.url}lab?token={TOKEN}&reset"
    process = await asyncio.create_subprocess_exec(
        tools.node,
        str(script),
        *(url, *arguments, tools.chromium, str(PLAYWRIGHT)),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise RuntimeError(f"{script.name} did not come to its end: {answer.decode()}")
    return json.loads(answer)


def lab(place: Path, *, ours: bool) -> Server:
    """JupyterLab with this extension or without it."""
    config = place / "config"
    (config / "labconfig").mkdir(parents=True, exist_ok=True)
    (place / "data").mkdir(parents=True, exist_ok=True)
    disabled = {} if ours else {"anode-jlab": True}
    page = config / "labconfig" / "page_config.json"
    page.write_text(json.dumps({"disabledExtensions": disabled}))
    port = free_port()
    # Jupytext's contents manager reads files in its own way: neither side gets it.
    extensions = {"jupyterlab_jupytext": False, "anode_jlab": ours}
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
        f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={place / 'root'}", f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.jpserver_extensions={extensions!r}", "--LabApp.expose_app_in_browser=True",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=",
    ]  # fmt: skip
    environment = {
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(place / "data"),
        "JUPYTER_RUNTIME_DIR": str(place / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(place / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(place / "workspaces"),
        "ANODE_STORE_DIR": str(place / "store"),
    }
    return Server(command, place=place, port=port, environment=environment)
