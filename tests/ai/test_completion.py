"""Completion at the caret: of visible cells, ended when nobody waits, nothing of it in the log."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from anode_jlab.ai.completing import Wanted
from anode_jlab.ai.completion_text import Caret, insertable
from anode_jlab.ids import CellId, NotebookId
from anode_jlab.services import Services
from tests.ai.asking import Notebook
from tests.ai.caller import ANN
from tests.ai.scripted_provider import ScriptedProvider
from tests.ai.test_read_tools import cell, write
from tests.server_address import ServerAddress

Opened = Callable[..., Notebook]


@pytest.mark.parametrize(
    ("answer", "before", "after", "inserted"),
    [
        ("range(10):", "for x in ", "", "range(10):"),
        ("```python\nrange(10):\n```", "for x in ", "", "range(10):"),
        ("for x in range(10):", "for x in ", "", "range(10):"),
        ("    return 1\n", "def f():\n", "", "    return 1"),
        ("return 1", "def f():\n    ret", "", "urn 1"),
        ("    return 1", "def f():\n    ", "", "return 1"),
        ("    x.sum()", "if y:\n    x.", "", "sum()"),
        ("x, y)", "print(", ")", "x, y"),
        ("a\u202eb", "", "", "ab"),
        ("", "x = 1", "", ""),
    ],
)
def test_what_stands_there_already_is_not_inserted(
    answer: str, before: str, after: str, inserted: str
) -> None:
    caret = Caret(cell_id=CellId("c"), before=before, after=after)
    assert insertable(answer, caret) == inserted


async def ids_of(notebook: Notebook) -> list[str]:
    state = await notebook.address.get(f"{notebook.route}/state")
    return [cell["id"] for cell in state["cells"]]


def asked(cell_id: str, before: str, **fields: Any) -> dict[str, Any]:
    return {"cell_id": cell_id, "before": before, "provider": "local", "model": "small", **fields}


async def test_the_rest_of_a_line_is_told(provider: ScriptedProvider, opened: Opened) -> None:
    provider.says("range", "(10):")
    async with opened("import numpy as np", "", "below = 1") as notebook:
        _, cell_id, _ = await ids_of(notebook)
        before = (await notebook.address.get(f"{notebook.route}/state"))["seq"]
        found = await notebook.address.post(
            f"{notebook.route}/completion", asked(cell_id, "for x in ", after="\n    print(x)")
        )
        assert found == {"text": "range(10):"}
        sent = json.dumps(provider.asked[-1].body)
        assert "import numpy as np" in sent
        assert "for x in " in sent
        assert "print(x)" in sent
        assert "below = 1" not in sent
        after = (await notebook.address.get(f"{notebook.route}/state"))["seq"]
        assert after == before, "nothing of it is in the log"


async def test_hidden_cells_are_neither_sent_nor_completed(
    provider: ScriptedProvider, address: ServerAddress, jp_root_dir: Path
) -> None:
    cells = [cell("h", "hush_1 = 1", hidden=True), cell("s", "seen_2 = 2"), cell("c", "")]
    write(jp_root_dir, "h.ipynb", *cells)
    provider.says("3")
    async with Notebook(address, "h.ipynb") as notebook:
        route = f"{notebook.route}/completion"
        assert (await address.post(route, asked("h", "hush_1 = ")))["text"] == ""
        assert provider.asked == [], "nobody was asked"
        assert (await address.post(route, asked("c", "x = ")))["text"] == "3"
        sent = json.dumps(provider.asked[-1].body)
        assert "seen_2" in sent
        assert "hush_1" not in sent


async def test_the_next_one_ends_the_one_before(
    provider: ScriptedProvider, opened: Opened, services: Services
) -> None:
    slow = provider.says("never", gates={0: threading.Event()})
    async with opened("x = 1") as notebook:
        [cell_id] = await ids_of(notebook)
        room = await services.rooms.open(NotebookId(notebook.id))

        def typed(before: str) -> asyncio.Task[str]:
            caret = Caret(cell_id=CellId(cell_id), before=before)
            wanted = Wanted(
                caret=caret, provider="local", model="small", by=ANN, gone=asyncio.Event()
            )
            return asyncio.create_task(services.assistant.completions.complete(room, wanted))

        first = typed("a")
        await until_asked(provider)
        provider.says("quick")
        assert await typed("ab") == "quick"
        assert await first == ""
        slow.gates[0].set()


async def test_who_goes_away_is_not_served(
    provider: ScriptedProvider, opened: Opened, services: Services
) -> None:
    slow = provider.says("never", gates={0: threading.Event()})
    async with opened("x = 1") as notebook:
        [cell_id] = await ids_of(notebook)
        address = notebook.address
        where = urlsplit(f"{address.url}anode/api/{notebook.route}/completion")
        body = json.dumps(asked(cell_id, "a")).encode()
        head = (
            f"POST {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\n"
            f"Authorization: token {address.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        _, writer = await asyncio.open_connection(where.hostname, where.port)
        writer.write(head.encode() + body)
        await until_asked(provider)
        writer.close()
        await writer.wait_closed()
        async with asyncio.timeout(60):
            while services.assistant.completions.at_work:
                await asyncio.sleep(0.01)
        slow.gates[0].set()


async def until_asked(provider: ScriptedProvider) -> None:
    async with asyncio.timeout(60):
        while not any(one.body for one in provider.asked):
            await asyncio.sleep(0.01)


async def test_what_goes_wrong_is_said(provider: ScriptedProvider, opened: Opened) -> None:
    provider.says(status=401, error={"message": "no"})
    async with opened("x = 1") as notebook:
        [cell_id] = await ids_of(notebook)
        route = f"{notebook.route}/completion"
        error = await notebook.address.post(route, asked(cell_id, "a"), 502)
        assert error["code"] == "key_refused"
        error = await notebook.address.post(route, {**asked(cell_id, "a"), "provider": "no"}, 404)
        assert error["code"] == "provider_not_found"
