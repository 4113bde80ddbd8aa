"""Good inputs to begin with: what is only slightly wrong gets furthest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pycrdt import Doc, Map, Text

from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.rooms import frames, protocol
from anode_jlab.testing.ids import SeededIds
from tests.fuzz.targets import NOTEBOOK, beginning


def _frames() -> list[bytes]:
    """Frames that clients send when they type, add, move and delete cells."""
    document = NotebookDocument(ids=SeededIds(5), client_id=5)
    document.load(beginning())
    updates: list[bytes] = []
    document.doc.observe(lambda event: updates.append(event.update))
    vector = document.state_vector()
    cell = document.cells[0]
    source = cell["source"]
    source += " typed 😀"
    del source[0:3]
    raw = {"id": "n", "cell_type": "raw", "metadata": {"k": [1, {"a": None}]}, "source": "new"}
    document.cells.insert(1, new_cell(raw))
    with document.doc.transaction():
        del document.cells[0]
        document.cells.insert(2, new_cell(raw | {"id": "a"}))
    document.meta["metadata"] = Map({"x": Text("y"), "n": 1.5, "l": [True, b"bytes"]})
    sent: list[frames.ServerFrame] = [frames.Update(update) for update in updates]
    sent += [frames.Step1(vector), frames.Step2(document.diff(vector)), frames.Ping()]
    return [*map(protocol.encode, sent), _awareness()]


def _awareness() -> bytes:
    from pycrdt import Awareness, create_awareness_message

    doc: Doc[Any] = Doc()
    awareness = Awareness(doc)
    awareness.set_local_state({"user": {"name": "Ann"}, "cursors": [{"anchor": 1}]})
    return create_awareness_message(awareness.encode_awareness_update([awareness.client_id]))


def _notebooks() -> list[bytes]:
    bare = {"nbformat": 4, "nbformat_minor": 0, "metadata": {}, "cells": []}
    return [json.dumps(nb, indent=1).encode() for nb in (NOTEBOOK, bare)]


SEEDS: Mapping[str, list[bytes]] = {"frame": _frames(), "notebook": _notebooks()}
