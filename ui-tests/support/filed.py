"""A notebook's file as nbformat reads it and nbconvert shows it, as JSON.

python filed.py NOTEBOOK
"""

from __future__ import annotations

import json
import sys

import nbformat
from nbconvert import HTMLExporter


def main(path: str) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    html, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    json.dump(
        {
            "outputs": {cell.id: cell.outputs for cell in notebook.cells},
            "html": html,
        },
        sys.stdout,
    )


main(sys.argv[1])
