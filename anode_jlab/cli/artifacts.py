"""Brings a notebook's large outputs along when its log is copied."""

from __future__ import annotations

import sys
from pathlib import Path

from anode_jlab.artifacts.folder import FolderArtifacts
from anode_jlab.errors import ArtifactDamaged
from anode_jlab.ids import NotebookId


async def copy_artifacts(source: Path, target: Path, notebook: NotebookId) -> int:
    """Copy from one store folder into another what is not there yet; how many were copied.

    A damaged one is told about and left out: the notebook is whole but for that output.
    """
    ours, theirs = FolderArtifacts(source), FolderArtifacts(target)
    there = frozenset(await theirs.addresses(notebook))
    copied = 0
    for sha256 in await ours.addresses(notebook):
        if sha256 in there:
            continue
        try:
            await ours.size(notebook, sha256)
        except ArtifactDamaged:
            print(f"left out: a damaged output of {notebook}, {sha256}", file=sys.stderr)
            continue
        await theirs.put(notebook, await ours.read(notebook, sha256))
        copied += 1
    return copied
