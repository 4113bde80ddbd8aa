"""The authorizer that the how-to shows does what it says, on a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration import policy
from tests.integration.server_process import REPOSITORY, ServerProcess
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

EXAMPLE = REPOSITORY / "docs/how-to/read_only_people.py"

CONFIG = f"""
import sys
sys.path.insert(0, {str(EXAMPLE.parent)!r})
from read_only_people import ReadOnlyPeople
from tests.integration.policy import Names
c.ServerApp.identity_provider_class = Names
c.ServerApp.authorizer_class = ReadOnlyPeople
c.ReadOnlyPeople.readers = {{"rita"}}
"""


async def test_a_named_person_only_reads(anyio_backend: str, tmp_path: Path) -> None:
    process = ServerProcess(tmp_path, config=CONFIG)
    process.token = policy.ALICE
    process.write_notebook("day.ipynb", "x = 1")
    async with process as server:
        rita = server.address_of(policy.RITA)
        opened = await server.address.post("notebooks", {"path": "day.ipynb"})
        assert opened["role"] == "owner"
        assert (await rita.post("notebooks", {"path": "day.ipynb"}))["role"] == "reader"
        await rita.post(f"notebooks/{opened['id']}/export", {}, 403)
        assert (await server.address.get("health"))["acl_enforced"] is True

        reader = NativeClient(rita, opened["id"])
        await reader.connect()
        reader.insert(0, 0, "hers = True\n")
        assert (await reader.closed()).code == 4403
        await reader.close()
        async with NativeClient(server.address, opened["id"]) as alice:
            assert alice.source(0) == "x = 1"
