"""Runs every check a change must pass, goes on after a failure, and sums up.

Usage: python -m tools.gate lint types pytest ...   (the names are targets of the Makefile)

The last line counts tests over all runners: `N passed, N failed`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tools.sources import ROOT

REPORTS = ROOT / "build" / "reports"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One target that has run."""

    target: str
    passed: bool
    seconds: float


def run_step(target: str) -> Step:
    """Run one target of the Makefile and time it."""
    print(f"\n=== {target}", flush=True)
    started = time.monotonic()
    make = os.environ.get("MAKE", "make")
    command = [make, "--no-print-directory", target]
    status = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
    return Step(target=target, passed=status == 0, seconds=time.monotonic() - started)


def count_tests(report: Path) -> Counter[str]:
    """Count the outcomes in one JUnit report."""
    counts: Counter[str] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        outcomes = {child.tag for child in case}
        if outcomes & {"failure", "error"}:
            counts["failed"] += 1
        elif "skipped" in outcomes:
            counts["skipped"] += 1
        else:
            counts["passed"] += 1
    return counts


def summarise(steps: list[Step]) -> None:
    """Print what each step did and how many tests ran in all."""
    print("\n=== summary")
    for step in steps:
        print(f"{'ok    ' if step.passed else 'FAILED'}  {step.target:<16} {step.seconds:6.1f} s")
    counts: Counter[str] = Counter()
    for report in sorted(REPORTS.glob("*.xml")):
        found = count_tests(report)
        print(f"{report.stem}: {found['passed']} tests passed of {found.total()}")
        counts += found
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped}")


def main() -> int:
    """Run the targets named on the command line; 1 when one failed."""
    for old in REPORTS.glob("*.xml"):
        old.unlink()
    steps = [run_step(target) for target in sys.argv[1:]]
    summarise(steps)
    return 0 if all(step.passed for step in steps) else 1


if __name__ == "__main__":
    sys.exit(main())
