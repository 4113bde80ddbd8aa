"""Show: a server killed while people type loses no acknowledged edit and doubles none."""

from __future__ import annotations

import asyncio
import os
import random
import re
from pathlib import Path

import pytest

from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(600),
]

ROUNDS = int(os.environ.get("ANODE_KILL_ROUNDS", "3"))

EDITS_PER_SECOND = 20
"""Two fast typists."""

SEED = int(os.environ.get("ANODE_SEED", "20261126"))
"""The same each time, so that a run that fails can be run again; another one finds other faults."""

MARKER = re.compile(r"<(\d+\.\d+)>")


class Typist:
    """Types numbered markers and remembers with which frame each of them left."""

    def __init__(self, client: NativeClient) -> None:
        self.client = client
        self.sent: list[str] = []
        self._frame_of: dict[str, int] = {}

    async def type(self, round_: int, count: int) -> None:
        for number in range(count):
            marker = f"{round_}.{number}"
            frames = self.client.frames_sent
            self.client.append(0, f"<{marker}>")
            self.sent.append(marker)
            if self.client.frames_sent > frames:
                self._frame_of[marker] = self.client.frames_sent
            await asyncio.sleep(1 / EDITS_PER_SECOND)

    def acked(self) -> set[str]:
        """What the server promised to keep; asked once the connection is gone."""
        last = self.client.frames_acked
        promised = {marker for marker, frame in self._frame_of.items() if frame <= last}
        self._frame_of.clear()
        return promised


def markers(text: str) -> list[str]:
    return MARKER.findall(text)


async def until_all_arrived(client: NativeClient, expected: set[str]) -> None:
    await client.until(lambda: expected <= set(markers(client.source(0))))


@pytest.mark.parametrize("seed", [SEED])
async def test_kill_while_typing(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    server = ServerProcess(tmp_path)
    server.write_notebook("day.ipynb", "")
    promised: set[str] = set()
    async with server:
        notebook = await server.open("day.ipynb")
        client = NativeClient(server.address, notebook)
        await client.connect()
        typist = Typist(client)
        for round_ in range(ROUNDS):
            typing = asyncio.create_task(typist.type(round_, chance.randint(15, 45)))
            await asyncio.sleep(chance.uniform(0.4, 1.8))
            await server.kill()
            await client.closed()
            await typing
            promised |= typist.acked()
            await server.start()

            async with NativeClient(server.address, notebook) as stranger:
                kept = markers(stranger.source(0))
                assert promised <= set(kept), "an acknowledged edit was lost"
                assert len(kept) == len(set(kept)), "an edit was doubled"

                await client.reconnect()
                promised |= set(typist.sent)
                await until_all_arrived(stranger, promised)
                assert sorted(markers(stranger.source(0))) == sorted(typist.sent)
                assert stranger.source(0) == client.source(0)
        await client.close()
        events = await all_events(server, notebook)
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


async def all_events(server: ServerProcess, notebook: str) -> list[dict[str, object]]:
    """Every event of a notebook, page by page."""
    found: list[dict[str, object]] = []
    while True:
        after = found[-1]["seq"] if found else 0
        page = await server.address.get(f"notebooks/{notebook}/events?after={after}&limit=500")
        if not page:
            return found
        found += page
