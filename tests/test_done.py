"""People who left are told that their work is done: by a command and by a webhook."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from traitlets.config import Config

from anode_jlab.done import DoneTeller
from anode_jlab.execution.stint import StintDone
from tests.execution.notebook import PATIENCE_SECONDS, Notebook
from tests.handlers.conftest import (
    address,
    extension,
    jp_asyncio_loop,
    jp_server_cleanup,
    services,
    write_notebook,
)
from tests.server_address import ServerAddress

__all__ = [
    "address",
    "extension",
    "jp_asyncio_loop",
    "jp_server_cleanup",
    "services",
    "write_notebook",
]

KEEPS = """
import json, sys, pathlib
told = {"last": sys.argv[-1], "json": json.load(sys.stdin)}
place = pathlib.Path(sys.argv[1])
place.with_suffix(".new").write_text(json.dumps(told))
place.with_suffix(".new").rename(place)
"""


class Chat:
    """A server that keeps what is posted to it."""

    def __init__(self) -> None:
        posted: list[Any] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                posted.append((self.headers["Content-Type"], json.loads(body)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self.posted = posted
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/secret-of-the-hook"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def chat() -> Chat:
    return Chat()


class Kept:
    """What the command has left in a file."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def is_there(self) -> bool:
        return self.place.exists()

    def told(self) -> Any:
        return json.loads(self.place.read_text())


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "told.json")


@pytest.fixture
def jp_server_config(jp_server_config: Config, tmp_path: Path, chat: Chat, kept: Kept) -> Config:
    ours = jp_server_config.AnodeConfig
    ours.store_dir = str(tmp_path / "store")
    ours.done_command = [sys.executable, "-c", KEEPS, str(kept.place)]
    ours.done_webhook = chat.url
    ours.done_seconds = 0.0
    return jp_server_config


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


async def test_by_a_command_and_a_webhook(
    address: ServerAddress, write_notebook: Callable[..., Path], chat: Chat, kept: Kept
) -> None:
    write_notebook("a.ipynb", "1", "1 / 0", "2")
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0", "cell-1", "cell-2")
    await until(lambda: kept.is_there() and bool(chat.posted))
    told = kept.told()
    body = told["json"]
    assert told["last"] == body["text"]
    assert body["text"].startswith("a.ipynb: done after ")
    assert "1 completed, 1 failed, 1 cancelled" in body["text"]
    assert "ZeroDivisionError: division by zero" in body["text"]
    assert body["runs"] == {"completed": 1, "failed": 1, "cancelled": 1}
    assert (body["path"], body["error"]) == ("a.ipynb", "ZeroDivisionError: division by zero")
    assert len(body["requested_by"]) == 1
    assert chat.posted == [("application/json", body)]
    await notebook.run("cell-0")
    await until(lambda: len(chat.posted) == 2)
    assert chat.posted[1][1]["runs"] == {"completed": 1}


DONE = StintDone(path="a.ipynb", seconds=200.0, runs={"completed": 4}, error="", requested_by=())


@pytest.mark.anyio
@pytest.mark.usefixtures("anyio_backend")
async def test_what_cannot_be_told_harms_nobody(
    caplog: pytest.LogCaptureFixture, kept: Kept
) -> None:
    webhook = "http://127.0.0.1:9/secret-of-the-hook"
    teller = DoneTeller(command=["/nowhere/at-all"], webhook=webhook, seconds=100.0)
    teller(DONE)
    await until(lambda: [r.name for r in caplog.records].count("anode_jlab.done") == 2)
    assert "secret" not in caplog.text
    await teller.close()

    quiet = DoneTeller(
        command=[sys.executable, "-c", KEEPS, str(kept.place)], webhook="", seconds=201.0
    )
    quiet(DONE)
    await quiet.close()
    assert not kept.is_there()


def test_a_sentence_for_people() -> None:
    assert DONE.text == "a.ipynb: done after 3 min, 4 cells"
