"""The text of an .ipynb file: which texts are notebooks, and when two hold the same content."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from anode_jlab.documents.contents import JsonObject
from anode_jlab.errors import NotANotebook

NBFORMAT = 4
"""The only major version that is opened; others need a conversion that loses something."""

NBFORMAT_MINORS = range(6)
"""Minor versions 4.0 to 4.5: what newer ones mean is not known here, so they are not written."""

_PIECE_CHARACTERS = 1 << 20
"""So much of a text is turned into bytes at once."""

NEWER_HINT = "Upgrade anode_jlab, or open the file with the program that wrote it."


def parse_notebook(text: str) -> JsonObject:
    """A notebook file's JSON. Raises NotANotebook with the reason."""
    try:
        nb = json.loads(text)
    except RecursionError:
        raise NotANotebook("The file is nested too deeply to be a notebook.") from None
    except json.JSONDecodeError as error:
        raise NotANotebook(f"The file is not JSON: line {error.lineno}, {error.msg}.") from error
    except ValueError as error:
        raise NotANotebook(f"The file is not JSON: {error}.") from error
    check_notebook(nb)
    return nb  # type: ignore[no-any-return]


def check_notebook(nb: object) -> None:
    """Raise NotANotebook unless ``nb`` has the structure of an nbformat 4.0-4.5 notebook.

    Details that the schema forbids but that lose nothing (an unknown key, a missing execution
    count) are let through: real files have them.
    """
    if not isinstance(nb, dict):
        raise NotANotebook("The file is JSON, but not a notebook.")
    major, minor = _count(nb.get("nbformat")), _count(nb.get("nbformat_minor"))
    if major is None:
        raise NotANotebook("The file is JSON, but it has no nbformat number.")
    if major != NBFORMAT:
        hint = None if major < NBFORMAT else NEWER_HINT
        raise NotANotebook(f"The file is a notebook of nbformat {major}, not 4.", hint=hint)
    if minor is None:
        raise NotANotebook("The notebook has no nbformat_minor number.")
    if minor not in NBFORMAT_MINORS:
        raise NotANotebook(
            f"The file is a notebook of nbformat 4.{minor}, newer than 4.5.", hint=NEWER_HINT
        )
    if not isinstance(nb.get("metadata"), dict):
        raise NotANotebook("The notebook has no metadata object.")
    cells = nb.get("cells")
    if not isinstance(cells, list):
        raise NotANotebook("The notebook has no list of cells.")
    for number, cell in enumerate(cells, start=1):
        _check_cell(number, cell)


def joined_notebook(nb: JsonObject) -> JsonObject:
    """``nb`` with multi-line strings as one string and without marks that belong to no file."""
    metadata = {key: value for key, value in nb["metadata"].items() if key not in TRANSIENT}
    return {**nb, "metadata": metadata, "cells": [joined_cell(cell) for cell in nb["cells"]]}


def joined_cell(cell: JsonObject) -> JsonObject:
    """A cell with its multi-line strings joined and without the viewer's ``trusted`` mark."""
    joined = dict(cell)
    joined["source"] = joined_lines(cell.get("source", ""))
    metadata = joined.get("metadata")
    if isinstance(metadata, dict) and "trusted" in metadata:
        joined["metadata"] = {k: v for k, v in metadata.items() if k != "trusted"}
    if isinstance(joined.get("attachments"), dict):
        joined["attachments"] = {k: _joined_bundle(v) for k, v in joined["attachments"].items()}
    if isinstance(joined.get("outputs"), list):
        joined["outputs"] = [_joined_output(output) for output in joined["outputs"]]
    return joined


def joined_lines(value: Any) -> Any:
    """One string out of a list of strings; anything else as it is."""
    if isinstance(value, list):
        try:
            return "".join(value)
        except TypeError:  # not all of them are strings
            return value
    return value


def is_json_mime(mime: str) -> bool:
    """Whether a representation of this type is JSON, where a list of strings means a list."""
    return mime == "application/json" or (
        mime.startswith("application/") and mime.endswith("+json")
    )


def content_digest(nb: JsonObject) -> str:
    """A digest of a notebook's content: how its file is laid out does not count.

    It is that of the whole as JSON with sorted keys, of which one cell at a time is in memory.
    """
    digest = hashlib.sha256()
    separator = "{"
    for key, value in sorted(joined_notebook({**nb, "cells": []}).items()):
        digest.update(f"{separator}{json.dumps(key)}: ".encode())
        separator = ", "
        for text in _cell_texts(nb["cells"]) if key == "cells" else (_canonical(value),):
            for start in range(0, len(text), _PIECE_CHARACTERS):
                digest.update(text[start : start + _PIECE_CHARACTERS].encode())
    digest.update(b"}")
    return digest.hexdigest()


def _cell_texts(cells: list[JsonObject]) -> Iterator[str]:
    """The list of cells as JSON, in pieces."""
    yield "["
    for number, cell in enumerate(cells):
        yield (", " if number else "") + _canonical(joined_cell(cell))
    yield "]"


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def count_changed_cells(before: JsonObject, after: JsonObject) -> int:
    """How many cells were added, removed or changed; their order and ids do not count."""
    old, new = _fingerprints(before), _fingerprints(after)
    return max((old - new).total(), (new - old).total())


TRANSIENT = frozenset({"orig_nbformat", "orig_nbformat_minor", "signature"})
"""Notebook metadata that nbformat keeps in memory only."""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _fingerprints(nb: JsonObject) -> Counter[str]:
    cells = ({**joined_cell(cell), "id": None} for cell in nb["cells"])
    return Counter(json.dumps(cell, sort_keys=True) for cell in cells)


def _check_cell(number: int, cell: object) -> None:
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        raise NotANotebook(f"Cell {number} of the notebook has no cell type.")
    if not isinstance(joined_lines(cell.get("source")), str):
        raise NotANotebook(f"Cell {number} of the notebook has no source text.")
    if not isinstance(cell.get("metadata", {}), dict):
        raise NotANotebook(f"The metadata of cell {number} of the notebook is not an object.")
    outputs = cell.get("outputs", [])
    if not isinstance(outputs, list) or not all(isinstance(output, dict) for output in outputs):
        raise NotANotebook(f"The outputs of cell {number} of the notebook are not a list.")


def _joined_output(output: JsonObject) -> JsonObject:
    joined = dict(output)
    if "data" in joined:
        joined["data"] = _joined_bundle(joined["data"])
    if "text" in joined:
        joined["text"] = joined_lines(joined["text"])
    return joined


def _joined_bundle(bundle: Any) -> Any:
    if not isinstance(bundle, dict):
        return bundle
    return {k: v if is_json_mime(k) else joined_lines(v) for k, v in bundle.items()}
