"""What one keystroke, a long history and its disk cost without any server around them.

Times are processor time of this process, so that what else the machine does counts little.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Mapping
from pathlib import Path
from time import process_time

from anode_jlab.rooms.guard import Guard
from bench.history import History, opened
from bench.notebooks import TYPING_CELLS, Typist, document_of

CHECKED = 20_000
"""Keystrokes that the guard looks at, in parts of which the median counts."""

PART = 200

OPENINGS = 5


def guard_seconds() -> float:
    """How long the guard takes for one keystroke."""
    guard, document = Guard(), document_of(TYPING_CELLS)
    guard.learn(document)
    frames = Typist(document, client=7, cell=0).type(CHECKED)
    took = []
    for start in range(0, CHECKED, PART):
        part = frames[start : start + PART]
        began = process_time()
        for frame in part:
            guard.accept(guard.check(frame))
        took.append((process_time() - began) / PART)
    return statistics.median(took)


async def core(place: Path, edits: int) -> Mapping[str, float]:
    """All of it, in the bench's own process."""
    history = History(place / "written")
    try:
        await history.write(edits)
        crashed = [await opened(history.folder, place / "opened") for _ in range(OPENINGS)]
        await history.snapshot()
        await history.pack()
        size = history.size
        closed = [await opened(history.folder, place / "opened") for _ in range(OPENINGS)]
    finally:
        await history.close()
    return {
        "guard": await asyncio.to_thread(guard_seconds),
        "long crashed": statistics.median(took for took, _ in crashed),
        "long open": statistics.median(took for took, _ in closed),
        "long snapshot": statistics.median(alone for _, alone in closed),
        "disk": size / edits * 1000,
    }
