"""One path for each file, however it was written: spellings, symbolic links and letter case that
mean the same must not make two notebooks that write one file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

from anode_jlab.errors import NotebookNotFound


def plain_path(path: str) -> str:
    """A contents path without empty parts, ``.`` and ``..``, which jupyter_server takes as well.

    Raises NotebookNotFound when it leads out of the root.
    """
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                raise NotebookNotFound(f"There is no notebook at {path}.")
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def resolved_path(root: Path, path: str, *, follow: bool = True) -> str:
    """Where the file at a plain path below ``root`` really lies, with the letters of its folder.

    ``follow``: also through the file itself when it is a link, not only through its folders. The
    path as it is when it leads out of the root, or to where the server shows nothing (hidden).
    """
    place, top = root / path, Path(os.path.realpath(root))
    real = place if follow else place.parent
    found = Path(os.path.realpath(real)) / ("" if follow else place.name)
    if not path or not found.is_relative_to(top):
        return path
    parts, shown = found.relative_to(top).parts, set(path.split("/"))
    if any(part.startswith(".") and part not in shown for part in parts):
        return path
    folder, names = top, []
    for part in parts:
        names.append(true_name(folder, part))
        folder /= part
    return "/".join(names)


def real_place(place: Path) -> Path:
    """Where a file's bytes are, whichever links lead there."""
    return Path(os.path.realpath(place))


def true_name(
    folder: Path,
    name: str,
    is_same: Callable[[Path, Path], bool] = os.path.samefile,
) -> str:
    """The name that a folder lists for what is found there under ``name``.

    It is another one where letter case or the composition of accents does not matter. ``is_same``
    tells whether two paths are one file, and raises OSError when one of them is nothing.
    """
    if not any(_is_one(folder, other, name, is_same) for other in _spellings(name)):
        return name
    try:
        listed = os.listdir(folder)
    except OSError:
        return name
    if name in listed:
        return name
    alike = (other for other in listed if _folded(other) == _folded(name))
    return next((other for other in alike if _is_one(folder, other, name, is_same)), name)


def _spellings(name: str) -> set[str]:
    """Other names, one of which finds the same file if the folder is lax about them."""
    return {name.swapcase(), normalize("NFC", name), normalize("NFD", name)} - {name}


def _folded(name: str) -> str:
    return normalize("NFC", name).casefold()


def _is_one(folder: Path, one: str, other: str, is_same: Callable[[Path, Path], bool]) -> bool:
    try:
        return is_same(folder / one, folder / other)
    except OSError:
        return False
