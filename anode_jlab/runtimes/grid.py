"""What a Python kernel is told so that it describes its tables, and asked to have rows of them.

Both are expressions beside an empty cell, as for the variables: no run, and no name of the user's.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import msgspec

from anode_jlab.errors import BadRequest, TableGone
from anode_jlab.kernel import (
    arrow_table,
    cells,
    distribution,
    grids,
    pandas_table,
    polars_table,
)

MODULES = (cells, distribution, pandas_table, polars_table, arrow_table, grids)
"""In the order in which they need one another."""

OWN = ("anode_jlab.", "__future__")

HOW = Literal["contains", "eq", "ne", "lt", "le", "gt", "ge", "empty", "filled"]


class TableQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of a table: after ``filters`` (column, how, value) and ``sort`` (column, descending),
    ``count`` of them from ``start`` on. ``names`` are the columns as they were shown."""

    table: str
    names: tuple[str, ...]
    start: int
    count: int
    filters: tuple[tuple[int, HOW, str], ...] = ()
    sort: tuple[int, bool] | None = None


class TablePage(msgspec.Struct, frozen=True, kw_only=True):
    """``rows`` that there are after filtering; of those here the labels, and the values by
    column: a number, a truth value, a text, or null for what is missing. A long text is cut."""

    rows: int
    start: int
    labels: tuple[str, ...]
    values: tuple[tuple[float | int | bool | str | None, ...], ...]


@cache
def installation() -> Mapping[str, Any]:
    """Content of the ``execute_request`` that has a kernel describe its tables from now on."""
    return _asking(
        f"(lambda names: (exec({_joined()!r}, names), "
        "names['install'](__import__('IPython').get_ipython()))[1])({})"
    )


def question(query: TableQuery) -> Mapping[str, Any]:
    """Content of the ``execute_request`` that asks for rows."""
    asked = json.dumps(msgspec.to_builtins(query))
    return _asking(
        "__import__('IPython').get_ipython().display_formatter"
        f".formatters[{grids.MIME!r}].grids.told({asked!r})"
    )


def page_in(reply: Mapping[str, Any]) -> TablePage:
    """The answer. Raises TableGone, and BadRequest for a filter that cannot be understood."""
    told = (reply.get("user_expressions") or {}).get("told") or {}
    if told.get("status") != "ok":  # a kernel that was never told
        raise TableGone
    try:
        answer = msgspec.json.decode(ast.literal_eval(told["data"]["text/plain"]))
        if "problem" not in answer:
            return msgspec.convert(answer, TablePage)
    except (msgspec.MsgspecError, ValueError, SyntaxError, KeyError, TypeError):
        raise TableGone("The kernel gave no rows of this table.") from None
    if answer["problem"] == "gone":
        raise TableGone
    if answer["problem"] == "changed":
        raise TableGone("The table has other columns now.")
    raise BadRequest(str(answer.get("text", "")), hint="Change the filter or the order.")


def _asking(expression: str) -> Mapping[str, Any]:
    return {
        "code": "",
        "silent": True,
        "store_history": False,
        "user_expressions": {"told": expression},
        "allow_stdin": False,
        "stop_on_error": False,
    }


def _joined() -> str:
    """The modules as one text, which needs nothing of this package."""
    texts = [_without_own_imports(inspect.getsource(module)) for module in MODULES]
    return "\n".join(["from __future__ import annotations", *texts])


def _without_own_imports(source: str) -> str:
    lines = source.splitlines()
    for node in ast.parse(source).body:
        own = isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OWN)
        if own and node.end_lineno is not None:
            lines[node.lineno - 1 : node.end_lineno] = [""] * (node.end_lineno - node.lineno + 1)
    return "\n".join(lines)
