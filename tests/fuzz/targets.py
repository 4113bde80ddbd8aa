"""What takes bytes from outside, as functions that must survive any bytes.

Whatever comes in, it is either understood or refused by an error of ours: no other exception, no
native crash, and nothing that takes long or much memory for its size.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pycrdt import Doc

from anode_jlab.documents.file_text import joined_notebook, parse_notebook
from anode_jlab.documents.ipynb import from_notebook, to_notebook
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import AnodeError
from anode_jlab.rooms import awareness, frames, protocol
from anode_jlab.rooms.guard import Guard, Vector
from anode_jlab.testing.ids import SeededIds

NOTEBOOK: dict[str, Any] = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {"tags": ["x"]}, "source": "# Ünï\n😀"},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "source": ["x = 1\n", "x"],
            "execution_count": 3,
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["1\n", "2\n"]},
                {
                    "output_type": "execute_result",
                    "execution_count": 3,
                    "metadata": {},
                    "data": {"text/plain": "1", "application/json": {"a": [1, None, True]}},
                },
            ],
        },
        {"cell_type": "raw", "id": "c", "metadata": {}, "source": ""},
    ],
}

_BEGINNING = from_notebook(NOTEBOOK, ids=SeededIds(1), client=1)


def beginning() -> bytes:
    """The update that every frame comes after."""
    return _BEGINNING


def frame(data: bytes) -> None:
    """A frame of a client, up to and into the document of a room."""
    try:
        message = protocol.decode_client(data)
        if isinstance(message, frames.Step1):
            Vector.decode(message.vector)
        elif isinstance(message, frames.Awareness):
            for entry in awareness.decode(message.payload):
                awareness.decode_state(entry.state or b"null")
        elif isinstance(message, frames.Update | frames.Step2):
            _update(message.update, step2=isinstance(message, frames.Step2))
    except AnodeError:
        pass


def _update(update: bytes, *, step2: bool) -> None:
    document = NotebookDocument(ids=SeededIds(2), client_id=2, mending=True)
    try:
        document.load(_BEGINNING)
        guard, vector = Guard(), Vector.decode(document.state_vector())
        guard.learn(_BEGINNING)
        shape = guard.check(update, step2=step2)
        if not guard.gap(shape, vector):
            guard.accept(shape)
            document.apply(update, origin="fuzz", author=None, shape=shape)
            document.to_notebook()
    finally:
        document.close()


def notebook(data: bytes) -> None:
    """The bytes of a notebook's file, up to the document and back."""
    try:
        nb = joined_notebook(parse_notebook(data.decode("utf-8", "surrogatepass")))
        document: Doc[Any] = Doc()
        document.apply_update(from_notebook(nb, ids=SeededIds(3)))
        exported = json.dumps(to_notebook(document))
    except (AnodeError, UnicodeDecodeError):
        return
    parse_notebook(exported)  # what was imported can be exported, and read again


TARGETS: Mapping[str, Callable[[bytes], None]] = {"frame": frame, "notebook": notebook}
