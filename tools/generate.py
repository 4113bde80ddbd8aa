"""Writes every file that is made from the Python sources, or checks that none has drifted.

Usage: python -m tools.generate            write what has changed
       python -m tools.generate --check    exit 1, naming the files that are not up to date
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from anode_jlab.config import ENVIRONMENT_PREFIX, AnodeConfig
from anode_jlab.handlers.openapi import document
from tools.config_page import config_page
from tools.error_page import all_errors, error_page
from tools.event_page import event_page
from tools.event_schema import event_schema
from tools.event_types import event_types
from tools.sources import ROOT


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


GENERATORS: Mapping[str, Callable[[], str]] = {
    "docs/reference/events.schema.json": lambda: _json(event_schema()),
    "docs/reference/events.md": lambda: event_page(event_schema()),
    "docs/reference/openapi.json": lambda: _json(document()),
    "docs/reference/config.md": lambda: config_page(AnodeConfig, ENVIRONMENT_PREFIX),
    "docs/reference/errors.md": lambda: error_page(all_errors()),
    "src/generated/events.ts": lambda: event_types(event_schema()),
}
"""Path below the repository's root -> what makes the file's text."""


def drifted(root: Path, generators: Mapping[str, Callable[[], str]]) -> dict[str, str]:
    """The files that are missing or differ, with the text that they should have."""
    made = {path: make() for path, make in generators.items()}
    return {path: text for path, text in made.items() if _text(root / path) != text}


def main(arguments: list[str], root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 on drift")
    check = parser.parse_args(arguments).check
    outdated = drifted(root, GENERATORS)
    for path, text in outdated.items():
        if check:
            print(f"not up to date: {path} (run `python -m tools.generate`)")
            continue
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        print(f"wrote {path}")
    return 1 if check and outdated else 0


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
