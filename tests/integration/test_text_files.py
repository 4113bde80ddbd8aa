"""Show: a server killed while two people edit text files loses nothing and doubles nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pycrdt import Text

from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

ROUNDS = 2
WORDS = 30


def source(client: NativeClient) -> Text:
    found: Text = client.doc.get("source", type=Text)
    return found


async def type_lines(client: NativeClient, name: str, round_: int) -> None:
    for number in range(WORDS):
        source(client).insert(0, f"{name}{round_}.{number}\n")
        await asyncio.sleep(0.01)


async def test_kill_while_two_people_type(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path)
    place = server.root / "notes.md"
    place.write_bytes(b"# Notes\r\nlast\r\n")
    async with server:
        opened = await server.address.post("files", {"path": "notes.md"})
        ann, ben = (NativeClient(server.address, opened["id"]) for _ in range(2))
        await ann.connect()
        await ben.connect()
        for round_ in range(ROUNDS):
            typing = [
                asyncio.create_task(type_lines(ann, "ann", round_)),
                asyncio.create_task(type_lines(ben, "ben", round_)),
            ]
            await ann.until(lambda round_=round_: f"ben{round_}.9\n" in str(source(ann)))  # type: ignore[misc]
            seen = str(source(ann)).split("\n")
            await server.kill()
            await ann.closed()
            await ben.closed()
            await asyncio.gather(*typing)
            place.write_bytes(place.read_bytes() + f"outside{round_}\r\n".encode())
            await server.start()

            async with NativeClient(server.address, opened["id"]) as stranger:
                kept = str(source(stranger)).split("\n")
                shown = {line for line in seen if line.startswith("ben")}
                assert shown <= set(kept), "what somebody else saw is there"
                await ann.reconnect()
                await ben.reconnect()
                await ann.until(lambda: str(source(ann)) == str(source(ben)))
            lines = str(source(ann)).split("\n")
            for name in ("ann", "ben"):
                for past in range(round_ + 1):
                    for number in range(WORDS):
                        assert lines.count(f"{name}{past}.{number}") == 1
            assert lines.count("last") == 1
        await server.address.post(f"notebooks/{opened['id']}/export", {})
        text = place.read_bytes()
        for round_ in range(ROUNDS):
            assert text.count(f"outside{round_}\r\n".encode()) == 1
        assert text.replace(b"\r\n", b"").count(b"\n") == 0
        await ann.close()
        await ben.close()
