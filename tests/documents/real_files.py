"""A notebook file in a folder, and what tests do to it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from anode_jlab.documents.contents import JsonObject

NAME = "folder/Ein Heft.ipynb"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def put(root: Path, text: str) -> Path:
    place = root / NAME
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(text.encode())
    return place


def edited(nb: JsonObject, cell: int = 0, text: str = " edited") -> JsonObject:
    cells = [dict(found) for found in nb["cells"]]
    cells[cell]["source"] += text
    return {**nb, "cells": cells}
