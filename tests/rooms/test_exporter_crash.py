"""A server killed in the middle of writing files: nothing is lost, and nobody else is blamed."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path

import pytest

from tests.documents.folders import tree
from tests.documents.notebook_texts import small_notebook
from tests.rooms.crashing_server import NAME, stored_room
from tests.rooms.house import type_into

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(600),
]

SEED = 20261122
KILLS = 3


async def run_and_kill(folder: Path, run: int, after: int) -> int:
    """Kill the server once ``after`` edits are durable; the number of the last durable one."""
    command = [sys.executable, "-m", "tests.rooms.crashing_server", str(folder), str(run)]
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(*command, stdout=pipe)
    assert server.stdout is not None
    last = -1
    while last < after:
        line = await server.stdout.readline()
        assert line, "the server ended by itself"
        last = int(line)
    server.kill()
    rest = await server.stdout.read()
    await server.wait()
    return max([last, *(int(line) for line in rest.split())])


async def test_killed_while_writing(tmp_path: Path) -> None:
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    chance = random.Random(SEED)
    place = notebooks / NAME
    place.write_text(json.dumps(small_notebook(), indent=2))
    durable: list[int] = []
    for run in range(KILLS):
        durable.append(await run_and_kill(tmp_path, run, chance.randrange(20, 200)))

        async with stored_room(tmp_path) as room:
            assert list(room.conditions) == [], f"run {run}, seed {SEED}"
            nb = await room.shown(lambda document: document.to_notebook())
            typed = nb["cells"][0]["source"]
            await room.exporter.export_now()
            assert list(room.conditions) == []
        for killed, last in enumerate(durable):
            counts = {typed.count(f"<{killed}.{number}>") for number in range(last + 1)}
            assert counts == {1}, f"run {run}, seed {SEED}"
        assert "".join(json.loads(place.read_text())["cells"][0]["source"]) == typed
    async with stored_room(tmp_path) as room:
        await type_into(room, 1, " the last word")
        await room.exporter.export_now()
    assert [name for name in tree(notebooks) if "checkpoint" not in name] == [NAME]
