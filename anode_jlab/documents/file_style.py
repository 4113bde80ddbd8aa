"""Keep a notebook file's own layout: only the lines of what was edited may differ."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from anode_jlab.documents.contents import JsonObject
from anode_jlab.documents.file_layout import (
    Node,
    elements_of,
    end_of_object,
    members_of,
    read_layout,
    skip_blanks,
)
from anode_jlab.documents.file_text import (
    TRANSIENT,
    is_json_mime,
    joined_cell,
    joined_lines,
    joined_notebook,
)


def restyle(before: str, written: str) -> str:
    """The content of ``written`` in the layout of ``before``; both are notebook files' texts.

    What did not change stays character for character: key order, indentation, escapes, the form
    of numbers, lists of lines or one string, line ends and the end of the file. ``written`` comes
    back unchanged when its content could not be laid out so.
    """
    try:
        nb = json.loads(written)
        styled = _Restyler(before).render(nb)
        if styled == written or _holds(styled, nb):
            return styled
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        pass
    return written


def _holds(text: str, nb: JsonObject) -> bool:
    return joined_notebook(json.loads(text)) == joined_notebook(nb)


class _Restyler:
    """Writes new content over an old text."""

    def __init__(self, before: str) -> None:
        self._before = before
        self._start = skip_blanks(before, 0)
        self._members = dict(members_of(before, self._start))
        self._end = end_of_object(before, self._start, self._members)
        # Its value is in its elements: a file with large outputs is not held twice.
        self._members["cells"] = replace(self._members["cells"], value=None)
        self._cells = list(elements_of(before, self._members["cells"].start))
        self._layout = read_layout(before, self._members, self._cells)

    def render(self, nb: JsonObject) -> str:
        parts = []
        nb = self._with_transient(nb)
        for key in self._order(list(self._members), list(nb)):
            old = self._members.get(key)
            text = self._cells_text(nb[key]) if key == "cells" else self._text(old, nb[key], 1)
            parts.append(self._label(key, old) + text)
        body = self._layout.wrap("{}", parts, 0)
        return self._before[: self._start] + body + self._before[self._end :]

    def _with_transient(self, nb: JsonObject) -> JsonObject:
        """Notebook metadata that nbformat does not write stays where it was found."""
        old = self._members["metadata"].value
        kept = {key: value for key, value in old.items() if key in TRANSIENT}
        return {**nb, "metadata": {**kept, **nb["metadata"]}}

    def _cells_text(self, cells: list[JsonObject]) -> str:
        """All cells; the list itself stays verbatim when nothing in it changed."""
        texts: list[str] = []
        unchanged = len(cells) == len(self._cells)
        for position, (cell, old) in enumerate(
            zip(cells, pair_cells(self._cells, cells), strict=True)
        ):
            if old is not None and _same_cell(old.value, cell):
                texts.append(old.verbatim)
                unchanged = unchanged and old is self._cells[position]
            else:
                texts.append(self._cell_text(old, cell))
                unchanged = False
        if unchanged:
            return self._members["cells"].verbatim
        return self._layout.wrap("[]", texts, 1)

    def _cell_text(self, old: Node | None, cell: JsonObject) -> str:
        if old is not None:
            return self._text(old, in_form_of(old.value, cell), 2)
        model = self._model_for(cell)
        if model is None:
            return self._layout.dump(cell, 2)
        if isinstance(model.value.get("source"), str):
            cell = {**cell, "source": joined_lines(cell["source"])}
        keys = self._order(list(model.value), list(cell))
        parts = [self._label(key, None) + self._layout.dump(cell[key], 3) for key in keys]
        return self._layout.wrap("{}", parts, 2)

    def _model_for(self, cell: JsonObject) -> Node | None:
        """An old cell whose form a new one takes on: the first of its type, else the first."""
        kind = cell.get("cell_type")
        alike = (old for old in self._cells if old.value.get("cell_type") == kind)
        return next(alike, self._cells[0] if self._cells else None)

    def _text(self, old: Node | None, value: Any, level: int) -> str:
        if old is None:
            return self._layout.dump(value, level)
        if same(old.value, value):
            return old.verbatim
        if isinstance(old.value, dict) and isinstance(value, dict):
            return self._object_text(old, value, level)
        if isinstance(old.value, list) and isinstance(value, list):
            return self._list_text(old, value, level)
        return self._layout.dump(value, level)

    def _object_text(self, old: Node, value: JsonObject, level: int) -> str:
        members = dict(members_of(old.text, old.start))
        parts = []
        for key in self._order(list(members), list(value)):
            member = members.get(key)
            parts.append(self._label(key, member) + self._text(member, value[key], level + 1))
        return self._wrapped_as(old, "{}", parts, level)

    def _list_text(self, old: Node, value: list[Any], level: int) -> str:
        elements = list(elements_of(old.text, old.start))
        lines = {node.value: node for node in elements if isinstance(node.value, str)}
        parts = []
        for position, item in enumerate(value):
            if isinstance(item, str):
                found = lines.get(item)
            else:
                found = elements[position] if position < len(elements) else None
            parts.append(self._text(found, item, level + 1))
        return self._wrapped_as(old, "[]", parts, level)

    def _wrapped_as(self, old: Node, brackets: str, parts: Sequence[str], level: int) -> str:
        """The items on one line when the old ones were, else one below the other."""
        text = old.verbatim
        if (
            not old.value
            or not self._layout.indented
            or "\n" in text
            or any("\n" in part for part in parts)
        ):
            return self._layout.wrap(brackets, parts, level)
        padding = " " if text[1] == " " else ""
        return f"{brackets[0]}{padding}{', '.join(parts)}{padding}{brackets[1]}"

    def _order(self, old: list[str], new: list[str]) -> list[str]:
        """The keys ``new`` in the order of ``old``, added ones sorted in or at the end."""
        is_sorted = old == sorted(old) if len(old) > 1 else self._layout.ordered
        if is_sorted:
            return sorted(new)
        kept = [key for key in old if key in new]
        return kept + sorted(key for key in new if key not in old)

    def _label(self, key: str, old: Node | None) -> str:
        if old is not None:
            return old.label
        return json.dumps(key, ensure_ascii=self._layout.ascii) + self._layout.colon


def pair_cells(old: Sequence[Node], new: Sequence[JsonObject]) -> list[Node | None]:
    """For each new cell the old one that it was: by id, else by content, else by place."""
    by_id = {node.value["id"]: node for node in old if isinstance(node.value.get("id"), str)}
    if by_id:
        return [by_id.get(cell.get("id", "")) for cell in new]
    waiting: defaultdict[str, deque[Node]] = defaultdict(deque)
    for node in old:
        waiting[_fingerprint(node.value)].append(node)
    pairs: list[Node | None] = []
    for cell in new:
        alike = waiting.get(_fingerprint(cell))
        pairs.append(alike.popleft() if alike else None)
    left = deque(sorted((n for queue in waiting.values() for n in queue), key=lambda n: n.start))
    return _pair_by_place(pairs, left, new)


def in_form_of(old: JsonObject, new: JsonObject) -> JsonObject:
    """``new`` with its multi-line strings in the form (one string or lines) that ``old`` has."""
    cell = {**new, "source": _lines_as(old.get("source"), new.get("source"))}
    attachments = new.get("attachments")
    if isinstance(attachments, dict) and isinstance(old.get("attachments"), dict):
        cell["attachments"] = {
            name: _bundle_as(old["attachments"].get(name), bundle)
            for name, bundle in attachments.items()
        }
    outputs, before = new.get("outputs"), old.get("outputs")
    if isinstance(outputs, list) and isinstance(before, list):
        cell["outputs"] = [
            _output_as(before[n] if n < len(before) else None, output)
            for n, output in enumerate(outputs)
        ]
    return cell


def _same_cell(one: JsonObject, other: JsonObject) -> bool:
    """Whether two cells hold the same; most are written alike, and that is quickly seen."""
    if json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True):
        return True
    return same(joined_cell(one), joined_cell(other))


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; true is not 1, though 1 is 1.0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _pair_by_place(
    pairs: list[Node | None], left: deque[Node], new: Sequence[JsonObject]
) -> list[Node | None]:
    """Give cells without a pair the unpaired old ones that stand between the same neighbours."""
    paired = list(pairs)
    last = -1
    for position, found in enumerate(pairs):
        if found is not None:
            last = max(last, found.start)
            continue
        following = next((n.start for n in pairs[position + 1 :] if n is not None), None)
        for node in left:
            between = node.start > last and (following is None or node.start < following)
            if between and node.value.get("cell_type") == new[position].get("cell_type"):
                paired[position] = node
                last = node.start
                left.remove(node)
                break
    return paired


def _fingerprint(cell: JsonObject) -> str:
    return json.dumps(joined_cell(cell), sort_keys=True)


def _lines_as(old: Any, new: Any) -> Any:
    """A multi-line string in the form of another one."""
    if old is None or joined_lines(old) == joined_lines(new):
        return new if old is None else old
    text = joined_lines(new)
    if isinstance(old, str):
        return text
    if isinstance(old, list) and isinstance(new, str):
        return new.splitlines(keepends=True)
    return new


def _bundle_as(old: Any, new: Any) -> Any:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {
        mime: value if is_json_mime(mime) else _lines_as(old.get(mime), value)
        for mime, value in new.items()
    }


def _output_as(old: Any, new: JsonObject) -> JsonObject:
    if not isinstance(old, dict):
        return new
    output = dict(new)
    if "text" in output:
        output["text"] = _lines_as(old.get("text"), output["text"])
    if "data" in output:
        output["data"] = _bundle_as(old.get("data"), output["data"])
    return output
