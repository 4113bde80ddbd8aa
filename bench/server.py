"""A server under measurement: a process of its own, and what the kernel knows about it."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Self

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")

START_SECONDS = 90.0
"""A loaded machine may take this long to import a server."""

STOP_SECONDS = 15.0
"""Then it is killed; some servers wait long for their clients."""

POLL_SECONDS = 0.005

PORTS = range(20_000, 30_000)
"""Below those that the system gives to connections; those of tests end where these begin."""

_tried = count(os.getpid())


class Server:
    """Runs while its context lasts; its folder goes with it."""

    def __init__(
        self, command: Sequence[str], *, place: Path, port: int, environment: Mapping[str, str]
    ) -> None:
        self.place = place
        self.root = place / "root"
        self.port = port
        self.started_in = 0.0
        """Seconds from the start of the process until it answered."""
        self._command = command
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self.root.mkdir(parents=True, exist_ok=True)
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        shutil.rmtree(self.place, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def log(self) -> str:
        """The end of what it printed."""
        return (self.place / "log").read_text(errors="replace")[-3000:]

    async def start(self) -> None:
        """Return once it answers a request."""
        with (self.place / "log").open("ab") as log:
            begun = monotonic()
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=self.root,
                env=os.environ | self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        while not await self._answers():
            if self._process.returncode is not None or monotonic() - begun > START_SECONDS:
                raise RuntimeError(f"{self._command} did not start:\n{self.log}")
            await asyncio.sleep(POLL_SECONDS)
        self.started_in = monotonic() - begun

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        try:
            writer.write(b"GET /api HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            # Where nobody listens yet, a connection may come to meet itself and its own request.
            return (await reader.readline()).startswith(b"HTTP/")
        except OSError:
            return False
        finally:
            writer.close()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def cpu_seconds(self) -> float:
        """Processor time of all its threads so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    @property
    def memory(self) -> int:
        """Resident bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    @property
    def descriptors(self) -> int:
        """Open files and sockets."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))


def free_port(ports: Sequence[int] = PORTS) -> int:
    """One of these that nobody listens on; some seconds pass until a server takes it."""
    while True:
        port = ports[next(_tried) % len(ports)]
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
