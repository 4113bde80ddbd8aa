"""A running server for each test that asks for one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.server_process import ServerProcess


@pytest.fixture
async def server(anyio_backend: str, tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with ServerProcess(tmp_path) as process:
        yield process
