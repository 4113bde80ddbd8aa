"""Clients of jupyter-collaboration and a server process that dies: our promises hold for them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.collaboration_client import CollaborationClient
from tests.integration.server_process import ServerProcess

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

ROUNDS = 3
WORDS = 20


@pytest.fixture
async def server(anyio_backend: str, tmp_path: Path) -> AsyncIterator[ServerProcess]:
    process = ServerProcess(tmp_path)
    process.write_notebook("day.ipynb", "# begin")
    async with process:
        yield process


async def test_what_anybody_saw_survives_kill_9_and_nothing_comes_twice(
    server: ServerProcess,
) -> None:
    writer = CollaborationClient(server.address, "day.ipynb")
    witness = CollaborationClient(server.address, "day.ipynb")
    await writer.connect()
    sessions = {writer.session["sessionId"]}
    for number in range(ROUNDS):
        await witness.connect()
        for word in range(WORDS):
            writer.text(0).insert(0, f"{number}-{word} ")
            if word == WORDS // 2:
                begin = f"{number}-"
                await witness.until(lambda begin=begin: witness.sources[0].startswith(begin))  # type: ignore[misc]
        seen = witness.sources[0]
        await server.kill()
        await writer.closed()
        await server.start()
        fresh = CollaborationClient(server.address, "day.ipynb")
        await fresh.connect()
        assert seen in fresh.sources[0], "what was seen is there"
        fresh.close()
        witness.close()
        await writer.connect()  # with the same document, as y-websocket does
        sessions.add(writer.session["sessionId"])
        expected = writer.sources[0]
        assert all(expected.count(f"{number}-{word} ") == 1 for word in range(WORDS))
        await witness.connect()
        await witness.until(lambda: witness.sources[0] == writer.sources[0])
        witness.close()
    assert len(sessions) == 1, "the lineage lives on, and so do sessions"
    assert await writer.save(1) == "success"
    file = json.loads((server.root / "day.ipynb").read_text())
    assert "".join(file["cells"][0]["source"]) == writer.sources[0]
    assert len(file["cells"]) == 1
    writer.close()
