"""The cell with the values that a run is given, as papermill and its like know it.

A cell with the tag ``parameters`` holds the defaults; the cell behind it with the tag
``injected-parameters`` overrides them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from keyword import iskeyword
from typing import Any

from pycrdt import Map, Text

from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.sane import mapping, whole_characters
from anode_jlab.documents.text_edits import apply_edits, text_edits
from anode_jlab.errors import BadRequest
from anode_jlab.ids import CellId

DEFAULTS, INJECTED = "parameters", "injected-parameters"


def put_parameters(
    document: NotebookDocument, parameters: Mapping[str, Any], *, new: CellId
) -> CellId:
    """Write the values into the notebook, inside of an edit: into the cell of an earlier time, or
    into one called ``new`` behind the defaults, at the top when there are none. The cell's id.

    Raises BadRequest for names that are none, and for languages that are not known.
    """
    language = language_of(document)
    source = whole_characters(assignments(parameters, language))
    at = 0
    for index, cell_id in enumerate(document.element_ids):
        tags = _tags(document, index)
        if INJECTED in tags and cell_id is not None:
            text = document.cells[index].get("source")
            if isinstance(text, Text):
                apply_edits(text, str(text), text_edits(str(text), source))
                return cell_id
        if DEFAULTS in tags:
            at = index + 1
    plain: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "id": new,
        "metadata": {"tags": [INJECTED]},
        "outputs": [],
        "source": source,
    }
    document.cells.insert(at, new_cell(plain))
    return new


def assignments(parameters: Mapping[str, Any], language: str) -> str:
    """Code that sets each name to its value, which is JSON. Raises BadRequest."""
    if language not in _FORMS:
        known = ", ".join(sorted(_FORMS))
        raise BadRequest(f"Parameters can be given in {known}, not in {language}.")
    form, value_of = _FORMS[language]
    for name in parameters:
        if not name.isidentifier() or (language == "python" and iskeyword(name)):
            raise BadRequest(f"{name!r} is no name for a parameter.")
    return "# Parameters\n" + "\n".join(
        form.format(name, value_of(value)) for name, value in parameters.items()
    )


def language_of(document: NotebookDocument) -> str:
    """The language that the notebook names, in lower case; Python when it names none."""
    plain = _plain(document.meta.get("metadata"))
    spec, info = mapping(plain.get("kernelspec")), mapping(plain.get("language_info"))
    return str(spec.get("language") or info.get("name") or "python").lower()


def _tags(document: NotebookDocument, index: int) -> list[Any]:
    tags = _plain(document.cells[index].get("metadata")).get("tags")
    return tags if isinstance(tags, list) else []


def _plain(value: object) -> dict[str, Any]:
    return mapping(value.to_py() if isinstance(value, Map) else value)


def _in_r(value: Any) -> str:
    if isinstance(value, dict):
        return f"list({', '.join(f'`{key}` = {_in_r(item)}' for key, item in value.items())})"
    if isinstance(value, list):
        return f"list({', '.join(map(_in_r, value))})"
    words = {None: "NULL", True: "TRUE", False: "FALSE"}
    is_word = value is None or isinstance(value, bool)
    return words[value] if is_word else json.dumps(value, ensure_ascii=False)


def _in_julia(value: Any) -> str:
    if isinstance(value, dict):
        items = (f"{_in_julia(key)} => {_in_julia(item)}" for key, item in value.items())
        return f"Dict({', '.join(items)})"
    if isinstance(value, list):
        return f"[{', '.join(map(_in_julia, value))}]"
    if value is None:
        return "nothing"
    return json.dumps(value, ensure_ascii=False).replace("$", "\\$")


_FORMS: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "python": ("{} = {}", repr),
    "r": ("{} <- {}", _in_r),
    "julia": ("{} = {}", _in_julia),
}
