"""The JSON schema of a function's arguments, from its type hints and its docstring."""

from __future__ import annotations

import enum
import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Union, get_args, get_origin

_SIMPLE: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    dict: {"type": "object"},
    list: {"type": "array"},
    tuple: {"type": "array"},
    set: {"type": "array"},
    type(None): {"type": "null"},
}

_ARGUMENT = re.compile(r"^\s*(?::param (?:\S+ )?(\w+):|(\w+)(?:\s*\([^)]*\))?\s*:)\s+(\S.*)$")
"""``:param name: text`` and ``name (type): text``, as docstrings describe arguments."""


def schema_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The schema. Raises TypeError for arguments that JSON cannot name."""
    hints = _hints(function)
    texts = _described(inspect.getdoc(function) or "")
    properties: dict[str, Any] = {}
    required: list[str] = []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise TypeError(f"A tool cannot take *{name}: give each argument a name.")
        if parameter.kind is parameter.POSITIONAL_ONLY:
            raise TypeError(f"A tool's arguments are given by name, but {name} has none.")
        described = type_schema(hints.get(name, Any))
        if name in texts:
            described = {**described, "description": texts[name]}
        if parameter.default is parameter.empty:
            required.append(name)
        properties[name] = described
    schema: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return {**schema, "required": required} if required else schema


def type_schema(hint: Any) -> dict[str, Any]:
    """The schema of one type; of what is not known, any value."""
    if hint in _SIMPLE:
        return dict(_SIMPLE[hint])
    origin, parts = get_origin(hint), get_args(hint)
    if origin is typing.Annotated:
        texts = [part for part in parts[1:] if isinstance(part, str)]
        return type_schema(parts[0]) | ({"description": texts[0]} if texts else {})
    if origin is Literal:
        return {"enum": list(parts)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [type_schema(part) for part in parts]}
    if origin in (list, set, frozenset, Sequence) or (origin is tuple and parts[-1:] == (...,)):
        return {"type": "array", "items": type_schema(parts[0])}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": type_schema(parts[1])}
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return {"enum": [member.value for member in hint]}
    return {}


def converted(function: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values as the function's hints want them: enumerations, tuples and sets."""
    hints = _hints(function)
    return {name: _value(hints.get(name, Any), value) for name, value in given.items()}


def _value(hint: Any, value: Any) -> Any:
    kind = get_origin(hint) or hint
    if kind in (tuple, set, frozenset) and isinstance(value, list):
        return kind(value)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(value)
    return value


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function, include_extras=True)
    except (NameError, TypeError):  # a hint that names nothing (yet): any value then
        return {}


def _described(doc: str) -> dict[str, str]:
    found = (_ARGUMENT.match(line) for line in doc.splitlines())
    return {match[1] or match[2]: match[3].strip() for match in found if match}
