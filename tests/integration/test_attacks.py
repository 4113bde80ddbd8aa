"""Show: what is sent to stop a room stops its sender; the server and the others go on.

Each attack comes from a person who may write. Afterwards it is the same process, somebody else's
typing is acknowledged, and the notebook's file is written.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pycrdt import Array, Map
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from tests.frames import AWARENESS, PING, STEP1, STEP2, UPDATE, sync_frame, varuint
from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

HUGE = varuint(2**31 - 1)
"""A count that no frame can hold; the native decoder would allocate for it."""

MEMORY_BYTES = 64 << 20
"""What the attacks on the decoder may add to the server's peak; a peer's server takes 512 MB."""

SEED = int(os.environ.get("ANODE_SEED", "20261126"))


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def server(
    anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ServerProcess]:
    config = "c.AnodeConfig.room_idle_seconds = 0.5\n"
    async with ServerProcess(tmp_path_factory.mktemp("server"), config=config) as process:
        yield process


@pytest.fixture
async def attacked(server: ServerProcess, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A notebook with somebody in it, who must not notice anything."""
    assert server.process is not None
    pid, name = server.process.pid, f"{abs(hash(request.node.nodeid))}.ipynb"
    file = server.write_notebook(name, "x = 1", "y = 2")
    notebook = await server.open(name)
    async with NativeClient(server.address, notebook) as witness:
        text = witness.text("cell-1")
        text.insert(0, "#")
        await witness.acked()
        yield notebook
        text.insert(len(text), "!")
        await witness.acked()
        after = str(text)
        assert after.endswith("!")
    await server.address.post(f"notebooks/{notebook}/export", {})
    saved = json.loads(file.read_text())
    assert after in {"".join(cell["source"]) for cell in saved["cells"]}
    assert (server.process.pid, server.process.returncode) == (pid, None)


@asynccontextmanager
async def attacker(server: ServerProcess, notebook: str) -> AsyncIterator[NativeClient]:
    client = NativeClient(server.address, notebook)
    await client.connect()
    yield client
    await client.close()


async def thrown_out(server: ServerProcess, notebook: str, frame: bytes) -> int | None:
    """Send one frame on a connection of its own; the code it was closed with."""
    async with attacker(server, notebook) as client:
        client.send_raw(frame)
        return (await client.closed()).code


# --- frames ---------------------------------------------------------------------------------------


async def test_empty_and_one_byte_frames(server: ServerProcess, attacked: str) -> None:
    harmless = {PING}
    for frame in (b"", *(bytes((byte,)) for byte in range(256) if byte not in harmless)):
        assert await thrown_out(server, attacked, frame) == 4400, frame


@pytest.mark.parametrize("step", [STEP1, STEP2, UPDATE])
@pytest.mark.parametrize("seed", [SEED])
async def test_garbage(server: ServerProcess, attacked: str, step: int, seed: int) -> None:
    chance = random.Random(f"{seed}/{step}")
    for length in (1, 2, 7, 40, 400, 40_000):
        frame = sync_frame(step, b"\xfe" + chance.randbytes(length))
        assert await thrown_out(server, attacked, frame) == 4400, frame[:50].hex()


HOSTILE_COUNTS = {
    "clients": HUGE,
    "blocks": b"\x01" + HUGE + b"\x01\x00",
    "a text": b"\x01\x01\x01\x00\x04\x01\x05cells" + HUGE,
    "values": b"\x01\x01\x01\x00\x08\x01\x05cells" + HUGE,
    "an array in a value": b"\x01\x01\x01\x00\x08\x01\x05cells\x01\x75" + HUGE,
    "an object in a value": b"\x01\x01\x01\x00\x08\x01\x05cells\x01\x76" + HUGE,
    "binary": b"\x01\x01\x01\x00\x03\x01\x05cells" + HUGE,
    "deletions": b"\x00" + HUGE,
    "deletions of one": b"\x00\x01\x01" + HUGE,
}


async def test_declared_counts_cost_nothing(server: ServerProcess, attacked: str) -> None:
    before = peak_memory(server)
    for tail in HOSTILE_COUNTS.values():
        for padding in (b"", bytes(400)):
            for step in (STEP1, STEP2, UPDATE):
                frame = sync_frame(step, tail + padding)
                assert await thrown_out(server, attacked, frame) == 4400, frame[:50].hex()
    for count in (HUGE, b"\x01\x01\x01" + HUGE):
        payload = count + bytes(100)
        frame = bytes((AWARENESS,)) + varuint(len(payload)) + payload
        assert await thrown_out(server, attacked, frame) == 4400
    assert peak_memory(server) - before < MEMORY_BYTES


async def test_many_small_pieces_side_by_side(server: ServerProcess, attacked: str) -> None:
    """Native code would join them one by one and keep a copy each time."""
    before = peak_memory(server)
    rest = b"".join(b"\x88\x4d" + varuint(at) + b"\x01\x7e" for at in range(3000))
    pieces = b"\x01" + varuint(3001) + b"\x4d\x00\x08\x01\x05cells\x01\x7e" + rest + b"\x00"
    for step in (STEP2, UPDATE):
        assert await thrown_out(server, attacked, sync_frame(step, pieces)) == 4413
    assert peak_memory(server) - before < MEMORY_BYTES


async def test_a_frame_of_100_mb_is_not_read(server: ServerProcess, attacked: str) -> None:
    """Its header says its length: the connection ends before its content was taken."""
    before = peak_memory(server)
    for _ in range(3):
        async with attacker(server, attacked) as client:
            client.send_raw(bytes(100 << 20))
            await client.closed()
    assert peak_memory(server) - before < MEMORY_BYTES


async def test_a_flood_ends_its_sender(server: ServerProcess, attacked: str) -> None:
    async with attacker(server, attacked) as client:
        for _ in range(500):  # each asks for the whole document
            client.send_raw(sync_frame(STEP1, b"\x00"))
        assert (await client.closed()).code == 4429


# --- connections ----------------------------------------------------------------------------------


async def test_a_peer_that_never_answers_step1_holds_nobody_up(
    server: ServerProcess, attacked: str
) -> None:
    url = server.address.socket_url(f"anode/api/notebooks/{attacked}/room")
    silent = [
        await websocket_connect(HTTPRequest(url, headers=server.address.headers)) for _ in range(5)
    ]
    async with NativeClient(server.address, attacked) as newcomer:
        newcomer.append("cell-0", "0")
        await newcomer.acked()
        assert newcomer.source("cell-0") == "x = 10"
    for connection in silent:
        connection.close()


async def test_connections_leave_no_descriptors(server: ServerProcess, attacked: str) -> None:
    async def come_and_go() -> None:
        for number in range(20):
            async with attacker(server, attacked) as client:
                if number % 2:
                    client.send_raw(b"\x7f")
                    await client.closed()

    await come_and_go()
    await no_more_descriptors(server, descriptors(server), come_and_go)


async def test_notebooks_leave_no_descriptors(server: ServerProcess, attacked: str) -> None:
    """Twenty rooms, opened and closed three times."""
    names = [f"leak-{number}.ipynb" for number in range(20)]
    for name in names:
        server.write_notebook(name, "x = 1")

    async def visit_all() -> None:
        for name in names:
            async with attacker(server, await server.open(name)) as client:
                client.append(0, "0")
                await client.acked()
        async with asyncio.timeout(60):
            while (await server.address.get("health"))["notebooks_open"] > 1:
                await asyncio.sleep(0.1)

    await visit_all()
    before = descriptors(server)
    for _ in range(2):
        await no_more_descriptors(server, before, visit_all)


# --- content --------------------------------------------------------------------------------------


def without_fields(client: NativeClient) -> None:
    client._cells.append(Map({}))


def not_a_map(client: NativeClient) -> None:
    client._cells.insert(0, "a string")
    client._cells.append(Array([1, 2]))
    client._cells.append(None)


def wrong_types(client: NativeClient) -> None:
    cell = {"id": 7, "cell_type": ["code"], "source": {"a": 1}, "metadata": "none", "outputs": 1}
    client._cells.append(Map(cell))


def wrong_metadata(client: NativeClient) -> None:
    client._meta["metadata"] = "text"
    client._meta["nbformat"] = "four"
    client._meta["nbformat_minor"] = Array([])


def the_same_id(client: NativeClient) -> None:
    client.add_cell(0, "cell-0", "another")
    client.add_cell(0, "cell-1", "y = 2 but not quite")


@pytest.mark.parametrize(
    "deface", [without_fields, not_a_map, wrong_types, wrong_metadata, the_same_id]
)
async def test_content_that_is_no_notebook_is_saved_around(
    server: ServerProcess, attacked: str, deface: Callable[[NativeClient], None]
) -> None:
    async with attacker(server, attacked) as client:
        deface(client)
        await client.acked()
    document = await server.address.get(f"notebooks/{attacked}/document")
    assert document["nbformat"] == 4
    assert {"x = 1", "#y = 2"} <= {str(cell["source"]) for cell in document["cells"]}


# --- the server's process -------------------------------------------------------------------------


def peak_memory(server: ServerProcess) -> int:
    """Bytes that the process has ever had resident."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def descriptors(server: ServerProcess) -> int:
    assert server.process is not None
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


async def no_more_descriptors(
    server: ServerProcess, before: int, work: Callable[[], Awaitable[None]]
) -> None:
    """After ``work`` there are soon as many as ``before``."""
    await work()
    async with asyncio.timeout(60):
        while descriptors(server) > before:
            await asyncio.sleep(0.1)
