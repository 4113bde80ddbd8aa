"""Real notebooks from outside: those that well-known Python packages ship."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

PACKAGES = Path(__file__).with_name("packages.txt")


def installed(folder: Path) -> Path:
    """The packages, installed below ``folder`` unless they are there already."""
    wanted = hashlib.sha256(PACKAGES.read_bytes()).hexdigest()[:16]
    place, stamp = folder / wanted, folder / f"{wanted}.complete"
    if not stamp.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        only_packages = ["--no-deps", "--no-compile", "--only-binary", ":all:"]
        target = ["--upgrade", "--target", str(place), "-r", str(PACKAGES)]
        subprocess.run([*pip, *only_packages, *target], check=True)
        stamp.touch()
    return place


def real_notebooks(folder: Path) -> dict[str, str]:
    """The texts of all notebooks of nbformat 4 that the packages ship, by name.

    None of them is of nbformat 4.3, so one of 4.2 stands in for it: 4.3 only gave meaning to
    metadata that was allowed before.
    """
    root = installed(folder)
    texts: dict[str, str] = {}
    for place in sorted(root.rglob("*.ipynb")):
        text = place.read_bytes().decode()
        nb = json.loads(text)
        if nb.get("nbformat") != 4:
            continue
        name = "-".join(place.relative_to(root).parts)
        texts[name] = text
        if nb["nbformat_minor"] == 2:
            texts.setdefault(
                "4.3.ipynb", text.replace('"nbformat_minor": 2', '"nbformat_minor": 3')
            )
    return texts
