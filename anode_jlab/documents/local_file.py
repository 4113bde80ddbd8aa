"""A notebook's file on a local disk: undo what tore it, and change its layout in one step."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from anode_jlab.documents.file_style import restyle


def backup_of(place: Path) -> Path:
    """Where jupyter_server keeps the old bytes while it writes new ones."""
    return place.with_name(f".~{place.name}")


def renamed_to(place: Path, inode: str, suffix: str) -> str | None:
    """The name of the file in the folder of ``place`` that ends with ``suffix`` and is this
    ``device:inode``."""
    try:
        with os.scandir(place.parent) as found:
            for entry in found:
                is_backup = entry.name.startswith(".~")
                if entry.name.endswith(suffix) and entry.name != place.name and not is_backup:
                    status = entry.stat()
                    if f"{status.st_dev}:{status.st_ino}" == inode:
                        return entry.name
    except OSError:
        return None
    return None


def put_back(place: Path, is_right: Callable[[bytes], bool]) -> bool:
    """Undo a write that was interrupted, if the copy made before it is right; whether it was."""
    backup = backup_of(place)
    try:
        if not is_right(backup.read_bytes()):
            return False
        os.replace(backup, place)
    except OSError:
        return False
    return True


def settle(place: Path, before: str | None) -> None:
    """Leave the folder as it was before a save that failed half-way."""
    if before is None:
        return
    old = before.encode()
    try:
        if place.read_bytes() == old:
            backup_of(place).unlink(missing_ok=True)
            return
    except OSError:
        pass
    put_back(place, lambda backup: backup == old)


def restyle_file(place: Path, before: str, written: str) -> bool:
    """Lay the file out as ``before`` in one step, keeping mode and times, if it is still
    ``written``; whether it was changed.

    When this cannot be done the file keeps the contents manager's layout: its content is right.
    """
    styled = restyle(before, written)
    part = place.with_name(f".~anode-{place.name}")
    try:
        if styled == written:
            part.unlink(missing_ok=True)  # a crash may have left one
            return False
        found = place.stat()
        if found.st_nlink > 1 or place.read_bytes() != written.encode():
            return False
        with open(part, "wb") as stream:
            os.fchmod(stream.fileno(), found.st_mode & 0o7777)
            stream.write(styled.encode())
            stream.flush()
            os.fsync(stream.fileno())
        os.utime(part, ns=(found.st_atime_ns, found.st_mtime_ns))
        os.replace(part, place)
    except OSError:
        part.unlink(missing_ok=True)
        return False
    return True
