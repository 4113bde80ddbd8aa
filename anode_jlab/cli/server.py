"""The server that a command uses: one that runs already, or one for as long as the command does."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from jupyter_core.paths import jupyter_runtime_dir
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from anode_jlab.errors import NotAnswered

START_SECONDS = 60.0
"""How long a server may take to start; busy machines need it."""

LOOK_SECONDS = 0.1
"""How often it is looked whether it has."""

UNUSED_SECONDS = 600
"""After this time a server whose command was killed ends its idle kernels, and then itself."""

REQUEST_SECONDS = 120.0
"""How long an answer may take: opening a notebook, or starting a kernel."""


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """Where a server answers; ``root`` is the folder below which its notebooks are."""

    url: str
    token: str
    root: Path

    def path_of(self, file: Path) -> str:
        """A file below ``root`` as this server calls it."""
        return file.relative_to(self.root).as_posix()

    async def ask(self, method: str, route: str, body: Any = None) -> Any:
        """One of our routes, and its answer. Raises NotAnswered with what the server says."""
        request = HTTPRequest(
            f"{self.url}anode/api/{route}",
            method=method,
            headers={
                "Authorization": f"token {self.token}",
                "Content-Type": "application/json",
            },
            body=None if body is None else json.dumps(body),
            allow_nonstandard_methods=True,
            request_timeout=REQUEST_SECONDS,
        )
        try:
            answer = await AsyncHTTPClient().fetch(request, raise_error=False)
        except OSError as error:
            raise NotAnswered(f"{self.url} does not answer: {error}") from error
        content = _content(answer.body)
        if answer.code >= 400:
            told = content.get("message") if isinstance(content, dict) else None
            raise NotAnswered(f"{route}: {told or answer.reason}")
        return content


async def running(file: Path) -> Server | None:
    """The running server of this user that has the file, and has us; the innermost folder wins."""
    for server in _servers(file):
        with suppress(NotAnswered):
            await server.ask("GET", "health")
            return server
    return None


def _servers(file: Path) -> list[Server]:
    """Those that say that they run, and in whose folders the file is."""
    found = [
        Server(url=info["url"], token=info.get("token", ""), root=Path(info["root_dir"]).resolve())
        for place in Path(jupyter_runtime_dir()).glob("jpserver-*.json")
        if (info := _read(place)) is not None
    ]
    found = [server for server in found if file.is_relative_to(server.root)]
    return sorted(found, key=lambda server: len(server.root.parts), reverse=True)


@asynccontextmanager
async def started(root: Path, *arguments: str) -> AsyncIterator[Server]:
    """A server for notebooks below ``root``, which ends with the block, and its kernels with it."""
    token = secrets.token_hex(24)
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "jupyter_server", "--no-browser", "--port=0", "--ip=127.0.0.1",
            f"--ServerApp.root_dir={root}", "--allow-root",
            "--ServerApp.jpserver_extensions={'anode_jlab': True}",
            f"--ServerApp.shutdown_no_activity_timeout={UNUSED_SECONDS}",
            f"--MappingKernelManager.cull_idle_timeout={UNUSED_SECONDS}",
            *arguments,
            env=os.environ | {"JUPYTER_TOKEN": token},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )  # fmt: skip
        try:
            try:
                server = await _answering(process, token, root)
            except NotAnswered as error:
                log.seek(0)
                print(log.read().decode(errors="replace"), file=sys.stderr)
                raise error from None
            yield server
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.wait()


async def _answering(process: asyncio.subprocess.Process, token: str, root: Path) -> Server:
    place = Path(jupyter_runtime_dir()) / f"jpserver-{process.pid}.json"
    try:
        async with asyncio.timeout(START_SECONDS):
            while process.returncode is None:
                if (info := _read(place)) is not None:
                    server = Server(url=info["url"], token=token, root=root)
                    with suppress(NotAnswered):
                        await server.ask("GET", "health")
                        return server
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise NotAnswered(f"The server did not start within {START_SECONDS:g} s.") from None
    raise NotAnswered("The server ended at once.")


def _read(place: Path) -> dict[str, Any] | None:
    """What a server tells of itself while it runs; None for one that does not."""
    try:
        info: dict[str, Any] = json.loads(place.read_text())
        os.kill(info["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return info


def _content(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
