"""Finds artifacts that nothing refers to any more, and removes them.

Left over are bytes whose reference was purged from the history, or never committed because of a
crash, and the last piece of a stream that went on. Bytes are kept before their reference is, so
what is young is left alone.
"""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from anode_jlab.artifacts.store import ArtifactStore
from anode_jlab.errors import ArtifactNotFound
from anode_jlab.ids import NotebookId, Sha256

GRACE_SECONDS = 600.0
"""What was kept since is left alone, whether or not it is mentioned."""


class Leftover(NamedTuple):
    """An artifact that nothing refers to, and its bytes."""

    sha256: Sha256
    size: int


async def leftovers(
    store: ArtifactStore, notebook: NotebookId, mentioned: Container[Sha256], before: float
) -> list[Leftover]:
    """Artifacts that are not mentioned and were last kept before a moment."""
    found = []
    for sha256, (size, kept_at) in (await store.listing(notebook)).items():
        if sha256 not in mentioned and kept_at < before:
            found.append(Leftover(sha256, size))
    return found


async def remove(
    store: ArtifactStore, notebook: NotebookId, left: list[Leftover], before: float
) -> list[Leftover]:
    """Remove them, but for what was kept again meanwhile; those that are gone now."""
    gone = []
    for one in left:
        try:
            if await store.remove(notebook, one.sha256, before=before):
                gone.append(one)
        except ArtifactNotFound:
            gone.append(one)
    return gone
