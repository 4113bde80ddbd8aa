"""State vectors read: how much of each Yjs client's changes a document has."""

from __future__ import annotations

from anode_jlab.documents.update_reader import UpdateReader


def clocks(vector: bytes) -> dict[int, int]:
    """Per client the clock after the last one that is known, of a state vector of our own."""
    reader = UpdateReader(vector)
    return {reader.uint(): reader.clock() for _ in range(reader.count(2))}
