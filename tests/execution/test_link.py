"""Messages of a kernel arrive whatever is sent to it in the same moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any, cast

import pytest
import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.session import Session

from anode_jlab.runtimes.kernel import KernelMessage
from anode_jlab.runtimes.link import JupyterLink

KEY = b"a key"

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")


class Kernel:
    """The sockets of a kernel, without one."""

    def __init__(self) -> None:
        self.context = zmq.Context()
        self.session = Session(key=KEY)
        self.shell = self.context.socket(zmq.ROUTER)
        self.ports = {}
        for name in CHANNELS:
            socket = self.shell if name == "shell" else self.context.socket(zmq.ROUTER)
            self.ports[f"{name}_port"] = socket.bind_to_random_port("tcp://127.0.0.1")

    def client(self) -> AsyncKernelClient:
        client = AsyncKernelClient()
        info: dict[str, Any] = {"ip": "127.0.0.1", "transport": "tcp", "key": KEY, **self.ports}
        client.load_connection_info(cast("Any", {**info, "signature_scheme": "hmac-sha256"}))
        return client

    async def asked(self) -> list[bytes]:
        """Whom to answer: the identity of whoever sent the next request."""
        while not self.shell.poll(0):
            await asyncio.sleep(0.001)
        identities, _ = self.session.feed_identities(self.shell.recv_multipart())
        return list(identities)

    def answer(self, identities: list[bytes], kind: str) -> None:
        self.session.send(self.shell, kind, {}, ident=identities)


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    kernel = Kernel()
    yield kernel
    kernel.context.destroy(linger=0)


async def test_an_answer_that_comes_while_something_is_sent(kernel: Kernel) -> None:
    arrived: list[KernelMessage] = []
    link = JupyterLink(kernel.client(), arrived.append)
    link.open()
    try:
        link.send("first_request", {})
        identities = await kernel.asked()
        await asyncio.sleep(0.05)  # all channels wait for messages now
        kernel.answer(identities, "first_reply")
        time.sleep(0.2)  # noqa: ASYNC251 - it arrives, and the loop has not looked yet
        link.send("second_request", {})
        async with asyncio.timeout(60):
            while not arrived:
                await asyncio.sleep(0.01)
        assert [message.kind for message in arrived] == ["first_reply"]
    finally:
        await link.close()
