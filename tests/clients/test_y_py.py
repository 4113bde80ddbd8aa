"""y-py, pycrdt's predecessor: both ways."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import pytest

from tests.clients.environment import HAS_Y_PY, REPOSITORY
from tests.collaboration_client import CollaborationClient
from tests.integration.server_process import ServerProcess

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
    pytest.mark.skipif(not HAS_Y_PY, reason="y-py has no wheels for this version of Python"),
]


async def test_both_ways(server: ServerProcess, python: str) -> None:
    async with CollaborationClient(server.address, "day.ipynb") as other:
        query = urlencode({"sessionId": other.session["sessionId"], "token": server.token})
        url = server.address.socket_url(f"api/collaboration/room/{other.room}?{query}")
        process = await asyncio.create_subprocess_exec(
            python, REPOSITORY / "tests" / "clients" / "y_py_peer.py", url, "0", "# seen",
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await other.until(lambda: other.sources[0] == "x = 10")
        other.text(0).insert(6, "  # seen")
        out, _ = await process.communicate()
    assert (process.returncode, out.decode()) == (0, "x = 10  # seen")
