"""Two programs that change one notebook, each in its own way, from a seed."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

Notebook = dict[str, Any]


class Side:
    """Changes a notebook; every line that it writes holds a word that nobody else writes."""

    def __init__(self, rng: random.Random, name: str) -> None:
        self._rng = rng
        self._name = name
        self._count = 0

    def word(self) -> str:
        self._count += 1
        return f"{self._name}{self._count}"

    def cell(self, minor: int) -> Notebook:
        kind = self._rng.choice(["code", "code", "markdown", "raw"])
        lines = [f"{self.word()} = {self._rng.randrange(9)}" for _ in range(self._rng.randrange(5))]
        cell: Notebook = {"cell_type": kind, "metadata": {}, "source": "\n".join(lines)}
        if kind == "code":
            cell |= {"outputs": [], "execution_count": None}
        if minor >= 5:
            cell["id"] = self.word()
        return cell

    def notebook(self, minor: int) -> Notebook:
        cells = [self.cell(minor) for _ in range(self._rng.randrange(7))]
        metadata = {"kernelspec": {"name": "python3"}}
        return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}

    def changed(self, nb: Notebook, steps: int) -> Notebook:
        """The notebook after a few changes of all kinds."""
        nb = deepcopy(nb)
        for _ in range(steps):
            self._rng.choice(self._kinds())(nb)
        return nb

    def _kinds(self) -> list[Any]:
        text = [self._insert_line] * 3 + [self._change_line] * 3 + [self._delete_line]
        return [*text, self._insert, self._delete, self._move, self._tag, self._run]

    def _some(self, nb: Notebook) -> Notebook | None:
        return self._rng.choice(nb["cells"]) if nb["cells"] else None

    def _insert_line(self, nb: Notebook) -> None:
        if (cell := self._some(nb)) is not None:
            lines = cell["source"].split("\n")
            lines.insert(self._rng.randrange(len(lines) + 1), self.word())
            cell["source"] = "\n".join(lines)

    def _change_line(self, nb: Notebook) -> None:
        if (cell := self._some(nb)) is not None:
            lines = cell["source"].split("\n")
            lines[self._rng.randrange(len(lines))] += f" {self.word()}"
            cell["source"] = "\n".join(lines)

    def _delete_line(self, nb: Notebook) -> None:
        if (cell := self._some(nb)) is not None:
            lines = cell["source"].split("\n")
            del lines[self._rng.randrange(len(lines))]
            cell["source"] = "\n".join(lines)

    def _insert(self, nb: Notebook) -> None:
        place = self._rng.randrange(len(nb["cells"]) + 1)
        nb["cells"].insert(place, self.cell(nb["nbformat_minor"]))

    def _delete(self, nb: Notebook) -> None:
        if (cell := self._some(nb)) is not None:
            nb["cells"].remove(cell)

    def _move(self, nb: Notebook) -> None:
        if (cell := self._some(nb)) is not None:
            nb["cells"].remove(cell)
            nb["cells"].insert(self._rng.randrange(len(nb["cells"]) + 1), cell)

    def _tag(self, nb: Notebook) -> None:
        if (cell := self._some(nb)) is not None:
            cell["metadata"]["tags"] = [*cell["metadata"].get("tags", []), self.word()]

    def _run(self, nb: Notebook) -> None:
        cell = self._some(nb)
        if cell is not None and cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": self.word()}]
            cell["execution_count"] = self._count
