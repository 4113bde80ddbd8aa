"""A line that goes wrong on command: a TCP proxy that delays, throttles, holds back and resets.

For tests in Python it is an async context manager. Others start it as a process: it prints its
port, then obeys one command a line (``hold up down``, ``flow``, ``reset``, ``cut``, ``mend``,
``latency SECONDS``, ``throttle BYTES_PER_SECOND``) until its input ends.

    python -m tests.integration.fault_proxy TARGET_PORT
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import AsyncIterator
from enum import Enum
from typing import Self

HOST = "127.0.0.1"

CHUNK_BYTES = 16 * 1024

CHUNKS_UNDER_WAY = 8
"""What a line carries at most; more waits at the sender, as with any full pipe."""

THROTTLE_STEPS_PER_SECOND = 20.0

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, zero seconds: closing sends RST instead of FIN."""


class Way(Enum):
    """A direction of the line, seen from the client."""

    UP = "up"
    DOWN = "down"


class FaultProxy:
    """Forwards connections to ``target`` until told otherwise; faults hold for all connections.

    ``carried`` counts the bytes that were delivered, by direction.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.latency_seconds = 0.0
        self.bytes_per_second = 0.0
        """0: as fast as it goes."""
        self.carried = dict.fromkeys(Way, 0)
        self._flowing = {way: asyncio.Event() for way in Way}
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.flow()

    async def __aenter__(self) -> Self:
        await self.mend()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cut()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    # --- faults ----------------------------------------------------------------------------------

    def hold(self, *ways: Way) -> None:
        """Nothing passes, not even the end of a connection; both ways: a black hole. What is held
        is not lost, as TCP sends it again."""
        for way in ways or tuple(Way):
            self._flowing[way].clear()

    def flow(self) -> None:
        """What was held passes, and all that follows."""
        for gate in self._flowing.values():
            gate.set()

    def reset(self) -> None:
        """End all connections at once, on both sides; what is under way is lost."""
        for writer in self._writers:
            raw = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()

    async def cut(self) -> None:
        """Reset everything and refuse what comes."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.reset()

    async def mend(self) -> None:
        """Take connections (again), on the same port as before."""
        self._server = await asyncio.start_server(self._take, HOST, self.port, limit=CHUNK_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]

    # --- the line --------------------------------------------------------------------------------

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._join(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._kept(writer):
            await self._flowing[Way.UP].wait()
            try:
                onward = await asyncio.open_connection(HOST, self.target, limit=CHUNK_BYTES)
            except OSError:
                return
            async with self._kept(onward[1]):
                await asyncio.gather(
                    self._pump(Way.UP, reader, onward[1]),
                    self._pump(Way.DOWN, onward[0], writer),
                )

    @contextlib.asynccontextmanager
    async def _kept(self, writer: asyncio.StreamWriter) -> AsyncIterator[None]:
        self._writers.add(writer)
        try:
            yield
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _pump(
        self, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(CHUNKS_UNDER_WAY)
        await asyncio.gather(
            self._read(reader, under_way), self._deliver(way, under_way, reader, writer)
        )

    async def _read(
        self, reader: asyncio.StreamReader, under_way: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        loop = asyncio.get_running_loop()
        data = b"begin"
        while data:
            try:
                data = await reader.read(self._step())
            except OSError:
                data = b""
            await under_way.put((loop.time() + self.latency_seconds, data))

    async def _deliver(
        self,
        way: Way,
        under_way: asyncio.Queue[tuple[float, bytes]],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due, data = await under_way.get()
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            await self._flowing[way].wait()
            try:
                if not data:
                    writer.write_eof()
                    return
                writer.write(data)
                await writer.drain()
            except (OSError, RuntimeError):  # its reader is gone; what comes is of no use
                if not data:
                    return
                continue
            self.carried[way] += len(data)
            if self.bytes_per_second:
                await asyncio.sleep(len(data) / self.bytes_per_second)

    def _step(self) -> int:
        if not self.bytes_per_second:
            return CHUNK_BYTES
        return max(1, round(self.bytes_per_second / THROTTLE_STEPS_PER_SECOND))


async def obey(proxy: FaultProxy, command: str) -> None:
    """One line of a controlling process."""
    match command.split():
        case ["hold", *ways]:
            proxy.hold(*map(Way, ways))
        case ["flow"]:
            proxy.flow()
        case ["reset"]:
            proxy.reset()
        case ["cut"]:
            await proxy.cut()
        case ["mend"]:
            await proxy.mend()
        case ["latency", seconds]:
            proxy.latency_seconds = float(seconds)
        case ["throttle", rate]:
            proxy.bytes_per_second = float(rate)
        case _:
            raise ValueError(f"not a fault: {command!r}")


async def main(target: int) -> None:
    """Serve until standard input ends."""
    async with FaultProxy(target) as proxy:
        print(proxy.port, flush=True)
        while command := await asyncio.to_thread(sys.stdin.readline):
            await obey(proxy, command)
            print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
