"""What is in a folder, and what git and diff say about it."""

from __future__ import annotations

import difflib
import subprocess
from pathlib import Path


def tree(root: Path) -> dict[str, tuple[bytes, int, int]]:
    """Everything below a folder but git's own: bytes, inode and time of change of each file."""
    found = {}
    for place in sorted(root.rglob("*")):
        name = str(place.relative_to(root))
        if place.is_file() and not name.startswith(".git/"):
            known = place.stat()
            found[name] = (place.read_bytes(), known.st_ino, known.st_mtime_ns)
    return found


def git(root: Path, *arguments: str) -> str:
    """The output of a git command in a folder."""
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.autocrlf=false"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


def changed_lines(before: str, after: str) -> list[str]:
    """Lines that were added or removed, with ``+`` or ``-`` before them."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), n=0
    )
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]
