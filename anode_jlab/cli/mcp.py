"""``anode-jlab mcp``: the notebooks' tools for programs that speak to a command and not to a URL.

Lines of JSON-RPC come in and go to the server's ``anode/mcp``; its answers go out, each as soon as
it is there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from anode_jlab.cli.server import running
from anode_jlab.errors import NotAnswered

if TYPE_CHECKING:
    from anode_jlab.cli.command import Commands

PATIENCE_SECONDS = 120.0
"""For one answer; the server gives one within a minute."""

LONGEST_LINE = 16 << 20

INTERNAL = -32603
"""JSON-RPC's code for a request that could not be served."""


def add(commands: Commands) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        "mcp", help="give agents the tools of the notebooks, over standard input and output"
    )
    parser.add_argument(
        "--url",
        default=os.environ.get("JUPYTER_URL", ""),
        help="the Jupyter server (JUPYTER_URL); otherwise the one that runs for this folder",
    )
    parser.add_argument(
        "--token",
        default=os.environ.get("JUPYTER_TOKEN", ""),
        help="its token; better in JUPYTER_TOKEN, where other users do not see it",
    )
    parser.add_argument(
        "--mode",
        choices=("ask", "edit", "agent", "auto"),
        default="edit",
        help="what the agent does without asking: ask, edit: it reads; agent: it edits as well",
    )
    parser.add_argument("--name", default="", help="the agent's name, as people see it")
    parser.set_defaults(command=_run)


async def _run(options: argparse.Namespace) -> int:
    proxy = Proxy(*await _server(options), mode=options.mode, name=options.name)
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with asyncio.TaskGroup() as group:
        while line := await reader.readline():
            if line.strip():
                group.create_task(proxy.pass_on(line))
    return 0


async def _server(options: argparse.Namespace) -> tuple[str, str]:
    if options.url:
        return options.url.rstrip("/") + "/", options.token
    found = await running(Path.cwd().resolve())
    if found is None:
        raise NotAnswered(
            "No Jupyter server with anode_jlab runs for this folder.",
            hint="Start one, or give its address with --url and its token in JUPYTER_TOKEN.",
        )
    return found.url, found.token


class Proxy:
    """Passes messages on to one server, and its answers to standard output."""

    def __init__(self, url: str, token: str, *, mode: str, name: str) -> None:
        asked = {"mode": mode, **({"name": name} if name else {})}
        self._url = f"{url}anode/mcp?{urlencode(asked)}"
        self._token = token
        self._client = AsyncHTTPClient(force_instance=True, defaults={"user_agent": "anode-jlab"})

    async def pass_on(self, line: bytes) -> None:
        """One message; what cannot be passed on is answered here."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"token {self._token}"
        request = HTTPRequest(
            self._url,
            method="POST",
            headers=headers,
            body=line,
            request_timeout=PATIENCE_SECONDS,
            follow_redirects=False,
        )
        try:
            answer = await self._client.fetch(request, raise_error=False)
        except OSError as error:
            _refuse(line, f"The Jupyter server does not answer: {error}")
            return
        if answer.code == 202:
            return
        if answer.code in (200, 400) and _is_rpc(answer.body):
            _say(answer.body)
            return
        told = _message(answer.body) or answer.reason
        _refuse(line, f"The Jupyter server refused it ({answer.code}): {told}")


def _refuse(line: bytes, message: str) -> None:
    """Answer for the server, if the message wants an answer."""
    request = _json(line)
    if isinstance(request, dict) and "id" in request and "method" in request:
        error = {"code": INTERNAL, "message": message}
        answer = {"jsonrpc": "2.0", "id": request["id"], "error": error}
        _say(json.dumps(answer).encode())
    else:
        print(message, file=sys.stderr)


def _say(answer: bytes) -> None:
    sys.stdout.buffer.write(answer.replace(b"\n", b" ") + b"\n")
    sys.stdout.buffer.flush()


def _is_rpc(body: bytes) -> bool:
    found = _json(body)
    return isinstance(found, list) or (isinstance(found, dict) and "jsonrpc" in found)


def _message(body: bytes) -> str:
    found = _json(body)
    return str(found.get("message", "")) if isinstance(found, dict) else ""


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
