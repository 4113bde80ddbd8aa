"""Opens JupyterLab on a copy of the example notebook.

The copy lives in a scratch folder so that trying things out leaves the repository clean;
delete the folder to start afresh.

Usage: python -m tools.lab examples/penguins.ipynb [options for JupyterLab]
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

SCRATCH = Path(".lab")


def copy_examples(example: Path) -> None:
    """Copy the example's folder without touching what somebody already works on."""
    SCRATCH.mkdir(exist_ok=True)
    for source in example.parent.iterdir():
        target = SCRATCH / source.name
        if source.is_file() and not target.exists():
            shutil.copyfile(source, target)


def has_display() -> bool:
    """Whether a browser can open here."""
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"))


def lab_arguments(example: Path, options: list[str]) -> list[str]:
    """The command line for JupyterLab; what the person passed comes last and wins."""
    arguments = [
        f"--ServerApp.root_dir={SCRATCH.resolve()}",
        f"--LabApp.default_url=/lab/tree/{example.name}",
    ]
    if not has_display():
        print("No display here: open the URL that JupyterLab prints below.", flush=True)
        arguments.append("--no-browser")
    if os.geteuid() == 0:
        print("Running as root: adding --allow-root.", flush=True)
        arguments.append("--allow-root")
    return arguments + options


def main() -> None:
    """Replace this process by JupyterLab."""
    example = Path(sys.argv[1])
    copy_examples(example)
    arguments = lab_arguments(example, sys.argv[2:])
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *arguments])


if __name__ == "__main__":
    main()
