"""``@tool``: functions of a notebook that the assistant may call.

The server asks for ``described()`` while the kernel has nothing to run, and runs ``call``.
"""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

from anode_jlab.kernel.schema import converted, schema_of

F = TypeVar("F", bound=Callable[..., Any])

_tools: dict[str, Callable[..., Any]] = {}


def tool(function: F) -> F:
    """Let the assistant call this function. Its name, docstring and type hints tell what it does.

    Raises TypeError when the assistant could not call it: without a docstring, or with arguments
    that have no names.
    """
    name = getattr(function, "__name__", "")
    if not name.isidentifier():
        raise TypeError("A tool is a function with a name.")
    if not inspect.getdoc(function):
        raise TypeError(f"{name} needs a docstring: it tells the assistant what the tool is for.")
    schema_of(function)
    _tools[name] = function
    return function


def described() -> str:
    """All tools, as JSON: name, description, schema of the arguments, whether it is awaited."""
    return json.dumps(
        [
            [name, inspect.getdoc(one), schema_of(one), inspect.iscoroutinefunction(one)]
            for name, one in _tools.items()
        ]
    )


def call(name: str, arguments: str) -> None:
    """Call a tool with JSON arguments and show what it gives."""
    _show(_bound(name, arguments)())


async def call_async(name: str, arguments: str) -> None:
    """As ``call``, for one that is awaited."""
    _show(await _bound(name, arguments)())


def _bound(name: str, arguments: str) -> Callable[[], Any]:
    if name not in _tools:
        known = ", ".join(_tools) or "none"
        raise LookupError(f"There is no tool {name} in this kernel; known are: {known}.")
    function = _tools[name]
    given = converted(function, json.loads(arguments))
    inspect.signature(function).bind(**given)  # a TypeError says which argument is wrong
    return lambda: function(**given)


def _show(value: Any) -> None:
    # Imported here: only kernels have it, and this package is imported elsewhere, too.
    from IPython import display as displays

    display = cast("Callable[..., None]", displays.display)
    if value is None:
        return
    if _is_json(value):
        text = json.dumps(value, ensure_ascii=False)
        display({"application/json": value, "text/plain": text}, raw=True)
    else:
        display(value)


def _is_json(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, list | tuple):
        return all(map(_is_json, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(one) for key, one in value.items())
    return value is None or isinstance(value, str | int | bool)
