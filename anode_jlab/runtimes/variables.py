"""The variables of a Python kernel: a question that leaves no trace in it, and its answer.

The question is an expression beside an empty cell, so that it counts as no run and names nothing.
It calls no code of the values themselves but that of well-known packages.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

MOST = 500
"""Variables of one answer; the largest come first."""

CODE = """
import sys, time, types

KNOWN = ("numpy", "pandas", "polars", "pyarrow", "torch", "scipy", "xarray", "jax", "tensorflow")
HIDDEN = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)
SECONDS, ITEMS = 0.1, 1000

def size_of(value, kind, depth=1):
    root = kind.__module__.partition(".")[0]
    if root in ("pandas",) and hasattr(value, "memory_usage"):
        used = value.memory_usage(index=True)
        return int(used.sum() if hasattr(used, "sum") else used)
    if root == "polars" and hasattr(value, "estimated_size"):
        return int(value.estimated_size())
    if root == "torch" and hasattr(value, "element_size"):
        return int(value.element_size() * value.nelement())
    if root in KNOWN and isinstance(getattr(value, "nbytes", None), int):
        return int(value.nbytes)
    size = sys.getsizeof(value)
    if depth and kind in (list, tuple, set, frozenset, dict):
        inner, seen = 0, 0
        for item in value.items() if kind is dict else value:
            for part in item if kind is dict else (item,):
                inner += size_of(part, type(part), depth - 1)
            seen += 1
            if seen >= ITEMS:
                break
        if seen:
            size += inner * len(value) // seen
    return int(size)

def shape_of(value, kind):
    root = kind.__module__.partition(".")[0]
    if root in KNOWN and isinstance(getattr(value, "shape", None), (tuple, list)):
        return [int(length) for length in value.shape]
    if kind in (list, tuple, set, frozenset, dict, str, bytes, bytearray):
        return [len(value)]
    return None

def told(shell, most):
    began, rows = time.perf_counter(), []
    for name, value in list(shell.user_ns.items()):
        kind = type(value)
        if name.startswith("_") or name in shell.user_ns_hidden or isinstance(value, HIDDEN):
            continue
        size = shape = None
        try:
            shape = shape_of(value, kind)
            if time.perf_counter() - began < SECONDS:
                size = size_of(value, kind)
        except Exception:  # from a property of somebody's class: the row stays without it
            pass
        full = kind.__module__ + "." + kind.__qualname__
        rows.append([name, kind.__name__, full, shape, size])
    rows.sort(key=lambda row: (-1 if row[4] is None else row[4]), reverse=True)
    import json
    return json.dumps([len(rows), rows[:most]])
"""

QUESTION: Mapping[str, Any] = {
    "code": "",
    "silent": True,
    "store_history": False,
    "user_expressions": {
        "told": "(lambda names: (exec(" + repr(CODE) + ", names), "
        f"names['told'](__import__('IPython').get_ipython(), {MOST}))[1])({{}})",
        "tools": "(lambda ours: ours.described() if ours else '[]')"
        "(__import__('sys').modules.get('anode_jlab.kernel.tools'))",
    },
    "allow_stdin": False,
    "stop_on_error": False,
}
"""Content of an ``execute_request``."""


class Variable(msgspec.Struct, frozen=True, array_like=True):
    """One of them. ``shape`` as its package tells it, or its length; ``size`` in bytes, without
    what objects inside of it hold elsewhere; None where it is not known."""

    name: str
    kind: str
    full_kind: str
    shape: tuple[int, ...] | None
    size: int | None


class KernelTool(msgspec.Struct, frozen=True, array_like=True):
    """A function that somebody marked with ``@tool``; ``schema`` is that of its arguments."""

    name: str
    description: str
    schema: dict[str, Any]
    is_async: bool


class Variables(msgspec.Struct, frozen=True, array_like=True):
    """How many there are, and the largest of them."""

    count: int = 0
    largest: tuple[Variable, ...] = ()


def variables_in(reply: Mapping[str, Any]) -> Variables | None:
    """The answer; None when the kernel could not give one."""
    return _answer(reply, "told", Variables)


def tools_in(reply: Mapping[str, Any]) -> tuple[KernelTool, ...]:
    """The tools that the kernel has."""
    return _answer(reply, "tools", tuple[KernelTool, ...]) or ()


def _answer(reply: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    told = (reply.get("user_expressions") or {}).get(name) or {}
    if told.get("status") != "ok":
        return None
    try:
        return msgspec.json.decode(ast.literal_eval(told["data"]["text/plain"]), type=kind)
    except (msgspec.MsgspecError, ValueError, SyntaxError, KeyError, TypeError):
        return None
