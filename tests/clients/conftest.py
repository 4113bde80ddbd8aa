"""A server process with one notebook, and the interpreter that other clients run in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clients import environment
from tests.integration.server_process import ServerProcess


@pytest.fixture(scope="session")
def python() -> str:
    return str(environment.python())


@pytest.fixture(scope="session")
def python_beside_documents() -> str:
    return str(environment.python_beside_documents())


@pytest.fixture
async def server(anyio_backend: str, tmp_path: Path) -> AsyncIterator[ServerProcess]:
    process = ServerProcess(tmp_path)
    process.write_notebook("day.ipynb", "x = 1", "y = 2")
    async with process:
        yield process
