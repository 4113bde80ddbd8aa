"""Builds the wheel from a clean copy of the tree, so that nothing left over gets into it."""

from __future__ import annotations

import shutil
import subprocess
import sys

from tools.check_hosts import tracked_files
from tools.sources import ROOT

COPY = ROOT / "build" / "clean"
DIST = ROOT / "dist"


def copy_tree() -> None:
    """Copy what is (or is about to be) in the repository, and nothing else."""
    shutil.rmtree(COPY, ignore_errors=True)
    for source in tracked_files():
        if source.is_file():
            target = COPY / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def main() -> int:
    """Leave exactly one wheel in dist/."""
    copy_tree()
    shutil.rmtree(DIST, ignore_errors=True)
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(DIST), str(COPY)]
    status = subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode
    shutil.rmtree(COPY, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
