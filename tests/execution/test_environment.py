"""Variables of the environment of a notebook's kernels: applied at the start, secrets kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]

SECRET = 's3cr\'et of "mine"'

TELLS = """
import os, json, sys
secret = os.environ.get("API_KEY", "none")
print(os.environ.get("REGION"), secret, repr(secret))
display({"application/json": {"key": secret}, "text/plain": secret}, raw=True)
raise ValueError(json.dumps(secret))
"""


async def put(
    notebook: Notebook, *variables: dict[str, Any], status: int = 200
) -> list[dict[str, Any]]:
    route = f"anode/api/notebooks/{notebook.id}/environment"
    answer = await notebook.address.fetch("PUT", route, {"variables": list(variables)})
    assert answer.code == status, answer.body
    found: list[dict[str, Any]] = json.loads(answer.body).get("variables", [])
    return found


async def test_an_environment_with_a_secret(
    address: ServerAddress, write_notebook: Write, jp_root_dir: Path
) -> None:
    file = write_notebook("folder/a.ipynb", TELLS)
    before = file.read_text()
    notebook = await Notebook.opened(address, "folder/a.ipynb")
    await notebook.runtime("start")
    region = {"name": "REGION", "value": "north", "secret": False}
    shown = await put(notebook, region, {"name": "API_KEY", "value": SECRET, "secret": True})
    assert shown == [region, {"name": "API_KEY", "value": None, "secret": True}]
    assert file.read_text() == before
    # Another save keeps what is not told.
    shown = await put(notebook, region, {"name": "API_KEY", "value": None, "secret": True})
    assert await address.get(f"notebooks/{notebook.id}/environment") == {"variables": shown}

    # It applies from the next start on, and a restart is one.
    await notebook.run("cell-0")
    assert (await notebook.outputs("cell-0"))[0]["text"] == "None none 'none'\n"
    await notebook.runtime("restart")
    (run,) = await notebook.run("cell-0")
    first, second, third = await notebook.outputs("cell-0")
    hidden = "[redacted: API_KEY]"
    assert first["text"].startswith(f"north {hidden} ")
    assert second["data"] == {"application/json": {"key": hidden}, "text/plain": hidden}
    assert third["evalue"] == f'"{hidden}"'
    assert run["error"]["value"] == f'"{hidden}"'
    events = json.dumps(await notebook.events())
    assert "s3cr" not in json.dumps(await notebook.document()) + events


@pytest.mark.parametrize(
    "variables",
    [
        [{"name": "no good", "value": "x"}],
        [{"name": "JPY_SESSION_NAME", "value": "x"}],
        [{"name": "A", "value": "x\0y"}],
        [{"name": "A", "value": None, "secret": True}],
        [{"name": "A", "value": "x"}, {"name": "A", "value": "y"}],
        [{"name": "A", "value": "x" * 40_000}],
    ],
)
async def test_what_is_no_environment(
    address: ServerAddress, write_notebook: Write, variables: list[dict[str, Any]]
) -> None:
    write_notebook("a.ipynb", "1")
    notebook = await Notebook.opened(address, "a.ipynb")
    await put(notebook, *variables, status=400)
    assert await address.get(f"notebooks/{notebook.id}/environment") == {"variables": []}
