"""What a backup holds, as the file ``backup.json`` in it says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import msgspec

from anode_jlab._version import __version__
from anode_jlab.errors import BadRequest, StoreTooNew
from anode_jlab.ids import NotebookId, Seq

NAME = "backup.json"

FORMAT = 1
"""The newest form of a backup that this version reads."""


class BackedUp(msgspec.Struct, frozen=True, kw_only=True):
    """One notebook: ``<id>.db`` beside the manifest is its log, which ends with event ``seq``.

    ``path`` is the whole path of its file, empty when it had none.
    """

    id: Annotated[NotebookId, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    path: str
    seq: Seq


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All notebooks of a backup. ``time`` is in seconds since 1970."""

    time: float
    notebooks: tuple[BackedUp, ...]
    format: int = FORMAT
    version: str = __version__


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, durably."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    with (folder / NAME).open("xb") as file:
        file.write(text + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BadRequest, and StoreTooNew."""
    try:
        manifest = msgspec.json.decode((folder / NAME).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        hint = "Name a folder that `anode-jlab backup` made."
        raise BadRequest(f"{folder} is no backup: {error}.", hint=hint) from error
    if manifest.format > FORMAT:
        raise StoreTooNew(f"The backup has format {manifest.format}; this version reads {FORMAT}.")
    return manifest
