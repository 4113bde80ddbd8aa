"""Show: lines that break, swallow, stall and crawl cost nobody an edit, and the others nothing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.integration.fault_proxy import FaultProxy, Way
from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

GHOSTS_SECONDS = 90.0
"""The promise is 35 s, on a machine that does nothing else; without an end of silent connections
they would stay. A machine that has more to do than processors gets more in proportion."""

QUEUE_BYTES = 256 * 1024

MORE_THAN_BUFFERS = 110
"""So many texts of QUEUE_BYTES fill the kernel's buffers twice."""

SMALL_QUEUE = f"c.AnodeConfig.send_queue_bytes = {QUEUE_BYTES}\n"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def server(
    anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ServerProcess]:
    """One for all: it has to outlive every line."""
    async with ServerProcess(tmp_path_factory.mktemp("server"), config=SMALL_QUEUE) as process:
        pid = process.process and process.process.pid
        yield process
        assert process.process is not None
        assert (process.process.pid, process.process.returncode) == (pid, None)


@pytest.fixture
async def notebook(server: ServerProcess, request: pytest.FixtureRequest) -> str:
    """Two empty cells."""
    name = f"{abs(hash(request.node.name))}.ipynb"
    server.write_notebook(name, "", "")
    return await server.open(name)


def patience(seconds: float) -> float:
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@asynccontextmanager
async def bad_line(server: ServerProcess) -> AsyncIterator[tuple[FaultProxy, ServerAddress]]:
    """A proxy before the server, and the server's address behind it."""
    async with FaultProxy(server.port) as proxy:
        url = f"http://127.0.0.1:{proxy.port}/"
        yield proxy, ServerAddress(url=url, token=server.token)


async def test_a_line_that_is_cut_and_mended(server: ServerProcess, notebook: str) -> None:
    async with (
        bad_line(server) as (proxy, address),
        NativeClient(server.address, notebook) as other,
    ):
        client = NativeClient(address, notebook)
        await client.connect()
        for number in range(3):
            client.append(0, f"<{number}>")  # may be under way, or not
            await proxy.cut()
            await client.closed()
            client.append(0, f"({number})")
            other.append(1, "!")
            await other.acked()
            await proxy.mend()
            await client.reconnect()
        await other.until(lambda: other.source(0) == "<0>(0)<1>(1)<2>(2)")
        assert client.sources == other.sources == ["<0>(0)<1>(1)<2>(2)", "!!!"]
        await client.close()


async def test_a_black_hole_keeps_nobody_waiting_and_loses_nothing(
    server: ServerProcess, notebook: str
) -> None:
    async with (
        bad_line(server) as (proxy, address),
        NativeClient(server.address, notebook) as other,
        NativeClient(address, notebook) as client,
    ):
        proxy.hold()
        client.append(0, "into the hole")
        other.append(1, "beside it")
        await other.acked()
        assert client.frames_acked < client.frames_sent, "nothing is promised"
        assert other.source(0) == ""
        proxy.flow()
        await client.acked()
        await client.until(lambda: client.source(1) == "beside it")
        await other.until(lambda: other.source(0) == "into the hole")


@pytest.mark.parametrize("way", [Way.UP, Way.DOWN])
async def test_a_line_of_one_direction_is_healed_by_a_new_one(
    server: ServerProcess, notebook: str, way: Way
) -> None:
    """What was sent before the client gave the line up comes with the next one, once."""
    async with (
        bad_line(server) as (proxy, address),
        NativeClient(server.address, notebook) as other,
    ):
        client = NativeClient(address, notebook)
        await client.connect()
        proxy.hold(way)
        for number in range(20):
            client.append(0, f"<{number}>")
        client.address = server.address
        await client.reconnect()
        proxy.flow()  # the old line's frames arrive after the new line's
        expected = "".join(f"<{number}>" for number in range(20))
        await other.until(lambda: other.source(0) == expected)
        other.append(0, "!")
        await other.acked()
        await client.until(lambda: client.source(0) == expected + "!")
        await client.close()


async def test_ghosts_are_gone(server: ServerProcess, notebook: str) -> None:
    """Half-open lines: those who went without a word are no longer shown as present."""
    async with (
        bad_line(server) as (proxy, address),
        NativeClient(server.address, notebook, patience=patience(GHOSTS_SECONDS)) as other,
    ):
        ghosts = [NativeClient(address, notebook) for _ in range(3)]
        for number, ghost in enumerate(ghosts):
            await ghost.connect()
            ghost.set_awareness({"cursor": number})
        ids = {ghost.doc.client_id for ghost in ghosts}
        await other.until(lambda: ids <= set(other.awareness))
        proxy.hold()
        await ghosts[0].drop()  # one closes its socket, the others just fall silent
        await other.until(lambda: not ids & set(other.awareness))
        peers = (await server.address.get(f"notebooks/{notebook}"))["peers"]
        assert [peer["client"] for peer in peers] == [other.hello["client"]]
        proxy.reset()
        for ghost in ghosts[1:]:
            await ghost.close()


async def test_a_reader_that_stalls_gets_one_fresh_difference(
    server: ServerProcess, notebook: str
) -> None:
    async with (
        bad_line(server) as (proxy, address),
        NativeClient(server.address, notebook) as writer,
        NativeClient(address, notebook) as slow,
    ):
        carried = proxy.carried[Way.DOWN]
        proxy.hold(Way.DOWN)
        written = 0
        for number in range(MORE_THAN_BUFFERS):
            text = f"{number}" + "x" * QUEUE_BYTES
            with writer.doc.transaction():
                writer.text(0).clear()
                writer.text(0).insert(0, text)
            await writer.acked()
            written += len(text)
        proxy.flow()
        last = str(MORE_THAN_BUFFERS - 1) + "x"
        await slow.until(lambda: slow.source(0).startswith(last))
        slow.append(1, "here again")
        await slow.acked()
        assert proxy.carried[Way.DOWN] - carried < written / 2, "the rest was left out"
        await writer.until(lambda: writer.sources == slow.sources)


async def test_a_slow_line_carries_everything(server: ServerProcess, notebook: str) -> None:
    async with bad_line(server) as (proxy, address):
        proxy.latency_seconds = 0.15
        proxy.bytes_per_second = 20_000
        async with (
            NativeClient(server.address, notebook) as near,
            NativeClient(address, notebook) as far,
        ):
            for number in range(50):
                near.append(0, f"<{number}>")
                far.append(1, f"<{number}>")
            await asyncio.gather(near.acked(), far.acked())
            await far.until(lambda: far.sources == near.sources)
            await near.until(lambda: far.sources == near.sources)
            assert near.sources == ["".join(f"<{number}>" for number in range(50))] * 2
