"""The fault proxy itself, between a small echoing server and a client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.integration.fault_proxy import HOST, FaultProxy, Way, obey

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


@pytest.fixture
async def proxy(anyio_backend: str) -> AsyncIterator[FaultProxy]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(echo, HOST, 0)
    async with FaultProxy(server.sockets[0].getsockname()[1]) as proxy:
        yield proxy
    server.close()


async def connect(proxy: FaultProxy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(HOST, proxy.port)


async def test_it_forwards_until_told_otherwise(proxy: FaultProxy) -> None:
    reader, writer = await connect(proxy)
    writer.write(b"x" * 300_000)
    assert await reader.readexactly(300_000) == b"x" * 300_000
    writer.write_eof()
    assert await reader.read() == b""
    assert proxy.carried == {Way.UP: 300_000, Way.DOWN: 300_000}
    writer.close()


@pytest.mark.parametrize("way", Way)
async def test_what_is_held_comes_later_and_in_order(proxy: FaultProxy, way: Way) -> None:
    reader, writer = await connect(proxy)
    writer.write(b"a")
    assert await reader.readexactly(1) == b"a"
    proxy.hold(way)
    writer.write(b"b")
    writer.write(b"c")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.1)
    proxy.flow()
    assert await reader.readexactly(2) == b"bc"
    writer.close()


async def test_a_held_line_does_not_tell_that_the_client_went(proxy: FaultProxy) -> None:
    _, writer = await connect(proxy)
    writer.write(b"a")
    proxy.hold()
    writer.close()
    await writer.wait_closed()
    carried = proxy.carried[Way.UP]
    proxy.flow()
    async with asyncio.timeout(60):
        while proxy._writers:
            await asyncio.sleep(0.01)
    assert carried <= proxy.carried[Way.UP]


async def test_a_reset_ends_both_sides(proxy: FaultProxy) -> None:
    reader, writer = await connect(proxy)
    writer.write(b"a")
    await reader.readexactly(1)
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        await reader.read(1)
    again, other = await connect(proxy)
    other.write(b"b")
    assert await again.readexactly(1) == b"b"
    writer.close()
    other.close()


async def test_a_cut_line_refuses_until_it_is_mended(proxy: FaultProxy) -> None:
    await obey(proxy, "cut\n")
    with pytest.raises(ConnectionRefusedError):
        await connect(proxy)
    await obey(proxy, "mend\n")
    reader, writer = await connect(proxy)
    writer.write(b"a")
    assert await reader.readexactly(1) == b"a"
    writer.close()


async def test_latency_and_throttle_deliver_everything(proxy: FaultProxy) -> None:
    await obey(proxy, "latency 0.05\n")
    await obey(proxy, "throttle 200000\n")
    reader, writer = await connect(proxy)
    writer.write(bytes(50_000))
    assert await reader.readexactly(50_000) == bytes(50_000)
    writer.close()


async def test_other_commands_are_refused(proxy: FaultProxy) -> None:
    for command in ("hold sideways", "explode", ""):
        with pytest.raises(ValueError, match=r"fault|Way"):
            await obey(proxy, command)
