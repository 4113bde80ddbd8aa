"""Lists the source files that the checks look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SKIPPED_FOLDERS = frozenset({"node_modules", "labextension", "generated", "test-results", "build"})


def source_files(*folders: str, suffixes: tuple[str, ...]) -> Iterator[Path]:
    """Yield the files below the folders in a stable order, without what is generated."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and SKIPPED_FOLDERS.isdisjoint(path.parts):
                yield path


def shown(path: Path) -> str:
    """The path as it is printed: from the root of the repository."""
    return path.relative_to(ROOT).as_posix()
