"""Cells by ``jupyter_client`` and nothing else: the floor under every run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

from bench.cells import PATIENCE_SECONDS, Cells


class Loop:
    """A kernel and one client of it, in the process of the bench."""

    def __init__(self, client: AsyncKernelClient, sources: Sequence[str]) -> None:
        self._client = client
        self._sources = sources
        self._texts: dict[int, list[str]] = {}

    @classmethod
    @asynccontextmanager
    async def opened(cls, sources: Sequence[str]) -> AsyncIterator[Cells]:
        manager = AsyncKernelManager(kernel_name="python3")
        await manager.start_kernel()
        client: AsyncKernelClient = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=PATIENCE_SECONDS)
            yield cls(client, sources)
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    async def one_by_one(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            await self._ended(self._client.execute(self._sources[number]), number)

    async def batch(self, numbers: Sequence[int]) -> None:
        asked = [(self._client.execute(self._sources[number]), number) for number in numbers]
        for request, number in asked:
            await self._ended(request, number)

    async def text(self, number: int) -> str:
        return "".join(self._texts.get(number, ()))

    async def _ended(self, request: str, number: int) -> None:
        text = self._texts[number] = []
        while True:
            message = await self._client.get_iopub_msg(timeout=PATIENCE_SECONDS)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "stream":
                text.append(message["content"]["text"])
            if message["content"].get("execution_state") == "idle":
                break
        while True:
            reply = await self._client.get_shell_msg(timeout=PATIENCE_SECONDS)
            if reply["parent_header"].get("msg_id") == request:
                return
