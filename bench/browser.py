"""Opening a big notebook in a real browser: JupyterLab with this extension and without it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path

from bench.contenders import REPOSITORY, TOKEN
from bench.notebooks import write_notebook
from bench.server import Server, free_port

PLAYWRIGHT = REPOSITORY / "ui-tests" / "node_modules" / "@playwright" / "test"
SCRIPT = Path(__file__).with_name("open_in_browser.mjs")

PATIENCE_SECONDS = 240.0


def chromium() -> str | None:
    """The browser, when there is one."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


async def seconds_to_open(place: Path, cells: int, *, ours: bool) -> float | None:
    """From the command to a notebook that can be typed in; None when the tools are missing."""
    browser, node = chromium(), shutil.which("node")
    if browser is None or node is None or not PLAYWRIGHT.exists():
        return None
    async with lab(place, ours=ours) as server:
        write_notebook(server.root, "big.ipynb", cells)
        url = f"{server.url}lab?token={TOKEN}&reset"
        process = await asyncio.create_subprocess_exec(
            node,
            str(SCRIPT),
            *(url, "big.ipynb", str(cells), browser, str(PLAYWRIGHT)),
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
        raise RuntimeError(f"the browser did not open the notebook: {answer.decode()}")
    return float(json.loads(answer)["milliseconds"]) / 1000


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
