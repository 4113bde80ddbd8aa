"""The other environment: jupyter-collaboration with what it needs, made once and kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

REQUIREMENT = "jupyter-collaboration>=5,<6"

VERSIONS_OF = ("jupyter-collaboration", "jupyter-server", "pycrdt", "tornado")

STAMP = "made-for.txt"


def collaboration_python(folder: Path) -> Path:
    """The interpreter of an environment with jupyter-collaboration; makes it when it is missing."""
    python = folder / "bin" / "python"
    stamp = folder / STAMP
    if not stamp.exists() or stamp.read_text() != REQUIREMENT:
        print(f"Making {folder} with {REQUIREMENT} (a minute or two, once)", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "-qq", REQUIREMENT]
        subprocess.run([*install, "--disable-pip-version-check"], check=True)
        stamp.write_text(REQUIREMENT)
    return python


def versions(python: Path | str, packages: tuple[str, ...] = VERSIONS_OF) -> dict[str, str]:
    """Installed versions of these packages in an environment, those that are there."""
    script = (
        "import json, sys\n"
        "from importlib.metadata import PackageNotFoundError, version\n"
        "found = {}\n"
        "for name in sys.argv[1:]:\n"
        "    try: found[name] = version(name)\n"
        "    except PackageNotFoundError: pass\n"
        "print(json.dumps(found))\n"
    )
    answer = subprocess.run(
        [str(python), "-c", script, *packages], check=True, capture_output=True, text=True
    )
    known: dict[str, str] = json.loads(answer.stdout)
    return known
