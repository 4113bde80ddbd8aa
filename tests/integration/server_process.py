"""A real Jupyter server in its own process and folders, which a test may also kill."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import bench.server
from tests.server_address import ServerAddress

REPOSITORY = Path(__file__).resolve().parents[2]

PYTHON_PATH = f"{REPOSITORY / 'tests' / 'quick_start'}{os.pathsep}{REPOSITORY}"
"""Where server processes find this package, and what makes them start in less than half the time.
"""

START_SECONDS = 180.0
"""A busy machine may take long to import a server."""


LOG_SECONDS = 0.5
"""How long the log of a server that ended is waited for."""


class ServerProcess:
    """``start`` and ``kill`` as often as wanted: port, folders and token stay the same.

    ``config`` is Python for ``jupyter_server_config.py``; ``application`` is the module to run,
    ``python`` the interpreter.
    """

    def __init__(
        self,
        place: Path,
        *,
        config: str = "",
        application: str = "jupyter_server",
        arguments: Sequence[str] = (),
        environment: dict[str, str] | None = None,
        python: str = sys.executable,
    ) -> None:
        self.place = place
        self.root = place / "root"
        self.store = place / "store"
        self.root.mkdir(parents=True)
        (place / "config").mkdir()
        (place / "config" / "jupyter_server_config.py").write_text(CONFIG + config)
        self.token = "token-of-the-test"
        self.port = free_port()
        self.log: list[str] = []
        self.process: asyncio.subprocess.Process | None = None
        self._application = application
        self._arguments = arguments
        self._environment = environment or {}
        self._python = python
        self._reader: asyncio.Task[None] | None = None
        self._serving = asyncio.Event()

    @property
    def address(self) -> ServerAddress:
        return ServerAddress(url=f"http://127.0.0.1:{self.port}/", token=self.token)

    def address_of(self, token: str) -> ServerAddress:
        """The same server as somebody with another token sees it."""
        return ServerAddress(url=self.address.url, token=token)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()
        self.kill_kernels()
        # pytest shows it when the test failed.
        sys.stdout.writelines(self.log)

    async def start(self) -> None:
        """Return once the server answers."""
        self._serving.clear()
        # A pipe of our own: asyncio's is waited for with the process, but kernels may hold it.
        reading, writing = os.pipe()
        self.process = await asyncio.create_subprocess_exec(
            self._python,
            "-m",
            self._application,
            f"--port={self.port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.root}",
            f"--IdentityProvider.token={self.token}",
            "--ServerApp.open_browser=False",
            "--allow-root",
            *self._arguments,
            env=os.environ | self.folders() | self._environment,
            cwd=self.place,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=writing,
        )
        os.close(writing)
        self._reader = asyncio.create_task(self._read_log(reading))
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._serving.wait()
                await self._until_listening(self.process)
        except TimeoutError:
            raise AssertionError("the server did not start:\n" + "".join(self.log)) from None
        if self.process.returncode is not None:
            raise AssertionError("the server ended at once:\n" + "".join(self.log))

    async def _until_listening(self, process: asyncio.subprocess.Process) -> None:
        """A server says that it is running a moment before its loop begins to listen."""
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return

    async def kill(self) -> None:
        """End it as a power cut would end it (kill -9)."""
        await self._end(signal.SIGKILL)

    async def terminate(self) -> int:
        """Ask it to end; its exit status."""
        return await self._end(signal.SIGTERM)

    async def interrupt(self) -> int:
        """Interrupt it, as JupyterHub does; its exit status."""
        return await self._end(signal.SIGINT)

    async def _end(self, number: signal.Signals) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(number)
        status = await process.wait()
        if self._reader is not None:
            # Kernels that outlive the server hold its log open.
            await asyncio.wait([self._reader], timeout=LOG_SECONDS)
            self._reader.cancel()
            await asyncio.wait([self._reader])
        return status

    def kill_kernels(self) -> None:
        """End the kernels that outlived the server."""
        for place in (self.store / "kernels").glob("*.json"):
            # The small process beside the server may be ending them at this moment.
            with suppress(FileNotFoundError, ProcessLookupError):
                pid = json.loads(place.read_bytes())["process"]["pid"]
                os.killpg(pid, signal.SIGKILL)
            place.unlink(missing_ok=True)

    async def _read_log(self, descriptor: int) -> None:
        stream = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(descriptor, "rb")
        )
        try:
            async for line in stream:
                text = line.decode(errors="replace")
                self.log.append(text)
                if "is running at" in text:
                    self._serving.set()
        finally:
            transport.close()
            self._serving.set()

    def folders(self) -> dict[str, str]:
        """The environment in which programs find what belongs to this server."""
        return {
            "JUPYTER_CONFIG_DIR": str(self.place / "config"),
            "JUPYTER_DATA_DIR": str(self.place / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.place / "runtime"),
            "ANODE_STORE_DIR": str(self.store),
            "PYTHONPATH": PYTHON_PATH,
        }

    def write_notebook(self, path: str, *sources: str) -> Path:
        """A notebook of code cells ``cell-0``, ``cell-1`` ..., as another program leaves it."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(notebook(*sources), indent=1) + "\n", encoding="utf-8")
        return file

    def write_text(self, path: str, text: str) -> Path:
        """A text file with exactly these line ends."""
        file = self.root / path
        file.write_bytes(text.encode())
        return file

    async def open(self, path: str) -> str:
        """The id of the notebook at a path."""
        opened = await self.address.post("notebooks", {"path": path})
        return str(opened["id"])


CONFIG = """
c = get_config()  # noqa
c.ServerApp.jpserver_extensions = {"anode_jlab": True}
c.ServerApp.allow_unauthenticated_access = False
c.FileContentsManager.use_atomic_writing = True
"""


def notebook(*sources: str) -> dict[str, Any]:
    """An nbformat 4.5 notebook with these code cells."""
    return {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"cell-{number}",
                "metadata": {},
                "outputs": [],
                "source": source.splitlines(keepends=True),
            }
            for number, source in enumerate(sources)
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 4

PORTS = range(10_000 + 2_500 * _worker, 12_500 + 2_500 * _worker)
"""Below those that the system gives to whoever asks for any; each process that runs tests has its
own."""


def free_port() -> int:
    """A port that nobody listens on; some seconds pass until a server takes it."""
    return bench.server.free_port(PORTS)
