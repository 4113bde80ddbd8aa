"""Writes a file whole or not at all, durably, for its owner alone."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_whole(place: Path, data: bytes) -> None:
    """Put bytes at a place, instead of what was there; its folder is made when it is missing.

    Raises OSError; then the place is as it was, and nothing half-written stays.
    """
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, place)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    sync_renaming(place.parent)


def sync_renaming(folder: Path) -> None:
    """Make what was renamed or linked in a folder durable; not every file system can."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
