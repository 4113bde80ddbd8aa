"""``anode-jlab doctor``: everything that the extension tries when it starts, and every log."""

from __future__ import annotations

import argparse
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from anode_jlab._version import __version__
from anode_jlab.cli.command import config_of
from anode_jlab.cli.verify import verdicts
from anode_jlab.clock import SystemClock

if TYPE_CHECKING:
    from anode_jlab.cli.command import Commands

PACKAGES = ("jupyter_server", "jupyterlab", "notebook", "pycrdt", "jupyter_ydoc", "tornado")
"""Whose versions matter when something is reported."""

WRITES = 25
"""Enough durable writes for a median that means something."""


def add(commands: Commands) -> None:
    """Make the command known."""
    parser = commands.add_parser("doctor", help="try the store and tell what is installed")
    parser.set_defaults(command=_run)


async def _run(options: argparse.Namespace) -> int:
    # Imported here: it loads the whole server, which no other command needs.
    from anode_jlab.handlers.peers import SERVER_EXTENSIONS
    from anode_jlab.trial import self_test

    config = config_of(options)
    print(f"anode_jlab      {__version__}")
    print(f"python          {platform.python_version()} on {platform.platform()}")
    for package in PACKAGES:
        print(f"{package:15} {_installed(package) or 'not installed'}")
    for package in dict.fromkeys(SERVER_EXTENSIONS):
        if found := _installed(package):
            print(f"{package:15} {found}: switched off while anode_jlab runs")
    probe = self_test(config, SystemClock(), writes=WRITES)
    print(f"store           {probe.folder} on {probe.file_system or 'an unknown file system'}")
    print(f"sqlite          {probe.sqlite_version}, durability {config.durability}")
    print(f"journal         {probe.journal}")
    print(f"durable write   {probe.fsync_seconds * 1000:.2f} ms (median)")
    print(f"problem         {probe.problem or 'none found'}")
    bad = [verdict async for verdict in verdicts(config) if not verdict.is_good]
    for verdict in bad:
        print(f"damaged         {verdict}")
    return 1 if bad else 0


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
