"""Notebook files in many layouts, for the tests of reading and writing files."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import nbformat


def small_notebook(minor: int = 5) -> dict[str, Any]:
    """A notebook with all cell types, outputs, attachments and unusual metadata."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "metadata": {}, "source": "# Grüße\n\nText with a | table"},
        {
            "cell_type": "code",
            "execution_count": 3,
            "metadata": {"tags": ["a", "b"], "weird": {"z": 1.5e-07, "a": True, "n": None}},
            "outputs": [
                {"name": "stdout", "output_type": "stream", "text": "one\ntwo\n"},
                {
                    "data": {"text/plain": "42", "application/json": {"k": [1, 2]}},
                    "execution_count": 3,
                    "metadata": {},
                    "output_type": "execute_result",
                },
            ],
            "source": "x = 42\nx",
        },
        {"cell_type": "raw", "metadata": {"format": "text/html"}, "source": "<b>raw</b>"},
        {
            "attachments": {"p.png": {"image/png": "aGVsbG8="}},
            "cell_type": "markdown",
            "metadata": {},
            "source": "![p](attachment:p.png)",
        },
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": "",
        },
    ]
    if minor >= 5:
        for number, cell in enumerate(cells):
            cell["id"] = f"cell-{number}"
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": minor,
    }


def jupyter_text(nb: dict[str, Any]) -> str:
    """The text that jupyter_server writes for a notebook."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        node = nbformat.from_dict(deepcopy(nb))  # type: ignore[no-untyped-call]
        return str(nbformat.writes(node)) + "\n"  # type: ignore[no-untyped-call]


def layouts(text: str) -> Iterator[tuple[str, str]]:
    """The same notebook as other programs lay it out, each with a name."""
    nb = json.loads(text)
    yield "as it is", text
    yield "one line", json.dumps(nb)
    yield "one tight line", json.dumps(nb, separators=(",", ":"))
    yield "four spaces, escaped", json.dumps(nb, indent=4) + "\n"
    yield "tabs, no last newline", json.dumps(nb, indent="\t", ensure_ascii=False)
    yield "commas with blanks", json.dumps(nb, indent=1, separators=(", ", " : ")) + "\n"
    keys = ["nbformat", "nbformat_minor", "metadata", "cells"]
    turned = {key: nb[key] for key in keys}
    turned["cells"] = [dict(sorted(cell.items(), reverse=True)) for cell in nb["cells"]]
    yield "other key order", json.dumps(turned, indent=2) + "\n"
    for cell in turned["cells"]:
        cell["source"] = "".join(cell["source"])
    crlf = json.dumps(turned, indent=2, ensure_ascii=False).replace("\n", "\r\n")
    yield "sources as strings, Windows lines", crlf + "\r\n"
