"""The other environments: one for each of the peers with what it needs, made once and kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

COLLABORATION = "jupyter-collaboration>=5,<6"
NBMODEL = "jupyter-server-nbmodel>=0.2.9,<0.3"
"""It works in the rooms of jupyter-collaboration, which has to be asked for beside it."""
DOCUMENTS = "jupyter-server-documents>=0.3,<0.4"

KERNEL = "ipykernel>=6,<8"
"""Not each of them brings one."""

VERSIONS_OF = ("jupyter-collaboration", "jupyter-server", "pycrdt", "tornado")

STAMP = "made-for.txt"


def peer_python(folder: Path, *requirements: str) -> Path:
    """The interpreter of an environment with these packages; makes it when it is missing."""
    wanted = " ".join(requirements)
    python = folder / "bin" / "python"
    stamp = folder / STAMP
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"Making {folder} with {wanted} (a minute or two, once)", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "-qq", *requirements]
        subprocess.run([*install, "--disable-pip-version-check"], check=True)
        stamp.write_text(wanted)
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
