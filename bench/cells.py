"""Running cells: what every kind of server and the bare loop have to do in the same way.

All of them count the same thing: from the request until the client knows the end of the run and has
all of its outputs, or could have them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from bench.connection import Connection
from bench.server import Server

PATIENCE_SECONDS = 180.0


class Cells(Protocol):
    """A notebook with a kernel that has answered. Sources are of code cells in its order."""

    async def one_by_one(self, numbers: Sequence[int]) -> None:
        """Ask for each cell when the one before has ended."""
        ...

    async def batch(self, numbers: Sequence[int]) -> None:
        """Ask for all of them at once."""
        ...

    async def text(self, number: int) -> str | None:
        """What a cell has printed in the last run, as it is kept for people; None where it is not
        known here."""
        ...


def cell_id(number: int) -> str:
    """The id of a cell of ``notebook_of``."""
    return f"cell-{number:05}"


def text_of(cell: dict[str, Any]) -> str:
    """All that a cell of a file shows of what it printed."""
    texts = (output.get("text", "") for output in cell["outputs"])
    return "".join("".join(text) for text in texts)


def notebook_of(sources: Sequence[str]) -> str:
    """A notebook with these code cells."""
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code", "id": cell_id(number), "metadata": {}, "outputs": [],
            "execution_count": None, "source": source.splitlines(keepends=True),
        }
        for number, source in enumerate(sources)
    ]  # fmt: skip
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip
    return json.dumps(notebook, indent=1) + "\n"


async def session(server: Server, path: str) -> str:
    """The kernel of a new session of a notebook."""
    async with Connection(server.port) as connection:
        body = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        made = await connection.json("POST", "api/sessions", body)
        kernel: str = made["kernel"]["id"]
        return kernel
