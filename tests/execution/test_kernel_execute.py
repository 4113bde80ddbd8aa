"""The execute routes of other projects' clients: their bodies, answers and errors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPResponse

from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]


class Kernel:
    """A kernel by the routes that are tried here."""

    def __init__(self, address: ServerAddress, kernel_id: str) -> None:
        self.address = address
        self.id = kernel_id

    @classmethod
    async def started(cls, address: ServerAddress) -> Kernel:
        made = await address.fetch("POST", "api/kernels", {"name": "python3"})
        return cls(address, json.loads(made.body)["id"])

    async def post(self, body: Any, route: str = "execute") -> HTTPResponse:
        return await self.address.fetch("POST", f"api/kernels/{self.id}/{route}", body)

    async def asked(self, code: str, **metadata: str) -> str:
        """Ask as jupyter-server-nbmodel's clients do; where to look for the outcome."""
        answer = await self.post({"code": code, "metadata": metadata})
        assert (answer.code, answer.body) == (202, b"{}")
        place = answer.headers["Location"]
        assert place.startswith(f"/api/kernels/{self.id}/requests/")
        return place.removeprefix("/")

    async def outcome(self, place: str) -> tuple[int, Any]:
        """Status and answer once it is none of 202."""
        async with asyncio.timeout(60):
            while True:
                answer = await self.address.fetch("GET", place)
                if answer.code != 202:
                    return answer.code, json.loads(answer.body)
                await asyncio.sleep(0.02)

    async def run(self, code: str, **metadata: str) -> tuple[int, Any]:
        status, answer = await self.outcome(await self.asked(code, **metadata))
        if "outputs" in answer:
            answer["outputs"] = json.loads(answer["outputs"])
        return status, answer


async def test_code_without_a_cell(address: ServerAddress) -> None:
    kernel = await Kernel.started(address)
    status, answer = await kernel.run("print('a')\nprint('b')\n6 * 7")
    assert (status, answer["status"], answer["execution_count"]) == (200, "ok", 1)
    assert answer["outputs"] == [
        {"output_type": "stream", "name": "stdout", "text": "a\nb\n"},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "42"},
            "metadata": {},
            "execution_count": 1,
        },
    ]
    status, answer = await kernel.run("1 / 0")
    assert (status, answer["status"]) == (200, "error")
    assert answer["outputs"][0]["ename"] == "ZeroDivisionError"
    places = [await kernel.asked(f"globals().setdefault('s', []).append({n}); s") for n in range(4)]
    _, last = [await kernel.outcome(place) for place in places][-1]
    assert json.loads(last["outputs"])[0]["data"] == {"text/plain": "[0, 1, 2, 3]"}

    waiting = await kernel.asked("name = input('who? ')\nname")
    status, answer = await kernel.outcome(waiting)
    assert status == 300
    assert answer["input_request"] == {"prompt": "who? ", "password": False}
    assert (await kernel.post({"input": "Ada"}, "input")).code == 201
    status, answer = await kernel.outcome(waiting)
    assert "'Ada'" in answer["outputs"]
    assert (await kernel.post({"input": "Ada"}, "input")).code == 409
    dead = await kernel.asked("import os; os._exit(1)")
    status, answer = await kernel.outcome(dead)
    assert (status, answer) == (500, {"error": "The kernel ended."})


@pytest.mark.parametrize("body", ["nbmodel", "cell_id", "cells", "path"])
async def test_cells(address: ServerAddress, write_notebook: Write, body: str) -> None:
    """With a kernel that has no session: it becomes the notebook's."""
    write_notebook("a.ipynb", "6 * 7", "1 / 0")
    notebook = await Notebook.opened(address, "a.ipynb")
    kernel = await Kernel.started(address)
    document = f"json:notebook:{notebook.id}"
    if body == "nbmodel":
        status, answer = await kernel.run("6 * 7", document_id=document, cell_id="cell-0")
        assert (status, answer["status"], answer["execution_count"]) == (200, "ok", 1)
        assert answer["outputs"] == await notebook.outputs("cell-0")
        status, answer = await kernel.run("1 / 0", document_id=document, cell_id="cell-1")
        assert answer["status"] == "error"
        assert [output["output_type"] for output in answer["outputs"]] == ["error"]
        # The client's own text runs, also when the document has not got it (yet, or any more).
        status, answer = await kernel.run("6 * 7 + 1", document_id=document, cell_id="cell-0")
        assert (status, answer["outputs"][0]["data"]) == (200, {"text/plain": "43"})
        status, answer = await kernel.run("6 * 7", document_id=document, cell_id="cell-0")
    else:
        bodies: dict[str, Any] = {
            "cell_id": {"cell_id": "cell-0", "document_id": document},
            "cells": {"document_id": document, "cells": [{"cell_id": "cell-0", "x": 1}], "y": 2},
            "path": {"path": "a.ipynb", "cell_id": "cell-0", "timeout": None},
        }
        answer = await kernel.post(bodies[body])
        assert (answer.code, answer.body) == (200, b"null")
        (requested,) = await notebook.events("ExecutionRequested")
        await notebook.ended(requested["data"]["execution_id"])
    assert (await notebook.outputs("cell-0"))[0]["data"] == {"text/plain": "42"}
    assert (await notebook.runtime())["kernel_id"] == kernel.id
    sessions = json.loads((await address.fetch("GET", "api/sessions")).body)
    assert [(s["path"], s["kernel"]["id"]) for s in sessions] == [("a.ipynb", kernel.id)]
    other = await Kernel.started(address)
    refused = await other.post({"cell_id": "cell-0", "document_id": document})
    assert (refused.code, json.loads(refused.body)["code"]) == (409, "not_possible_now")


async def test_input_of_a_cell(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", "input('who? ')")
    notebook = await Notebook.opened(address, "a.ipynb")
    kernel = await Kernel.started(address)
    document = f"json:notebook:{notebook.id}"
    place = await kernel.asked("input('who? ')", document_id=document, cell_id="cell-0")
    status, answer = await kernel.outcome(place)
    assert (status, answer["input_request"]["prompt"]) == (300, "who? ")
    assert (await kernel.post({"input": "Ada"}, "input")).code == 201
    status, answer = await kernel.outcome(place)
    assert (status, answer["status"]) == (200, "ok")
    assert "'Ada'" in answer["outputs"]


async def test_requests_that_make_no_sense(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", "1")
    notebook = await Notebook.opened(address, "a.ipynb")
    kernel = await Kernel.started(address)
    document = f"json:notebook:{notebook.id}"
    for body, status in (
        ({}, 400),
        ({"document_id": document}, 400),
        ({"cells": [{"cell_id": "cell-0"}]}, 400),
        ({"cells": 3}, 400),
        ({"document_id": "json:notebook:never", "cell_id": "cell-0"}, 400),
        ({"document_id": "nonsense", "cell_id": "cell-0"}, 400),
        ({"document_id": document, "cell_id": "never"}, 404),
    ):
        answer = await kernel.post(body)
        assert answer.code == status, body
        assert json.loads(answer.body)["message"]
    nobody = Kernel(address, "00000000-0000-0000-0000-000000000000")
    assert (await nobody.post({"code": "1"})).code == 404
    assert (await address.fetch("GET", f"api/kernels/{kernel.id}/requests/never")).code == 404
    assert await notebook.events("ExecutionRequested") == []
