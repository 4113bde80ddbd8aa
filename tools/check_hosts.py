"""Fails when a lock or registry file records a host: installs must follow the user's own set-up."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.sources import ROOT, shown

LOCK_FILES = re.compile(
    r"(^|/)(yarn\.lock|package-lock\.json|[^/]+\.lock|requirements[^/]*\.txt|constraints[^/]*\.txt"
    r"|\.npmrc|\.yarnrc(\.yml)?|pip\.conf|install\.json)$"
)
# An address, or an option that names where packages come from.
HOST = re.compile(
    r"https?://|git\+|file:/|archiveUrl|RegistryServer|"
    r"--(extra-)?index-url|--find-links|--trusted-host|^\s*registry\s*=",
    re.IGNORECASE,
)


def tracked_files() -> list[Path]:
    """Files that are, or are about to be, in the repository."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / line for line in listed.stdout.splitlines()]


def recorded_hosts(path: Path) -> Iterator[str]:
    """Lines of the file that name a host."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if HOST.search(line):
            yield f"{shown(path)}:{number}: {line.strip()}"


def main() -> int:
    """Print every line that records a host; 1 when there is one."""
    files = [path for path in tracked_files() if LOCK_FILES.search(shown(path)) and path.exists()]
    found = [line for path in files for line in recorded_hosts(path)]
    for line in found:
        print(f"error: {line}")
    print(f"hosts: {len(files)} lock and registry files, {len(found)} recorded hosts")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
