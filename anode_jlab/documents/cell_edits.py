"""Changes live cells into wanted ones by edits inside of them, so that cursors and history stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from pycrdt import Array, Map, Text

from anode_jlab.documents import ipynb
from anode_jlab.documents.cells import new_outputs
from anode_jlab.documents.plain import EXECUTION_STATE, MARK_OF_TRUST
from anode_jlab.documents.sane import storable
from anode_jlab.documents.text_edits import apply_edits, text_edits

_SHARED = ("source", "metadata", "outputs")
"""Fields of a cell that are shared types; all others are plain values."""

_NOTEBOOK = ("cells", "metadata", "nbformat", "nbformat_minor")


def can_stay(shared: Map[Any], now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    """Whether the live cell, which reads as ``now``, can become ``then`` by edits inside of it."""
    if now == then:
        return True
    if now["cell_type"] != then["cell_type"]:
        return False
    return (
        isinstance(shared.get("source"), Text)
        and isinstance(shared.get("metadata"), Map)
        and (then["cell_type"] != "code" or isinstance(shared.get("outputs"), Array))
    )


def update_cell(shared: Map[Any], now: Mapping[str, Any], then: Mapping[str, Any]) -> None:
    """Make a live cell that reads as ``now`` read as ``then``; see ``can_stay``."""
    apply_edits(shared["source"], now["source"], text_edits(now["source"], then["source"]))
    _update_map(shared["metadata"], then["metadata"], spare=(MARK_OF_TRUST,))
    if now.get("outputs") != then.get("outputs"):
        _update_outputs(shared["outputs"], now["outputs"], then["outputs"])
    others = {key: value for key, value in then.items() if key not in _SHARED}
    _update_map(shared, others, spare=(*_SHARED, EXECUTION_STATE))


def update_meta(meta: Map[Any], nb: Mapping[str, Any]) -> None:
    """Make the live notebook's own fields those of ``nb``; its cells are not looked at."""
    for key in ("nbformat", "nbformat_minor"):
        if key in nb and meta.get(key) != nb[key]:
            meta[key] = nb[key]
    metadata = storable(ipynb.notebook_metadata(nb))
    if isinstance(meta.get("metadata"), Map):
        _update_map(meta["metadata"], metadata)
    else:
        meta["metadata"] = Map(metadata)
    others = storable({key: value for key, value in nb.items() if key not in _NOTEBOOK})
    _update_map(meta, others, spare=_NOTEBOOK)


def remove_all_but(cells: Array[Any], kept: set[int]) -> None:
    """Delete every element but those at the places ``kept``, in as few pieces as possible."""
    end = len(cells)
    while end:
        start = end
        while start and start - 1 not in kept:
            start -= 1
        if start < end:
            del cells[start:end]
            end = start
        else:
            end -= 1


def _update_map(shared: Map[Any], then: Mapping[str, Any], *, spare: Sequence[str] = ()) -> None:
    now = shared.to_py() or {}
    for key in now.keys() - then.keys() - set(spare):
        del shared[key]
    for key, value in then.items():
        if key not in now or now[key] != value:
            shared[key] = value


def _update_outputs(
    shared: Array[Any], now: Sequence[Mapping[str, Any]], then: Sequence[Mapping[str, Any]]
) -> None:
    """Replace the stretch that differs; what is equal at both ends keeps its place and identity."""
    if len(shared) != len(now):
        del shared[:]
        shared.extend(new_outputs(then))
        return
    head = _equal_length(now, then)
    tail = _equal_length(now[head:][::-1], then[head:][::-1])
    if head + tail < len(now):
        del shared[head : len(now) - tail]
    for index, output in enumerate(new_outputs(then[head : len(then) - tail])):
        shared.insert(head + index, output)


def _equal_length(one: Sequence[Any], other: Sequence[Any]) -> int:
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))
