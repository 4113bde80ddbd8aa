"""`make bench`: measures, prints the table and keeps the figures.

Usage: python -m bench [--quick] [--only NAME ...] [--publish] [--show]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.contenders import (
    REPOSITORY,
    Collaboration,
    Contender,
    Documents,
    NbModel,
    Ours,
    Plain,
    Relay,
)
from bench.environment import COLLABORATION, DOCUMENTS, KERNEL, NBMODEL, peer_python, versions
from bench.machine import describe, priority
from bench.plan import FULL, QUICK, Plan
from bench.report import publish, report
from bench.results import Results, load, save
from bench.run import Run

BUILD = REPOSITORY / "build"
RESULTS = BUILD / "bench" / "results.json"
PAGE = REPOSITORY / "docs" / "explanation" / "performance.md"

MEASURES = (
    "couple",
    "hall",
    "many",
    "flood",
    "opening",
    "start",
    "left",
    "core",
    "hostile",
    "browser",
    "result",
    "runs",
    "kept",
    "presence",
    "storm",
)


def arguments() -> argparse.ArgumentParser:
    """What the command takes."""
    parser = argparse.ArgumentParser(prog="make bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="less than five minutes, less exact")
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=[], help="these measures")
    parser.add_argument("--publish", action="store_true", help=f"write the table into {PAGE.name}")
    parser.add_argument("--show", action="store_true", help="measure nothing: the last run's table")
    parser.add_argument(
        "--without-peers", action="store_true", help="leave other people's extensions out"
    )
    return parser


def contenders(*, peers: bool) -> list[Contender]:
    """Ours, jupyter-collaboration in an environment of its own, and the bare relay."""
    found: list[Contender] = [Relay(), Ours()]
    if peers:
        found.append(Collaboration(peer_python(BUILD / "bench-jc", COLLABORATION)))
    return found


def runners(*, peers: bool) -> list[Contender]:
    """Who runs cells: ours, JupyterLab over the kernel's socket, and two that do it on the server,
    each in an environment of its own."""
    found: list[Contender] = [Ours(), Plain()]
    if peers:
        nbmodel = peer_python(BUILD / "bench-nbmodel", NBMODEL, COLLABORATION, KERNEL)
        documents = peer_python(BUILD / "bench-documents", DOCUMENTS, KERNEL)
        found += [NbModel(nbmodel), Documents(documents)]
    return found


def measure(plan: Plan, only: frozenset[str], *, peers: bool) -> Results:
    """One run of this plan."""
    taking_part = contenders(peers=peers)
    running = runners(peers=peers) if not only or "runs" in only else []
    known = versions(sys.executable, ("anode_jlab", "jupyter_server", "pycrdt", "tornado"))
    for contender in (*taking_part, *running):
        if isinstance(contender, Collaboration | Documents):
            known |= versions(contender.python, (contender.name,))
    results = Results(
        plan=plan.name,
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        machine=describe(),
        priority=priority(),
        versions=known | {"Python": sys.version.split()[0]},
    )
    place = BUILD / "bench" / f"run-{os.getpid()}"
    place.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(Run(plan, taking_part, place, results, running).everything(only))
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return results


def main() -> int:
    """Measure (or take the last figures), print, and publish when asked to."""
    options = arguments().parse_args()
    if options.show:
        results = load(RESULTS)
    else:
        plan = QUICK if options.quick else FULL
        results = measure(plan, frozenset(options.only), peers=not options.without_peers)
        save(results, RESULTS)
    print()
    print(report(results))
    print(f"{Path(os.path.relpath(RESULTS))} has every sample.")
    if options.publish:
        publish(results, PAGE)
        print(f"{Path(os.path.relpath(PAGE))} has the table.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
