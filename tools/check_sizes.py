"""Warns about files and functions that grow long, and fails when they are too long."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.sources import shown, source_files

FILE_WARN_LINES = 300
FILE_FAIL_LINES = 400
FUNCTION_WARN_LINES = 40
FUNCTION_FAIL_LINES = 60

FOLDERS = ("anode_jlab", "src", "tests", "tools", "bench", "ui-tests")

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True)
class Length:
    """How long one thing is, and how long it may be."""

    place: str
    lines: int
    warn: int
    fail: int

    def __str__(self) -> str:
        return f"{self.place}: {self.lines} lines (target {self.warn}, limit {self.fail})"


def function_lines(function: FunctionNode) -> int:
    """Lines from `def` to the end, the docstring not counted."""
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        assert first.end_lineno is not None
        lines -= first.end_lineno - first.lineno + 1
    return lines


def lengths(path: Path) -> Iterator[Length]:
    """Measure a file and, in Python, its functions."""
    text = path.read_text(encoding="utf-8")
    yield Length(
        place=shown(path),
        lines=len(text.splitlines()),
        warn=FILE_WARN_LINES,
        fail=FILE_FAIL_LINES,
    )
    if path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(text, str(path))):
        if isinstance(node, FunctionNode):
            yield Length(
                place=f"{shown(path)}:{node.lineno} {node.name}",
                lines=function_lines(node),
                warn=FUNCTION_WARN_LINES,
                fail=FUNCTION_FAIL_LINES,
            )


def main() -> int:
    """Print what is long; 1 when something is too long."""
    paths = list(source_files(*FOLDERS, suffixes=(".py", ".ts", ".tsx")))
    measured = [length for path in paths for length in lengths(path)]
    too_long = [length for length in measured if length.lines > length.fail]
    long = [length for length in measured if length.warn < length.lines <= length.fail]
    for length in long:
        print(f"warning: {length}")
    for length in too_long:
        print(f"error: {length}")
    print(f"sizes: {len(paths)} files, {len(long)} long, {len(too_long)} too long")
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(main())
