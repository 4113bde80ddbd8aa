"""Show: a server that is asked to end ends in time, whatever its clients do."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.execution.notebook import Notebook
from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

EXIT_SECONDS = 15.0
"""The promise is 5 s, on a machine that does nothing else; who waits for a client waits for ever. A
machine that has more to do than processors gets more in proportion."""


def allowed_seconds() -> float:
    return EXIT_SECONDS * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


async def frozen_connection(server: ServerProcess, notebook: str) -> WebSocketClientConnection:
    """A client that connects, then never reads again."""
    url = server.address.socket_url(f"anode/api/notebooks/{notebook}/room")
    connection = await websocket_connect(HTTPRequest(url, headers=server.address.headers))
    await connection.write_message(b"\x00\x00\x01\x00", binary=True)
    assert isinstance(await connection.read_message(), bytes)
    connection.protocol.stream.socket.setblocking(False)  # type: ignore[union-attr]
    connection.protocol.stream.io_loop.remove_handler(connection.protocol.stream.socket)  # type: ignore[union-attr]
    return connection


async def test_sigterm_with_a_frozen_client(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path)
    file = server.write_notebook("day.ipynb", "")
    async with server:
        notebook = await server.open("day.ipynb")
        frozen = await frozen_connection(server, notebook)
        client = NativeClient(server.address, notebook)
        await client.connect()
        # More than the kernel's buffers and the send queue hold: the server has to wait for it.
        for number in range(24):
            client.append(0, f"# {number}" + "x" * 500_000 + "\n")
            await client.acked()
        client.append(0, "the last words")
        await client.acked()

        limit = allowed_seconds()
        begin = time.monotonic()
        status = await server.terminate()
        took = time.monotonic() - begin

        assert status == 0, "".join(server.log[-30:])
        assert took <= limit, f"{took:.1f} s"
        assert (await client.closed()).code == 1012
        await client.close()
        frozen.close()
    saved = json.loads(file.read_text())
    assert "".join(saved["cells"][0]["source"]).endswith("the last words")


INTERRUPTED = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever the tests' own process does
"""


@pytest.mark.parametrize("how", ["terminate", "interrupt"])
async def test_what_was_typed_a_moment_before_is_written_and_kernels_end(
    tmp_path: Path, how: str
) -> None:
    server = ServerProcess(tmp_path, config=INTERRUPTED)
    file = server.write_notebook("day.ipynb", "import os\nos.getpid()")
    async with server:
        notebook = await Notebook.opened(server.address, "day.ipynb")
        await notebook.run("cell-0")
        (output,) = await notebook.outputs("cell-0")
        kernel = int(output["data"]["text/plain"])
        client = NativeClient(server.address, notebook.id)
        await client.connect()
        client.append(0, "\ny = 2")
        await client.acked()
        assert await getattr(server, how)() == 0
        await client.close()
        with pytest.raises(ProcessLookupError):
            os.kill(kernel, 0)
    source = json.loads(file.read_text())["cells"][0]["source"]
    assert "".join(source) == "import os\nos.getpid()\ny = 2"
    assert not [line for line in server.log if "Traceback" in line], "".join(server.log)


async def test_a_stopped_server_leaves_no_process_and_starts_again(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path)
    server.write_notebook("day.ipynb", "x = 1")
    async with server:
        notebook = await server.open("day.ipynb")
        assert await server.terminate() == 0
        await server.start()
        assert await server.open("day.ipynb") == notebook
        async with asyncio.timeout(60), NativeClient(server.address, notebook) as client:
            assert client.source(0) == "x = 1"
