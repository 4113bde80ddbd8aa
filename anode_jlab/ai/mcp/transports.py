"""The ways to other people's MCP servers: a program's standard input and output, or HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from http.client import HTTPMessage
from typing import IO, Any, Protocol

from anode_jlab.errors import NotAnswered

LONGEST_LINE = 16 << 20
"""Bytes of one message."""

LARGEST_ANSWER = 32 << 20

END_SECONDS = 2.0
"""How long a program may take to end whose input was closed."""

INHERITED = (
    "HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER",
    "APPDATA", "LOCALAPPDATA", "SYSTEMROOT", "TEMP", "USERPROFILE",
)  # fmt: skip
"""What a program gets of our environment: no keys, and no token of this server."""

ACCEPTED = "application/json, text/event-stream"


class McpFailed(NotAnswered):
    """An MCP server did not do what it was asked for."""

    code = "mcp_failed"
    hint = "Look at its entry in mcp.json, and start it by hand to see what it says."


class Transport(Protocol):
    """One connection; requests may be under way at the same time."""

    async def ask(self, message: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Send a request and wait for its answer, so long. Raises McpFailed."""
        ...

    async def tell(self, message: Mapping[str, Any]) -> None:
        """Send a notification. Raises McpFailed."""
        ...

    async def close(self) -> None:
        """End it."""
        ...


class Program:
    """A server that is a program; it ends with the connection."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: dict[object, asyncio.Future[dict[str, Any]]] = {}
        self._reader: asyncio.Task[None] | None = None

    async def ask(self, message: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[message["id"]] = answer
        try:
            await self.tell(message)
            async with asyncio.timeout(seconds):
                return await answer
        except TimeoutError as error:
            raise McpFailed(f"{self._command[0]} did not answer within {seconds:g} s.") from error
        finally:
            self._waiting.pop(message["id"], None)

    async def tell(self, message: Mapping[str, Any]) -> None:
        process = await self._running()
        assert process.stdin is not None  # it was opened with one
        try:
            process.stdin.write(json.dumps(message).encode() + b"\n")
            await process.stdin.drain()
        except OSError as error:
            raise McpFailed(f"{self._command[0]} has ended.") from error

    async def close(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            assert process.stdin is not None
            process.stdin.close()
            try:
                async with asyncio.timeout(END_SECONDS):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._reader is not None:
            self._reader.cancel()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None:
            return self._process
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={**_inherited(), **self._environment},
                limit=LONGEST_LINE,
                start_new_session=True,
            )
        except OSError as error:
            raise McpFailed(f"{self._command[0]} cannot be started: {error}") from error
        self._reader = asyncio.get_running_loop().create_task(self._read(self._process))
        return self._process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        try:
            while line := await process.stdout.readline():
                answer = _object(line)
                waiting = self._waiting.get(answer.get("id"))
                if waiting is not None and not waiting.done() and "method" not in answer:
                    waiting.set_result(answer)
        except ValueError:  # a line beyond the limit: nothing after it can be told apart
            process.kill()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(McpFailed(f"{self._command[0]} has ended."))


class Http:
    """A server at a URL. Redirects are not followed: they would take the credentials along."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url = url
        self._headers = dict(headers)
        self._opener = urllib.request.build_opener(_Stay())

    async def ask(self, message: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        return await asyncio.to_thread(self._post, message, seconds)

    async def tell(self, message: Mapping[str, Any]) -> None:
        await asyncio.to_thread(self._post, message, END_SECONDS)

    async def close(self) -> None:
        self._headers.pop("Mcp-Session-Id", None)

    def _post(self, message: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Accept": ACCEPTED, **self._headers}
        request = urllib.request.Request(self._url, json.dumps(message).encode(), headers)
        try:
            with self._opener.open(request, timeout=seconds) as response:
                if session := response.headers.get("Mcp-Session-Id"):
                    self._headers["Mcp-Session-Id"] = session
                if "id" not in message:
                    return {}
                return _answer_in(response, response.headers, message["id"])
        except urllib.error.HTTPError as error:
            raise McpFailed(f"{self._url} answered {error.code} {error.reason}.") from error
        except (OSError, ValueError) as error:
            raise McpFailed(f"{self._url} does not answer: {error}") from error


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        return None


def _answer_in(body: IO[bytes], headers: Mapping[str, str], id: object) -> dict[str, Any]:
    """The answer to the request ``id``: the body, or one event of a stream."""
    if not headers.get("Content-Type", "").startswith("text/event-stream"):
        return _object(body.read(LARGEST_ANSWER))
    data: list[bytes] = []
    while line := body.readline(LONGEST_LINE):
        if line.startswith(b"data:"):
            data.append(line[5:].strip())
        elif not line.strip() and data:
            found, data = _object(b"\n".join(data)), []
            if found.get("id") == id:
                return found
    raise McpFailed("The server ended its answer before it was there.")


def _inherited() -> dict[str, str]:
    return {name: os.environ[name] for name in INHERITED if name in os.environ}


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
