"""``anode-jlab run``: all code cells of a notebook, one after another, with no browser."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import shutil
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anode_jlab.cli.server import Server, running, started
from anode_jlab.errors import NotAnswered

if TYPE_CHECKING:
    from anode_jlab.cli.command import Commands

LOOK_SECONDS = (0.05, 1.0)
"""How often it is looked whether a cell has ended: at first, and when it takes long."""

FINAL = ("completed", "failed", "cancelled", "lost")


def add(commands: Commands) -> None:
    """Make the command known."""
    parser = commands.add_parser("run", help="run all code cells of a notebook")
    parser.add_argument(
        "-p",
        "--parameter",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="set a variable, after the cell that is tagged parameters; JSON, otherwise text",
    )
    parser.add_argument("--output", metavar="COPY", help="run a new copy, leave the notebook alone")
    parser.add_argument("--kernel", help="the kernel to run it with, instead of the one it names")
    parser.add_argument(
        "--keep-going", action="store_true", help="go on with the next cell after one that fails"
    )
    parser.add_argument(
        "--own-server", action="store_true", help="do not look for a server that runs already"
    )
    parser.add_argument("notebook", help="path of the .ipynb")
    parser.set_defaults(command=_run)


async def _run(options: argparse.Namespace) -> int:
    parameters = dict(_parameter(text) for text in options.parameter)
    notebook = _file(options)
    async with AsyncExitStack() as stack:
        server = await _server(options, notebook, stack)
        opened = await server.ask("POST", "notebooks", {"path": server.path_of(notebook)})
        run = HeadlessRun(server, opened["id"])
        if parameters:
            await server.ask("POST", f"{run.route}/parameters", {"parameters": parameters})
        return await run.through(options.kernel, keep_going=options.keep_going)


async def _server(options: argparse.Namespace, file: Path, stack: AsyncExitStack) -> Server:
    found = None if options.own_server else await running(file)
    if found is not None:
        return found
    arguments = [f"--AnodeConfig.store_dir={options.store_dir}"] if options.store_dir else []
    return await stack.enter_async_context(started(file.parent, *arguments))


class HeadlessRun:
    """One run of a whole notebook."""

    def __init__(self, server: Server, notebook_id: str) -> None:
        self._server = server
        self.route = f"notebooks/{notebook_id}"

    async def through(self, kernel: str | None, *, keep_going: bool) -> int:
        """Run every code cell; 0 when all completed. A kernel that was started for it ends."""
        ask, route = self._server.ask, self.route
        before = await ask("GET", f"{route}/runtime")
        if kernel is not None:
            action = "replace" if before["session_id"] is not None else "start"
            await ask("POST", f"{route}/runtime", {"action": action, "kernel_name": kernel})
        try:
            return await self._cells(keep_going)
        except asyncio.CancelledError:
            await ask("DELETE", f"{route}/executions")
            raise
        finally:
            if before["session_id"] is None:
                await ask("POST", f"{route}/runtime", {"action": "stop"})
            await ask("POST", f"{route}/export", {})

    async def _cells(self, keep_going: bool) -> int:
        document = await self._server.ask("GET", f"{self.route}/document")
        cells = [
            {"cell_id": cell["id"]} for cell in document["cells"] if cell["cell_type"] == "code"
        ]
        if not cells:
            return 0
        on_error = "continue" if keep_going else "stop"
        body = {"cells": cells, "on_error": on_error}
        asked = await self._server.ask("POST", f"{self.route}/executions", body)
        failed = 0
        for number, execution in enumerate(asked["executions"], 1):
            ended = await self._ended(execution["execution_id"])
            failed += ended["status"] != "completed"
            _tell(number, len(cells), ended)
        return 1 if failed else 0

    async def _ended(self, execution_id: str) -> dict[str, Any]:
        pause, most = LOOK_SECONDS
        asked_before = 0
        while True:
            route = f"{self.route}/executions/{execution_id}"
            run: dict[str, Any] = await self._server.ask("GET", route)
            if run["status"] in FINAL:
                return run
            if run["status"] == "executing" and pause >= most:
                asked_before = await self._answer(execution_id, asked_before)
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, most)

    async def _answer(self, execution_id: str, answered: int) -> int:
        """Ask whoever sits at the terminal for the line that the code waits for; how many there
        were. With nobody there, the run is broken off."""
        events = await self._server.ask(
            "GET", f"{self.route}/events?name=InputRequested,InputProvided&limit=10000"
        )
        own = [event for event in events if event["data"]["execution_id"] == execution_id]
        if len(own) <= answered or own[-1]["name"] != "v1.InputRequested":
            return answered
        if not sys.stdin.isatty():
            print("A cell asks for input, and nobody is here to give it.", file=sys.stderr)
            await self._server.ask("DELETE", f"{self.route}/executions")
            return len(own)
        ask = getpass.getpass if own[-1]["data"]["password"] else input
        value = await asyncio.to_thread(ask, own[-1]["data"]["prompt"])
        body = {"execution_id": execution_id, "value": value}
        await self._server.ask("POST", f"{self.route}/input", body)
        return len(own)


def _tell(number: int, count: int, run: dict[str, Any]) -> None:
    line = f"[{number}/{count}] {run['cell_id']}: {run['status']}"
    if run["duration_ms"] is not None:
        line += f" ({run['duration_ms'] / 1000:.1f} s)"
    if error := run.get("error"):
        line += f", {error['name']}: {error['value']}"
    elif reason := run.get("reason"):
        line += f", {reason}"
    if detail := run.get("detail"):
        line += f": {detail}"
    print(line, file=sys.stderr)


def _parameter(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not separator:
        raise NotAnswered(f"{text!r} is no NAME=VALUE.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _file(options: argparse.Namespace) -> Path:
    """What is to be run, with its whole path: the notebook, or a copy that is made of it."""
    notebook = Path(options.notebook).resolve()
    if not notebook.is_file():
        raise NotAnswered(f"There is no file {notebook}.")
    if options.output is None:
        return notebook
    copy = Path(options.output).resolve()
    if copy.exists():
        raise NotAnswered(f"{copy} exists already.")
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(notebook, copy)
    return copy
