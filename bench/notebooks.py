"""Notebooks to measure with, and typing in them as real Yjs updates made beforehand."""

from __future__ import annotations

import json
import random
from functools import lru_cache
from pathlib import Path
from typing import Any

from pycrdt import Array, Doc, Text

from anode_jlab.documents.ipynb import from_notebook

TYPING_CELLS = 100
"""Cells of the notebooks that people type in: a good day's work."""

LINE_CHARACTERS = 60

SEED = 20


@lru_cache
def notebook_json(cells: int) -> str:
    """Code with text outputs, and every fourth cell Markdown, as analyses look; always the same."""
    chance = random.Random(SEED)
    found = [_cell(number, chance) for number in range(cells)]
    notebook = {
        "cells": found,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1) + "\n"


def _cell(number: int, chance: random.Random) -> dict[str, Any]:
    lines = [
        f"value_{number}_{line} = compute({chance.randrange(10**6)}, scale={chance.random():.4f})\n"
        for line in range(chance.randint(2, 8))
    ]
    cell = {"id": f"cell-{number:05}", "metadata": {}, "source": lines}
    if number % 4 == 3:
        return cell | {"cell_type": "markdown"}
    printed = [f"{chance.random():.12f}\n" for _ in range(chance.randint(1, 5))]
    stream = {"name": "stdout", "output_type": "stream", "text": printed}
    return cell | {"cell_type": "code", "execution_count": number + 1, "outputs": [stream]}


def write_notebook(root: Path, path: str, cells: int) -> None:
    """A file as another program left it."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(notebook_json(cells), encoding="utf-8")


@lru_cache
def document_of(cells: int) -> bytes:
    """The same notebook as an update, for a server that has no document of its own."""
    return from_notebook(json.loads(notebook_json(cells)))


class Typist:
    """Types at the end of one cell of a copy of the document; each keystroke is an update."""

    def __init__(self, document: bytes, *, client: int, cell: int) -> None:
        self.client = client
        self._doc: Doc[Any] = Doc(client_id=client)
        self._doc.apply_update(document)
        cells: Array[Any] = self._doc.get("cells", type=Array)
        self._text: Text = cells[cell % len(cells)]["source"]
        self._updates: list[bytes] = []
        self._observer = self._doc.observe(lambda event: self._updates.append(event.update))
        self._typed = 0
        self._end = len(self._text)

    def type(self, count: int) -> list[bytes]:
        """The next ``count`` keystrokes."""
        self._updates = []
        for _ in range(count):
            self._typed += 1
            key = "\n" if self._typed % LINE_CHARACTERS == 0 else chr(97 + self._typed % 26)
            self._text.insert(self._end, key)
            self._end += 1
        return self._updates


def cells_in(document: bytes) -> int:
    """How many cells an update brings: measuring an empty answer would be a fine way to win."""
    doc: Doc[Any] = Doc()
    doc.apply_update(document)
    return len(doc.get("cells", type=Array))
