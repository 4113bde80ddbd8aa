"""Kernels that run nothing for long are ended, whoever looks at their notebooks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from traitlets.config import Config

from tests.execution.notebook import PATIENCE_SECONDS, Notebook
from tests.execution.test_kernels import until_status
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

IDLE_SECONDS = 1.0


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    jp_server_config.AnodeConfig.cull_idle_minutes = IDLE_SECONDS / 60
    return jp_server_config


async def test_by_runs_and_not_by_viewers(
    address: ServerAddress, write_notebook: Callable[..., Path], jp_root_dir: Path
) -> None:
    write_notebook("a.ipynb", "import time\ntime.sleep(5)\nopen('slept', 'w').close()", "1")
    notebook = await Notebook.opened(address, "a.ipynb")
    async with NativeClient(address, notebook.id):
        (run,) = await notebook.run("cell-0")
        assert run["status"] == "completed", "a run that takes long is no idleness"
        assert (jp_root_dir / "slept").exists()
        await until_status(notebook, "terminated")
        runtime = await notebook.runtime()
        assert (runtime["reason"], runtime["detail"]) == ("culled", "it ran nothing for 0 minutes")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await address.fetch("GET", "api/kernels")).body != b"[]":
                await asyncio.sleep(0.05)
        assert [run["execution_count"] for run in await notebook.run("cell-1")] == [1]
