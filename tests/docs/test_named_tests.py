"""Tests that the documentation names as proof of a promise are there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.sources import ROOT

PAGE = ROOT / "docs" / "explanation" / "durability.md"
NAMED = re.compile(r"`([\w./-]+?/[\w./-]*)(?:::(\w+))?`")
ROOTS = (ROOT, ROOT / "tests")
"""`tests/` may be left out."""

FEWEST = 40
"""So many there are at least: a pattern that finds none would prove nothing."""


def named() -> Iterator[tuple[str, str]]:
    """Files, folders and functions in the tables."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            yield from NAMED.findall(line)


def test_they_are_there() -> None:
    found = list(named())
    assert len(found) >= FEWEST
    missing = [
        f"{path} {function}"
        for path, function in found
        if not any(
            (root / path).exists()
            and (not function or f"def {function}(" in (root / path).read_text(encoding="utf-8"))
            for root in ROOTS
        )
    ]
    assert missing == []
