"""Brings one field of a cell into the form that nbformat can write, whatever was found there."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

CELL_TYPES = ("code", "markdown", "raw")

LARGEST_SAFE_INTEGER = 2**53 - 1
"""JavaScript has no larger integers; pycrdt would store them in a way that breaks its JSON."""


def cell_type(value: object) -> str:
    """JupyterLab can show no other types, and shows an unknown one as raw text."""
    return value if isinstance(value, str) and value in CELL_TYPES else "raw"


def joined(value: object) -> str:
    """Text that may be a list of lines; empty when it is no text."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return ""


def mapping(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def count(value: object) -> int | None:
    """A number that counts: JavaScript may have made it a float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value == value // 1 and 0 <= value < 2**53 else None


def whole_numbers(value: object) -> Any:
    """A JSON value with its whole numbers as such: JavaScript may have made floats of them."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [whole_numbers(item) for item in value]
    return value


def attachments(value: object) -> dict[str, Any]:
    """Files of a cell: name -> representations."""
    return {
        name: mime_bundle(bundle)
        for name, bundle in mapping(value).items()
        if isinstance(bundle, Mapping)
    }


def outputs(value: object, *, drop: Container[str]) -> list[dict[str, Any]]:
    """Outputs of a code cell, each without the keys ``drop``; what is no output is left out."""
    if not isinstance(value, list):
        return []
    return [
        _output({key: item for key, item in output.items() if key not in drop})
        for output in value
        if isinstance(output, Mapping) and isinstance(output.get("output_type"), str)
    ]


def _output(output: dict[str, Any]) -> dict[str, Any]:
    kind = output["output_type"]
    if kind == "stream":
        output["text"] = joined(output.get("text"))
    elif kind in ("display_data", "execute_result"):
        if "data" in output:
            output["data"] = mime_bundle(mapping(output["data"]))
        if "metadata" in output:
            output["metadata"] = mapping(output["metadata"])
        if "execution_count" in output:
            output["execution_count"] = count(output["execution_count"])
    return output


def mime_bundle(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """Representations by MIME type; lines are joined but in JSON, where a list is a list."""
    return {
        mime: "".join(value)
        if isinstance(value, list)
        and not _is_json(mime)
        and all(isinstance(line, str) for line in value)
        else value
        for mime, value in bundle.items()
    }


def _is_json(mime: str) -> bool:
    return mime == "application/json" or (
        mime.startswith("application/") and mime.endswith("+json")
    )


def storable(value: Any) -> Any:
    """A JSON value as the document holds it: numbers as JavaScript has them, whole characters.

    pycrdt panics on what is none: integers past 64 bits, halves of surrogate pairs, other keys
    than strings.
    """
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) <= LARGEST_SAFE_INTEGER else as_float(value)
    if isinstance(value, float):
        return value
    if isinstance(value, Mapping):
        return {whole_characters(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [storable(item) for item in value]
    raise TypeError(f"{type(value).__name__} is no JSON value")


def whole_characters(text: str) -> str:
    """``text`` with halves of surrogate pairs joined, or replaced where they are alone."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def as_float(value: float) -> float:
    """The nearest floating point number; infinity when there is none."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
