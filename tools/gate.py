"""Runs every check a change must pass, goes on after a failure, and sums up.

Usage: python -m tools.gate lint types pytest ...   (the names are targets of the Makefile)

The last line counts over all steps: `N passed, N failed`. A step that leaves a JUnit report counts
as its tests, any other step as one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tools.sources import ROOT

REPORTS = ROOT / "build" / "reports"

# Of each failed test the summary shows this many lines from the begin and from the end of what went
# wrong: some tools tell the cause first, others last.
SHOWN_LINES = 8

# Records of a run are cut at the front: the last lines name what failed, this many characters each.
NAMED_CHARACTERS = 240


@dataclass(frozen=True, kw_only=True)
class Step:
    """One target that has run."""

    target: str
    passed: bool
    seconds: float
    counts: Counter[str]

    def __str__(self) -> str:
        outcome = "ok    " if self.passed else "FAILED"
        shown = ", ".join(f"{number} {what}" for what, number in sorted(self.counts.items()))
        return f"{outcome}  {self.target:<14} {self.seconds:6.1f} s  {shown}"


def report_counts(report: Path) -> Counter[str]:
    """Count the outcomes in a JUnit report; empty when there is none."""
    counts: Counter[str] = Counter()
    if not report.exists():
        return counts
    for case in ElementTree.parse(report).iter("testcase"):
        outcomes = {child.tag for child in case}
        if outcomes & {"failure", "error"}:
            counts["failed"] += 1
        elif "skipped" in outcomes:
            counts["skipped"] += 1
        else:
            counts["passed"] += 1
    return counts


def step_counts(report: Path, passed: bool) -> Counter[str]:
    """What the step adds to the sum; a failed step always adds a failure."""
    counts = report_counts(report)
    if not passed and not counts["failed"]:
        counts["failed"] = 1
    return counts or Counter(passed=1)


def run_step(target: str) -> Step:
    """Run one target of the Makefile and time it."""
    print(f"\n=== {target}", flush=True)
    report = REPORTS / f"{target}.xml"
    report.unlink(missing_ok=True)
    started = time.monotonic()
    make = os.environ.get("MAKE", "make")
    command = [make, "--no-print-directory", target]
    status = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
    return Step(
        target=target,
        passed=status == 0,
        seconds=time.monotonic() - started,
        counts=step_counts(report, status == 0),
    )


def failures(report: Path) -> Iterator[tuple[str, list[str]]]:
    """Each failed test of a JUnit report: its name, and the lines of what went wrong."""
    if not report.exists():
        return
    for case in ElementTree.parse(report).iter("testcase"):
        for child in case:
            if child.tag in {"failure", "error"}:
                told = f"{child.get('message') or ''}\n{child.text or ''}"
                lines = [line.strip("\n") for line in told.splitlines() if line.strip()]
                yield f"{case.get('classname') or ''} {case.get('name')}".strip(), lines


def shortened(lines: list[str]) -> list[str]:
    """The begin and the end of what went wrong."""
    if len(lines) <= 2 * SHOWN_LINES:
        return lines
    return [*lines[:SHOWN_LINES], "...", *lines[-SHOWN_LINES:]]


def summarise(steps: list[Step]) -> None:
    """Print which tests failed, what each step did, and the sum."""
    print("\n=== summary")
    failed = [
        (step.target, name, lines)
        for step in steps
        for name, lines in failures(REPORTS / f"{step.target}.xml")
    ]
    for target, name, lines in failed:
        print("\n    ".join([f"{target}: {name}:", *shortened(lines)]))
    total: Counter[str] = Counter()
    for step in steps:
        print(step)
        total += step.counts
    for target, name, lines in failed:
        print(f"{target}: {name}: {' '.join(lines[:1])}"[:NAMED_CHARACTERS])
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}", flush=True)


def main() -> int:
    """Run the targets named on the command line; 1 when one failed."""
    steps = [run_step(target) for target in sys.argv[1:]]
    summarise(steps)
    return 0 if all(step.passed for step in steps) else 1


if __name__ == "__main__":
    sys.exit(main())
