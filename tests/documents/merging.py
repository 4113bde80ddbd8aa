"""Notebooks that two people change, merged by git as text: what is found in a working folder."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

NAMES = ("HEAD", "before", "feature")

STYLES: tuple[tuple[str, ...], ...] = ((), ("--diff3",), ("--zdiff3",))


def git_merge(
    folder: Path, ours: str, base: str, theirs: str, style: Sequence[str] = ()
) -> tuple[str, int]:
    """The text that git leaves, and how many conflicts are in it."""
    places = [folder / name for name in ("ours", "base", "theirs")]
    for place, text in zip(places, (ours, base, theirs), strict=True):
        place.write_text(text)
    labels = [word for name in NAMES for word in ("-L", name)]
    done = subprocess.run(
        ["git", "merge-file", "-p", *style, *labels, *places], capture_output=True, check=False
    )
    assert done.returncode < 128, done.stderr
    return done.stdout.decode(), done.returncode


def as_file(nb: dict[str, Any]) -> str:
    """As nbformat writes it: lines of text as lines of the file."""
    split = deepcopy(nb)
    for cell in split["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    return json.dumps(split, indent=1) + "\n"


class Author:
    """Somebody who changes a notebook in many ways, each time with words of their own."""

    def __init__(self, name: str, rng: random.Random) -> None:
        self.words: set[str] = set()
        self._name = name
        self._rng = rng

    def write(self) -> str:
        word = f"{self._name}{len(self.words)}"
        self.words.add(word)
        return word

    def cell(self, with_ids: bool) -> dict[str, Any]:
        rng = self._rng
        kind = rng.choice(("code", "markdown"))
        lines = [self.write() for _ in range(rng.randint(1, 4))]
        cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": "\n".join(lines)}
        if with_ids:
            cell["id"] = f"{self._name}-{len(self.words)}"
        if kind == "code":
            cell |= {"outputs": [], "execution_count": rng.choice((None, 1, 2))}
        return cell

    def change(self, nb: dict[str, Any], times: int) -> dict[str, Any]:
        changed = deepcopy(nb)
        for _ in range(times):
            self._change_once(changed["cells"], changed["nbformat_minor"] >= 5)
        return changed

    def _change_once(self, cells: list[dict[str, Any]], with_ids: bool) -> None:
        rng = self._rng
        act = rng.choice(("edit", "edit", "edit", "run", "add", "move", "tag"))
        if act == "add" or not cells:
            cells.insert(rng.randint(0, len(cells)), self.cell(with_ids))
            return
        cell = rng.choice(cells)
        if act == "edit":
            lines = cell["source"].split("\n")
            lines[rng.randrange(len(lines))] += f" {self.write()}"
            cell["source"] = "\n".join(lines)
        elif act == "run" and cell["cell_type"] == "code":
            cell["execution_count"] = rng.randint(3, 99)
            text = [f"{rng.random()}\n"]
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
        elif act == "move":
            cells.remove(cell)
            cells.insert(rng.randint(0, len(cells)), cell)
        elif act == "tag":
            cell["metadata"]["tags"] = [rng.choice("abc")]


def random_notebook(rng: random.Random) -> dict[str, Any]:
    minor = rng.choice((5, 5, 4))
    author = Author("base", rng)
    return {
        "cells": [author.cell(minor >= 5) for _ in range(rng.randint(1, 6))],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": minor,
    }
